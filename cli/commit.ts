import type { IGitApi } from "azure-devops-node-api/GitApi";
import {
  GitVersionType,
  ItemContentType,
  VersionControlChangeType,
  VersionControlRecursionType,
} from "azure-devops-node-api/interfaces/GitInterfaces";
import { blobId } from "../sandbox/azuredevops/git-objects";

/** A file of the repository. */
export interface RepositoryFile {
  /** From the repository's root. */
  path: string;
  content: string;
}

/** Where files are committed. */
export interface Branch {
  project: string;
  repository: string;
  /** Without `refs/heads/`. */
  branch: string;
}

/**
 * Commits files to a branch of an Azure Repos repository, those that it has otherwise or not at all.
 *
 * @returns the paths of those that were committed; none if the branch has them all
 */
export async function commitFiles(
  git: IGitApi,
  { project, repository, branch }: Branch,
  files: RepositoryFile[],
): Promise<string[]> {
  const items = await git.getItems(
    repository,
    project,
    "/",
    VersionControlRecursionType.Full,
    undefined,
    undefined,
    undefined,
    undefined,
    { version: branch, versionType: GitVersionType.Branch },
  );
  const there = new Map(items.map(({ path, objectId }) => [path, objectId]));
  const changed = files.filter(({ path, content }) => there.get(`/${path}`) !== blobId(Buffer.from(content)));
  if (changed.length === 0) return [];
  const [head] = await git.getRefs(repository, project, `heads/${branch}`);
  await git.createPush(
    {
      refUpdates: [{ name: `refs/heads/${branch}`, oldObjectId: head?.objectId }],
      commits: [
        {
          comment: `Change ${changed.map(({ path }) => path).join(", ")}`,
          changes: changed.map(({ path, content }) => ({
            changeType: there.has(`/${path}`) ? VersionControlChangeType.Edit : VersionControlChangeType.Add,
            item: { path: `/${path}` },
            newContent: {
              content: Buffer.from(content).toString("base64"),
              contentType: ItemContentType.Base64Encoded,
            },
          })),
        },
      ],
    },
    repository,
    project,
  );
  return changed.map(({ path }) => path);
}
