import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IGitApi } from "azure-devops-node-api/GitApi";
import { GitRefUpdateStatus } from "azure-devops-node-api/interfaces/GitInterfaces";
import { UserError } from "../../src/common/errors";
import { noObject } from "../azuredevops/git/repository";
import type { Running } from "../cloud/status";
import { type Branch, commitFiles, headOf, type RepositoryFile } from "./commit";

/** The branch that the local repository begins with, and which its pipelines run on where nothing else is said. */
export const defaultBranch = "main";

/** What a push did. */
export interface Pushed {
  /** Whether the branch was made by it, from {@link defaultBranch}. */
  isNew: boolean;
  /** What was committed, that which was taken away included. */
  paths: string[];
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
  if (isNew) await moveBranch(git, target, noObject, await headOf(git, branchOf(cloud, defaultBranch)));
  return { isNew, paths: await commitFiles(git, target, files) };
}

/**
 * What `git push --delete` is elsewhere.
 *
 * @throws UserError if there is no such branch, or it is the default one
 */
export async function deleteBranch(cloud: Running, branch: string): Promise<void> {
  if (branch === defaultBranch) {
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

async function moveBranch(
  git: IGitApi,
  { project, repository, branch }: Branch,
  oldObjectId: string,
  newObjectId: string | undefined,
): Promise<void> {
  const update = { name: `refs/heads/${branch}`, oldObjectId, newObjectId };
  const [result] = await git.updateRefs([update], repository, project);
  if (result?.success) return;
  const status = GitRefUpdateStatus[result?.updateStatus ?? GitRefUpdateStatus.Unprocessed];
  throw new UserError(`the branch ${JSON.stringify(branch)} is refused by the local repository: ${status}.`);
}
