import type { Organization } from "../common/organization";
import { isSameResource, type ProtectedResource } from "../pipelines/state";

/**
 * Why a run may not use a protected resource: its branch is not among those that a branch control check allows. In the
 * service such a check fails, and with it the stage that names the resource, before any of its jobs begins:
 * https://learn.microsoft.com/azure/devops/pipelines/process/approvals#branch-control
 *
 * @param resource how the message calls it
 * @param branch the run's, for example `refs/heads/main`
 * @returns what the check says; undefined if there is none, or all allow the branch
 */
export function branchProblem(
  { checks }: Organization["state"],
  about: ProtectedResource,
  resource: string,
  branch: string,
): string | undefined {
  for (const { settings } of checks.filter((check) => isSameResource(check, about))) {
    const { allowedBranches, ensureProtectionOfBranch } = settings.inputs;
    const failed = `Checks failed: ${settings.displayName} (branch control) on ${resource}.`;
    if (!isAllowed(allowedBranches, branch)) {
      return `${failed} The branch ${branch} is not among the allowed branches: ${allowedBranches}`;
    }
    if (ensureProtectionOfBranch === "true") {
      return `${failed} The local Azure DevOps does not know which branches are protected.`;
    }
  }
  return undefined;
}

/** Whether a list, separated by commas, has the branch. `*` in one of its entries is for any characters. */
function isAllowed(allowedBranches: string, branch: string): boolean {
  return allowedBranches.split(",").some((entry) => {
    const parts = entry
      .trim()
      .split("*")
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(branch);
  });
}
