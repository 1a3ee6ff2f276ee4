import * as z from "zod";
import type { Organization } from "../common/organization";
import { wildcardPath } from "../common/wildcard";
import type { Repository } from "../git/state";
import type { Policy } from "./state";

/** The settings of a build policy, as `checkBuildSettings` lets them be. */
const settingsForm = z.object({
  buildDefinitionId: z.int(),
  displayName: z.string().nullable(),
  /** Nothing but somebody starts its runs. */
  manualQueueOnly: z.boolean(),
  /** Whether a run stays valid when the target branch moves: for good, or for the minutes of `validDuration`. */
  queueOnSourceUpdateOnly: z.boolean(),
  validDuration: z.number(),
  filenamePatterns: z.array(z.string()).nullish(),
});

/** A build policy on a branch. */
export interface BuildPolicy extends z.output<typeof settingsForm> {
  policy: Policy;
}

/** The policies that are on a branch now. */
export function policiesOn(organization: Organization, repository: Repository, ref: string): BuildPolicy[] {
  return organization.state.policies
    .filter(
      ({ projectId, isEnabled, isDeleted, settings: { scope } }) =>
        projectId === repository.projectId &&
        isEnabled &&
        !isDeleted &&
        Array.isArray(scope) &&
        scope.some((item) => isInScope(organization, repository, ref, item)),
    )
    .map((policy) => ({ policy, ...settingsForm.parse(policy.settings) }));
}

/** Whether a policy is on a branch that keeps it from being pushed to: it changes by pull requests alone. */
export function isProtected(organization: Organization, repository: Repository, ref: string): boolean {
  return policiesOn(organization, repository, ref).some(({ policy }) => policy.isBlocking);
}

/**
 * Whether a policy is about a change of some paths. Its patterns are applied from the first to the last, and one with `!`
 * takes away from those before it. https://learn.microsoft.com/azure/devops/repos/git/branch-policies#path-filters
 *
 * @param paths with a slash before them
 */
export function isAbout({ filenamePatterns }: BuildPolicy, paths: readonly string[]): boolean {
  if (!filenamePatterns || filenamePatterns.length === 0) return true;
  const rules = filenamePatterns.map((pattern) => ({
    takes: !pattern.startsWith("!"),
    expression: wildcardPath(pattern.replace(/^!/, "")),
  }));
  return paths.some((path) => rules.findLast(({ expression }) => expression.test(path))?.takes === true);
}

/** As `checkBuildSettings` lets scopes be. */
function isInScope(
  organization: Organization,
  repository: Repository,
  ref: string,
  { repositoryId, refName, matchKind }: Record<string, unknown>,
): boolean {
  const kind = String(matchKind).toLowerCase();
  if (kind === "defaultbranch") return organization.repositories.of(repository).defaultBranch() === ref;
  if (repositoryId && String(repositoryId).toLowerCase() !== repository.id) return false;
  return kind === "prefix" ? ref.startsWith(String(refName)) : ref === refName;
}
