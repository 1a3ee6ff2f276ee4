import * as z from "zod";

export const commentForm = z.strictObject({
  /** From 1 in each thread. */
  id: z.int(),
  /** 0 for none. */
  parentCommentId: z.int(),
  content: z.string(),
  commentType: z.string(),
  publishedDate: z.string(),
  lastUpdatedDate: z.string(),
  /** Deleted comments keep their place, without their text. */
  isDeleted: z.boolean(),
});

export type Comment = z.output<typeof commentForm>;

const properties = z.record(z.string(), z.unknown()).nullable();

/** A discussion in a pull request. */
export const commentThreadForm = z.strictObject({
  id: z.int(),
  status: z.string(),
  publishedDate: z.string(),
  lastUpdatedDate: z.string(),
  /** Where in a file it is, and what clients keep with it: given back as they came. */
  threadContext: properties,
  pullRequestThreadContext: properties,
  properties,
  comments: z.array(commentForm),
});

export type CommentThread = z.output<typeof commentThreadForm>;

export const pullRequestForm = z.strictObject({
  id: z.int(),
  repositoryId: z.string(),
  title: z.string(),
  description: z.string(),
  /** Full names of the branches: "refs/heads/…". */
  sourceRefName: z.string(),
  targetRefName: z.string(),
  isDraft: z.boolean(),
  status: z.enum(["active", "abandoned", "completed"]),
  creationDate: z.string(),
  closedDate: z.string().optional(),
  /** The branches' last known commits: a closed pull request keeps those that it had. */
  sourceCommit: z.string(),
  targetCommit: z.string(),
  /** What completing it made. */
  mergeCommit: z.string().optional(),
  threads: z.array(commentThreadForm),
});

export type PullRequest = z.output<typeof pullRequestForm>;
