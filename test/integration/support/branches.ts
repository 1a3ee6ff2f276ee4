import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { commitFiles } from "../../../cli/commit";
import { azureDevOps } from "./far-side";
import { localCloud } from "./local-cloud";

const nothing = "0".repeat(40);

/** Pushes a folder of the project to a branch of the local repository: what `git push` does elsewhere. */
export async function pushBranch(directory: string, branch: string): Promise<void> {
  const { project, repository } = localCloud().azureDevOps;
  const git = await azureDevOps().getGitApi();
  if ((await headOf(branch)) === undefined) {
    const update = { name: `refs/heads/${branch}`, oldObjectId: nothing, newObjectId: await headOf("main") };
    await git.updateRefs([update], repository, project);
  }
  const skipped = new Set(["node_modules", "sandbox", ".environments"]);
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !skipped.has(path.split("/")[0] ?? ""))
    .map((path) => ({ path, content: readFileSync(join(directory, path), "utf8") }));
  await commitFiles(git, { project, repository, branch }, files);
}

/** Deletes a branch of the local repository. */
export async function deleteBranch(branch: string): Promise<void> {
  const { project, repository } = localCloud().azureDevOps;
  const git = await azureDevOps().getGitApi();
  const update = { name: `refs/heads/${branch}`, oldObjectId: await headOf(branch), newObjectId: nothing };
  await git.updateRefs([update], repository, project);
}

async function headOf(branch: string): Promise<string | undefined> {
  const { project, repository } = localCloud().azureDevOps;
  const refs = await (await azureDevOps().getGitApi()).getRefs(repository, project, `heads/${branch}`);
  return refs.find(({ name }) => name === `refs/heads/${branch}`)?.objectId;
}
