import type { IGitApi } from "azure-devops-node-api/GitApi";
import type { RepositoryContents } from "../azuredevops/git/contents";
import { isSameEntry, makeCommit, type Tree } from "../azuredevops/git/objects";
import type { RepositoryFile } from "../azuredevops/seed";
import { type Branch, headOf, moveBranch } from "./branch";

/**
 * Makes a branch of an Azure Repos repository hold exactly these files, by one commit. The files go straight into what
 * the repository has on disk, one after another and only those that are not there, and over the API goes the branch
 * alone: as with Git, whose objects come before its references, and without a limit to their size.
 *
 * @param contents the repository's
 * @returns the paths that the commit changes, those that it takes away included; none if nothing was to be done
 */
export async function commitFiles(
  git: IGitApi,
  contents: RepositoryContents,
  target: Branch,
  files: RepositoryFile[],
): Promise<string[]> {
  const head = await headOf(git, target);
  const before = contents.commit(head)?.tree ?? {};
  const tree: Tree = Object.fromEntries(
    files.map(({ path, mode, content }) => [`/${path}`, { id: contents.addBlob(content()), mode }]),
  );
  const paths = [...new Set([...Object.keys(tree), ...Object.keys(before)])]
    .filter((path) => !isSameEntry(tree[path], before[path]))
    .map((path) => path.slice(1));
  if (paths.length === 0 || head === undefined) return [];
  const commit = makeCommit(tree, [head], `Change ${enumerated(paths)}`, new Date());
  contents.addCommit(commit);
  await moveBranch(git, target, head, commit.id);
  return paths;
}

/** Paths for people: the first of many. */
export function enumerated(paths: string[]): string {
  const shown = 5;
  const more = paths.length > shown ? ` and ${paths.length - shown} more` : "";
  return paths.slice(0, shown).join(", ") + more;
}
