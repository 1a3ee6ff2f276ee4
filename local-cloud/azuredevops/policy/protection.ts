import type { Organization } from "../common/organization";
import type { Repository } from "../git/state";

/** Whether a policy is on a branch that keeps it from being pushed to: it changes by pull requests alone. */
export function isProtected(organization: Organization, repository: Repository, ref: string): boolean {
  return organization.state.policies.some(
    ({ projectId, isEnabled, isBlocking, isDeleted, settings: { scope } }) =>
      projectId === repository.projectId &&
      isEnabled &&
      isBlocking &&
      !isDeleted &&
      Array.isArray(scope) &&
      scope.some((item) => isInScope(organization, repository, ref, item)),
  );
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
