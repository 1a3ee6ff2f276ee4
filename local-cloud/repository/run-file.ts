import { randomUUID } from "node:crypto";
import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { noObject } from "../azuredevops/git/bare-repository";
import { type Author, commitFiles, type RepositoryFile } from "../git/commit-files";
import { askOwn, runForm } from "./own-api";
import { type ServedRepository, servedBy } from "./push";

/** A pipeline file of a working tree that is to be run. */
export interface FileToRun {
  /** From the repository's root. */
  path: string;
  /** Names of the stages to run; none for all. */
  stages: readonly string[];
  /** The branch that the run is of, without `refs/heads/`. */
  branch: string;
  /** What the working tree has. */
  files: readonly RepositoryFile[];
  author: Author;
}

const answerForm = z.object({ build: runForm, pipeline: z.string(), isTemporary: z.boolean() });

export type FileRun = z.output<typeof answerForm>;

/**
 * Queues a run of a pipeline file as it is in the working tree, with all that is there. The files are a commit of the
 * local repository that no branch leads to: nothing is pushed, so that nothing else is started.
 *
 * @throws UserError with all that is wrong with the file, each with its line
 */
export async function queueFile(cloud: ServedRepository, { path, ...run }: FileToRun): Promise<FileRun> {
  if (!run.files.some((file) => file.path === path)) {
    throw new UserError(`${path} is no file that the local repository would get: it is not there, or Git ignores it.`);
  }
  const served = await servedBy(cloud);
  const branch = `refs/heads/${run.branch}`;
  const parent = served.ref(branch) ?? served.ref(`refs/heads/${cloud.azureDevOps.defaultBranch}`);
  // Nobody else knows this ref. What it led to stays in the repository.
  const ref = `refs/local-cloud/${randomUUID()}`;
  const { files, author } = run;
  await commitFiles(served.directory, { ref, message: `Run ${path}`, author, parent, files, without: "all" });
  const commit = served.ref(ref);
  if (commit === undefined) throw new Error(`${ref} has no commit.`);
  served.update({ name: ref, oldObjectId: commit, newObjectId: noObject });
  const { repository } = cloud.azureDevOps;
  return answerForm.parse(await askOwn(cloud, "runs", { repository, path, commit, branch, stages: run.stages }));
}
