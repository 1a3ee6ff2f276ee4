import type { IGitApi } from "azure-devops-node-api/GitApi";
import {
  GitVersionType,
  ItemContentType,
  VersionControlChangeType,
  VersionControlRecursionType,
} from "azure-devops-node-api/interfaces/GitInterfaces";
import { blobId } from "../azuredevops/git/objects";

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
 * Makes a branch of an Azure Repos repository hold exactly these files, by one commit.
 *
 * @returns the paths that the commit changes, those that it takes away included; none if nothing was to be done
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
  const wanted = new Set(files.map(({ path }) => path));
  const gone = items.flatMap(({ path = "", isFolder }) =>
    isFolder || wanted.has(path.slice(1)) ? [] : [path.slice(1)],
  );
  const paths = [...changed.map(({ path }) => path), ...gone];
  if (paths.length === 0) return [];
  await git.createPush(
    {
      refUpdates: [{ name: `refs/heads/${branch}`, oldObjectId: await headOf(git, { project, repository, branch }) }],
      commits: [
        {
          comment: `Change ${enumerated(paths)}`,
          changes: [
            ...changed.map(({ path, content }) => ({
              changeType: there.has(`/${path}`) ? VersionControlChangeType.Edit : VersionControlChangeType.Add,
              item: { path: `/${path}` },
              newContent: {
                content: Buffer.from(content).toString("base64"),
                contentType: ItemContentType.Base64Encoded,
              },
            })),
            ...gone.map((path) => ({ changeType: VersionControlChangeType.Delete, item: { path: `/${path}` } })),
          ],
        },
      ],
    },
    repository,
    project,
  );
  return paths;
}

/** The commit that a branch leads to; undefined if there is no such branch. */
export async function headOf(git: IGitApi, { project, repository, branch }: Branch): Promise<string | undefined> {
  // The filter is a prefix.
  const refs = await git.getRefs(repository, project, `heads/${branch}`);
  return refs.find(({ name }) => name === `refs/heads/${branch}`)?.objectId;
}

/** Paths for people: the first of many. */
export function enumerated(paths: string[]): string {
  const shown = 5;
  const more = paths.length > shown ? ` and ${paths.length - shown} more` : "";
  return paths.slice(0, shown).join(", ") + more;
}
