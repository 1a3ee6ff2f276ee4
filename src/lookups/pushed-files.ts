import * as pulumi from "@pulumi/pulumi";
import { isOnBranch } from "../azure-devops/files";
import type { ProjectApi } from "../azure-devops/rest";
import { messageOf } from "../common/errors";
import type { PipelineSource } from "./pipeline-source";

/**
 * Says which of the pipelines' files are not on the branch that their definitions run from. That is no mistake: a pull
 * request adds a pipeline before the branch has it. Of a repository on GitHub it is not asked.
 *
 * @param api undefined if there is no access token
 * @param paths from the repository root
 */
export async function sayUnpushed(
  api: ProjectApi | undefined,
  { repository }: Pick<PipelineSource, "repository">,
  paths: string[],
): Promise<void> {
  if (repository.repoType !== "TfsGit" || api === undefined) return;
  const branch = repository.branchName.replace(/^refs\/heads\//, "");
  await Promise.all(
    paths.map(async (path) => {
      try {
        if (await isOnBranch(api, repository.repoId, branch, path)) return;
        pulumi.log.warn(`${path} is not on the branch ${branch} yet: push it before the pipeline's first run`);
      } catch (error) {
        pulumi.log.info(`whether ${path} is on the branch ${branch} is not known: ${messageOf(error)}`);
      }
    }),
  );
}
