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
  if ((await git.getRefs(repository, project, `heads/${branch}`)).length === 0) {
    const [main] = await git.getRefs(repository, project, "heads/main");
    const update = { name: `refs/heads/${branch}`, oldObjectId: nothing, newObjectId: main?.objectId };
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
  const [ref] = await git.getRefs(repository, project, `heads/${branch}`);
  const update = { name: `refs/heads/${branch}`, oldObjectId: ref?.objectId, newObjectId: nothing };
  await git.updateRefs([update], repository, project);
}
