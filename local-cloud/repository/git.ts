import { execFileSync } from "node:child_process";
import { types } from "node:util";
import { UserError } from "../../src/common/errors";
import { type Author, localAuthor } from "../git/commit-files";

/**
 * Runs git in a repository and returns what it printed. The repository may be somebody else's than this user's, who is
 * root: whoever starts the local cloud in it runs its programs anyway.
 *
 * @throws UserError if there is no git
 * @throws Error if it fails
 */
export function gitIn(root: string, ...args: string[]): Buffer {
  const { PATH, HOME } = process.env;
  try {
    return execFileSync("git", ["-c", `safe.directory=${root}`, "-c", "core.fsmonitor=false", "-C", root, ...args], {
      env: { PATH, HOME }, // not GIT_DIR and the like, which lead elsewhere
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: Number.POSITIVE_INFINITY,
    });
  } catch (error) {
    if (!types.isNativeError(error) || !("code" in error) || error.code !== "ENOENT") throw error;
    throw new UserError("there is no git on PATH, which the local cloud needs. Install it: apt-get install git");
  }
}

/** The branch that is checked out. Undefined where there is none: a commit is checked out, or this is no repository. */
export function checkedOutBranch(root: string): string | undefined {
  return referenceIn(root, "HEAD", "refs/heads/");
}

/** The default branch: that of the remote `origin`, else the one that is checked out, else `main`. */
export function defaultBranchOf(root: string): string {
  return referenceIn(root, "refs/remotes/origin/HEAD", "refs/remotes/origin/") ?? checkedOutBranch(root) ?? "main";
}

/** Who commits in a repository, or in a folder that is none: whom Git knows there, or else the local cloud itself. */
export function authorIn(root: string): Author {
  const [name, email] = ["user.name", "user.email"].map((setting) => answerOf(root, "config", setting));
  return name && email ? { name, email } : localAuthor;
}

function referenceIn(root: string, name: string, prefix: string): string | undefined {
  const reference = answerOf(root, "symbolic-ref", "--quiet", name);
  return reference?.startsWith(prefix) ? reference.slice(prefix.length) : undefined;
}

/** What git prints; undefined if it fails: there is no such thing. */
function answerOf(root: string, ...args: string[]): string | undefined {
  try {
    return gitIn(root, ...args)
      .toString()
      .trim();
  } catch (error) {
    if (error instanceof UserError) throw error;
    return undefined;
  }
}
