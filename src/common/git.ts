import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs git and returns what it printed. */
export type Git = (...args: string[]) => Promise<string>;

/** What git reads of the environment. The rest can hold secrets, and git needs none. */
const readByGit = /^(?:PATH|HOME|XDG_CONFIG_HOME|LANG|LC_.+|GIT_.+)$/;

/** Runs git in this process's folder; `-C <folder>` names another. */
export const git: Git = async (...args) => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => readByGit.test(name)));
  return (await promisify(execFile)("git", args, { env, maxBuffer: Number.POSITIVE_INFINITY })).stdout;
};

/** The Git branch of a folder. Undefined without a repository, or where a commit is checked out, as pipelines do. */
export async function currentBranch(folder: string): Promise<string | undefined> {
  try {
    return (await git("-C", folder, "symbolic-ref", "--quiet", "--short", "HEAD")).trim() || undefined;
  } catch {
    return undefined;
  }
}
