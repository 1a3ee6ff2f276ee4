import { UserError } from "../common/errors";

/** The name that a branch control check is shown by, and by which a stack knows its own. */
export const branchControlName = "Branch control (managed by Pulumi)";

/**
 * The name of one on what is not the stack's own, on which other stacks may have theirs.
 *
 * @param pipeline for which it is there: folder and name
 */
export function branchControlNameFor(pipeline: string): string {
  return `Branch control for ${pipeline} (managed by Pulumi)`;
}

/**
 * The branches that a branch control check allows, as it takes them: full names, separated by commas.
 * https://learn.microsoft.com/azure/devops/pipelines/process/approvals#branch-control
 *
 * @param branches without `refs/heads/`
 * @throws UserError for a name with a comma, which would be two
 */
export function allowedBranches(branches: string[]): string {
  const name = branches.find((branch) => branch.includes(","));
  if (name === undefined) return branches.map((branch) => `refs/heads/${branch}`).join(", ");
  throw new UserError(
    `the branch ${JSON.stringify(name)} has a comma in its name, at which Azure DevOps takes a list of branches apart, so ` +
      "that a service connection cannot be kept to it. Give the branch another name.",
  );
}
