import * as pulumi from "@pulumi/pulumi";
import { isOnBranch } from "../azure-devops/files";
import type { ProjectApi } from "../azure-devops/rest";
import { messageOf } from "../common/errors";
import { defaultBranchOf, type PipelineSource } from "./pipeline-source";

/**
 * Says which of the pipelines' files are not on the branch that their definitions run from, or why that is not known.
 * Neither is a mistake: a pull request adds a pipeline before the branch has it. A repository on GitHub is not asked,
 * since this program has no access to GitHub: Azure DevOps reads it, through the service connection.
 *
 * @param api undefined if there is no access token
 * @param paths from the repository root
 */
export async function sayUnpushed(
  api: ProjectApi | undefined,
  source: Pick<PipelineSource, "repository">,
  paths: string[],
): Promise<void> {
  if (paths.length === 0) return;
  const { repository } = source;
  const branch = defaultBranchOf(source);
  const sayNotChecked = (reason: string) => {
    pulumi.log.info(`whether ${paths.join(", ")} can be found on the branch ${branch} is not checked: ${reason}`);
  };
  if (repository.repoType !== "TfsGit") return sayNotChecked("the repository is on GitHub");
  if (api === undefined) return sayNotChecked("AZDO_PERSONAL_ACCESS_TOKEN is not set");
  try {
    const found = await Promise.all(paths.map((path) => isOnBranch(api, repository.repoId, branch, path)));
    for (const [index, path] of paths.entries()) {
      if (found[index]) continue;
      pulumi.log.warn(`${path} is not on the branch ${branch} yet: push it before the pipeline's first run`);
    }
  } catch (error) {
    sayNotChecked(messageOf(error));
  }
}
