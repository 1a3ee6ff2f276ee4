/** A comment on a pull request. */
export interface Comment {
  /** Grows with time. */
  id: number;
  body: string;
  url: string;
}

/** The comments on one pull request. Everything throws UserError if the service refuses. */
export interface Comments {
  /** All there are. */
  list(): Promise<Comment[]>;
  create(body: string): Promise<Comment>;
  /** @returns whether the comment was still there */
  update(comment: Comment, body: string): Promise<boolean>;
}
