import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { UserError } from "../../src/common/errors";
import { BareRepository } from "../azuredevops/git/bare-repository";
import { RepositoriesOnDisk } from "../azuredevops/git/repositories-on-disk";
import { skipCiMark } from "../azuredevops/triggers/skip-ci";
import { type Layout, layoutOf } from "../cloud/layout";
import type { Running } from "../cloud/status";
import { type Author, commitFiles, type RepositoryFile } from "../git/commit-files";
import { GitFailure, startGit, succeeded } from "../git/run";
import { type Checkout, checkedOutFiles } from "./files";
import { isInside } from "./team-repository";

/** The repository of a local cloud that runs. */
export type ServedRepository = Pick<Running, "directory" | "azureDevOps">;

/** What a push did. */
export interface Pushed {
  /** Whether the branch was made by it, from the default branch. */
  isNew: boolean;
  /** What was committed, that which was taken away included. */
  paths: string[];
  /** What the branch leads to now, with its full name; undefined if it did before. */
  moved: { ref: string; commit: string } | undefined;
}

/**
 * What a push commits: what is checked out, and the lock of its environment if it was solved in the local cloud, which
 * Git ignores there and the image-build pipeline takes from the repository.
 *
 * @param root the repository's
 * @throws UserError if the local cloud, and so the lock, is not in the repository
 */
export function filesToPush(root: string, layout: Layout): Checkout {
  requireInside(root, layout);
  const { files, leftOut } = checkedOutFiles(root);
  const locks = existsSync(layout.condaLocks)
    ? readdirSync(layout.condaLocks, { recursive: true, withFileTypes: true })
    : [];
  const lockFiles = locks.flatMap((entry): RepositoryFile[] => {
    if (!entry.isFile()) return [];
    const local = join(entry.parentPath, entry.name);
    return [{ path: relative(root, local), mode: "100644", content: () => readFileSync(local) }];
  });
  return { files: [...files, ...lockFiles], leftOut };
}

/** Makes sure that the lock, which is in the local cloud's directory, has a place in the repository. */
export function requireInside(root: string, { directory }: Layout): void {
  if (isInside(root, directory)) return;
  throw new UserError(
    `the directory ${directory} (option --directory) is not in the repository ${root}. The lock of the environment is ` +
      "kept in it, and could not be committed to the local repository: name a directory in that folder.",
  );
}

/**
 * Commits files and pushes the commit with `git push`: the branch then holds exactly these, and is made if it is new.
 * It does what `git add --all`, `git commit` and `git push` do elsewhere, also for a folder that is no Git repository,
 * and without touching the index, the branches or the objects of one that is.
 *
 * @param skipCi says in the commit's message that it starts no runs
 * @throws UserError if Git allows no branch of that name, or the local repository refuses
 */
export async function pushBranch(
  cloud: ServedRepository,
  branch: string,
  files: RepositoryFile[],
  author: Author,
  { skipCi = false }: { skipCi?: boolean } = {},
): Promise<Pushed> {
  const { defaultBranch } = cloud.azureDevOps;
  const served = await servedBy(cloud);
  const ref = `refs/heads/${branch}`;
  if (!served.isRefName(ref)) {
    throw new UserError(`${JSON.stringify(branch)} is not the name of a branch: Git allows none like it.`);
  }
  return inRepositoryOfItsOwn(cloud, async (own) => {
    // What the served one has is read from there, and not written again.
    writeFileSync(join(own.directory, "objects/info/alternates"), `${join(served.directory, "objects")}\n`);
    const head = served.ref(ref);
    const parent = head ?? served.ref(`refs/heads/${defaultBranch}`);
    await commitFiles(own.directory, { ref, message: "", author, parent, files, without: "all" });
    const made = own.commit(own.ref(ref));
    if (made === undefined) throw new Error(`${own.directory} has no commit.`);
    const paths = own.changes(parent, made.id).map(({ path }) => path.slice(1));
    const parents = parent === undefined ? [] : [parent];
    const message = `Change ${enumerated(paths)}${skipCi ? `\n\n${skipCiMark}` : ""}`;
    const commit =
      paths.length > 0 || parent === undefined ? own.commitTree(made.treeId, parents, message, author) : parent;
    const moved = commit === head ? undefined : { ref, commit };
    if (moved !== undefined) await push(cloud, own, [`${commit}:${ref}`]);
    return { isNew: head === undefined, paths, moved };
  });
}

/** The repository of a local cloud, on disk. */
export async function servedBy({ directory, azureDevOps }: ServedRepository): Promise<BareRepository> {
  const { orgServiceUrl, personalAccessToken, repository, project } = azureDevOps;
  const api = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  const { id = "" } = await (await api.getGitApi()).getRepository(repository, project);
  return new RepositoriesOnDisk(layoutOf(directory).repositories).of({ id });
}

/** Deletes a branch with `git push --delete`. @throws UserError with what Git says if there is none, or it may not go */
export async function deleteBranch(cloud: ServedRepository, branch: string): Promise<void> {
  await inRepositoryOfItsOwn(cloud, (own) => push(cloud, own, ["--delete", branch]));
}

/** Does something in an empty repository, as Git pushes from no other place, and removes it. */
async function inRepositoryOfItsOwn<T>(
  { directory }: ServedRepository,
  action: (own: BareRepository) => Promise<T>,
): Promise<T> {
  const own = new BareRepository(mkdtempSync(join(directory, "push-")));
  try {
    own.create();
    return await action(own);
  } finally {
    own.remove();
  }
}

/** Paths for people: the first of many. */
export function enumerated(paths: string[]): string {
  const shown = 5;
  const more = paths.length > shown ? ` and ${paths.length - shown} more` : "";
  return paths.slice(0, shown).join(", ") + more;
}

/** Runs `git push`, signed in. */
async function push({ azureDevOps }: ServedRepository, from: BareRepository, what: string[]): Promise<void> {
  const { remoteUrl, personalAccessToken } = azureDevOps;
  const credentials = `Authorization: Basic ${Buffer.from(`:${personalAccessToken}`).toString("base64")}`;
  const args = ["push", "--quiet", remoteUrl, ...what];
  const child = startGit("git", args, { cwd: from.directory, config: { "http.extraHeader": credentials } });
  child.stdin.end();
  child.stdout.resume();
  try {
    await succeeded(child, args);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new UserError(`the local repository refuses the push: ${error.said.trim()}`);
  }
}
