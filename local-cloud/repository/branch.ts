import type { IGitApi } from "azure-devops-node-api/GitApi";
import { GitRefUpdateStatus } from "azure-devops-node-api/interfaces/GitInterfaces";
import { UserError } from "../../src/common/errors";

/** A branch of an Azure Repos repository. */
export interface Branch {
  project: string;
  repository: string;
  /** Without `refs/heads/`. */
  branch: string;
}

/** The commit that a branch leads to; undefined if there is no such branch. */
export async function headOf(git: IGitApi, { project, repository, branch }: Branch): Promise<string | undefined> {
  // The filter is a prefix.
  const refs = await git.getRefs(repository, project, `heads/${branch}`);
  return refs.find(({ name }) => name === `refs/heads/${branch}`)?.objectId;
}

/**
 * Makes a branch lead to another commit.
 *
 * @param oldObjectId the commit that it leads to, 40 zeros if there is no such branch
 * @param newObjectId the other one, 40 zeros to remove the branch
 * @throws UserError if the repository refuses: somebody else has moved it, or Git allows no branch of that name
 */
export async function moveBranch(
  git: IGitApi,
  { project, repository, branch }: Branch,
  oldObjectId: string,
  newObjectId: string,
): Promise<void> {
  const update = { name: `refs/heads/${branch}`, oldObjectId, newObjectId };
  const [result] = await git.updateRefs([update], repository, project);
  if (result?.success) return;
  const status = GitRefUpdateStatus[result?.updateStatus ?? GitRefUpdateStatus.Unprocessed];
  throw new UserError(`the branch ${JSON.stringify(branch)} is refused by the local repository: ${status}.`);
}
