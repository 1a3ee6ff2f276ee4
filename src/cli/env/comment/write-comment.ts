import { azureReposComments } from "./azure-repos-comment";
import type { Comment, Comments } from "./comments";
import { gitHubComments } from "./github-comment";
import type { PullRequest } from "./pull-request";

/** Where a comment goes, and which it is. */
export interface CommentTarget {
  pullRequest: PullRequest;
  /** Name of the program that comments. */
  program: string;
  /** What the comment is about: one pull request has one comment for each. For example the base environment's stack. */
  subject: string;
}

/** What became of a comment. */
export interface WrittenComment {
  action: "created" | "updated";
  url: string;
  /** Pages of other comments with the same mark, which were left as they are. */
  others: string[];
}

/** Characters that a comment may have. GitHub's is in its refusal of more, Azure Repos' in that of its API. */
const limits: Record<PullRequest["service"], number> = { azureRepos: 150_000, gitHub: 65_536 };

/** Characters that the body of a comment may have: the service's limit, without the mark. */
export function bodyLimit(target: CommentTarget): number {
  return limits[target.pullRequest.service] - markOf(target).length;
}

/**
 * Writes the comment, or gives the earlier one this body. It is known by a mark at its begin that nobody sees, not by
 * its author. Where two runs find none at the same time, the first of their comments stays the one.
 *
 * @param body Markdown, of at most {@link bodyLimit} characters
 * @throws UserError if the service refuses it
 */
export function writeComment(target: CommentTarget, body: string): Promise<WrittenComment> {
  const { pullRequest } = target;
  const comments = pullRequest.service === "azureRepos" ? azureReposComments(pullRequest) : gitHubComments(pullRequest);
  return writeMarked(comments, markOf(target), body);
}

async function writeMarked(comments: Comments, mark: string, body: string): Promise<WrittenComment> {
  const marked = mark + body;
  const updated = await updateFirst(await found(comments, mark), comments, marked);
  if (updated !== undefined) return updated;

  const created = await comments.create(marked);
  const [first, ...others] = await found(comments, mark);
  if (first === undefined || first.id >= created.id) {
    return { action: "created", url: created.url, others: others.map(({ url }) => url) };
  }
  // Another run was faster. Its comment is the one; this one leads there, and is not taken for it any more.
  const written = await updateFirst([first], comments, marked);
  if (written === undefined) return { action: "created", url: created.url, others: [] };
  await comments.update(created, `The preview is in [an earlier comment](${written.url}).`);
  return { ...written, others: others.filter(({ id }) => id !== created.id).map(({ url }) => url) };
}

/** Updates the first that is still there. */
async function updateFirst(all: Comment[], comments: Comments, body: string): Promise<WrittenComment | undefined> {
  for (const [index, comment] of all.entries()) {
    if (!(await comments.update(comment, body))) continue;
    return { action: "updated", url: comment.url, others: all.slice(index + 1).map(({ url }) => url) };
  }
  return undefined;
}

/** The comments with the mark; the first is the oldest. */
async function found(comments: Comments, mark: string): Promise<Comment[]> {
  const all = await comments.list();
  return all.filter(({ body }) => body.startsWith(mark.trimEnd())).sort((a, b) => a.id - b.id);
}

/** An HTML comment, which is in the source only. Nothing in a name ends it before its time. */
function markOf({ program, subject }: CommentTarget): string {
  const name = (text: string) => encodeURIComponent(text).replaceAll("-", "%2D");
  return `<!-- preview by ${name(program)} of ${name(subject)} -->\n`;
}
