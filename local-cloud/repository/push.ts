import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IGitApi } from "azure-devops-node-api/GitApi";
import { UserError } from "../../src/common/errors";
import { repositoriesIn } from "../azuredevops/git/contents-on-disk";
import { noObject } from "../azuredevops/git/repository";
import type { RepositoryFile } from "../azuredevops/seed";
import { type Layout, layoutOf } from "../cloud/layout";
import type { Running } from "../cloud/status";
import { type Branch, headOf, moveBranch } from "./branch";
import { commitFiles } from "./commit";
import { type Checkout, checkedOutFiles } from "./files";
import { isInside } from "./team-repository";

/** What a push did. */
export interface Pushed {
  /** Whether the branch was made by it, from the default branch. */
  isNew: boolean;
  /** What was committed, that which was taken away included. */
  paths: string[];
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
 * What `git push` is elsewhere: makes a branch of the local repository hold exactly these files, and makes the branch if
 * it is new.
 *
 * @throws UserError if Git allows no branch of that name
 */
export async function pushBranch(cloud: Running, branch: string, files: RepositoryFile[]): Promise<Pushed> {
  const git = await gitOf(cloud);
  const target = branchOf(cloud, branch);
  const isNew = (await headOf(git, target)) === undefined;
  if (isNew) {
    const from = await headOf(git, branchOf(cloud, cloud.azureDevOps.defaultBranch));
    await moveBranch(git, target, noObject, from ?? noObject);
  }
  const { id = "" } = await git.getRepository(target.repository, target.project);
  const contents = repositoriesIn(layoutOf(cloud.directory).repositories).contentsOf({ id });
  return { isNew, paths: await commitFiles(git, contents, target, files) };
}

/**
 * What `git push --delete` is elsewhere.
 *
 * @throws UserError if there is no such branch, or it is the default one
 */
export async function deleteBranch(cloud: Running, branch: string): Promise<void> {
  if (branch === cloud.azureDevOps.defaultBranch) {
    throw new UserError(`the branch ${branch} is the local repository's default branch, which is not deleted.`);
  }
  const git = await gitOf(cloud);
  const target = branchOf(cloud, branch);
  const head = await headOf(git, target);
  if (head === undefined) throw new UserError(`the local repository has no branch ${branch}.`);
  await moveBranch(git, target, head, noObject);
}

function gitOf({ azureDevOps: { orgServiceUrl, personalAccessToken } }: Running): Promise<IGitApi> {
  return new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken)).getGitApi();
}

function branchOf({ azureDevOps: { project, repository } }: Running, branch: string): Branch {
  return { project, repository, branch };
}
