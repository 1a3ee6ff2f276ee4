import type { RegistryAction } from "../registry/token-service";
import { type ConditionRequest, parseCondition } from "./conditions";
import { matches } from "./permission-pattern";
import { findRole, type Role } from "./roles";
import { type AzureState, findResource, isKnown, isWithin, type RoleAssignment } from "./state";

/**
 * The permission behind each action. A registry honours one column and ignores the other, by its
 * `roleAssignmentMode` (https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions).
 */
const permissions = {
  LegacyRegistryPermissions: {
    kind: "actions",
    pull: "Microsoft.ContainerRegistry/registries/pull/read",
    push: "Microsoft.ContainerRegistry/registries/push/write",
    delete: "Microsoft.ContainerRegistry/registries/artifacts/delete",
    catalog: "Microsoft.ContainerRegistry/registries/pull/read",
  },
  AbacRepositoryPermissions: {
    kind: "dataActions",
    pull: "Microsoft.ContainerRegistry/registries/repositories/content/read",
    push: "Microsoft.ContainerRegistry/registries/repositories/content/write",
    delete: "Microsoft.ContainerRegistry/registries/repositories/content/delete",
    catalog: "Microsoft.ContainerRegistry/registries/catalog/read",
  },
} as const;

/**
 * Whether a principal may pull, push, delete or list in a registry, by the role assignments on the registry and
 * above it, and their conditions. A registry that does not exist allows nothing.
 *
 * @param lateness milliseconds after which a role assignment is known to the registry.
 * @param scope id of the registry.
 * @param repository undefined for the registry as a whole: its catalog, or whether there is a repository that allows it.
 */
export function isAllowed(
  state: AzureState,
  lateness: number,
  principalId: string,
  scope: string,
  action: RegistryAction,
  repository: string | undefined,
): boolean {
  const registry = findResource(state, scope);
  if (registry?.type !== "Microsoft.ContainerRegistry/registries") return false;
  const mode =
    registry.properties.roleAssignmentMode === "AbacRepositoryPermissions"
      ? permissions.AbacRepositoryPermissions
      : permissions.LegacyRegistryPermissions;
  const request = repository === undefined ? undefined : { permission: mode[action], repository };
  const known = state.roleAssignments.filter(({ updatedOn }) => isKnown(updatedOn, lateness));
  return isGranted(known, principalId, scope, mode.kind, mode[action], request);
}

/** Whether a principal may do something in Resource Manager, for example `Microsoft.ContainerRegistry/registries/write`. */
export function mayManage(state: AzureState, principalId: string, scope: string, action: string): boolean {
  return isGranted(state.roleAssignments, principalId, scope, "actions", action, {
    permission: action,
    repository: undefined,
  });
}

/** @param request what conditions are asked about; undefined if they are not asked. */
function isGranted(
  assignments: RoleAssignment[],
  principalId: string,
  scope: string,
  kind: "actions" | "dataActions",
  permission: string,
  request: ConditionRequest | undefined,
): boolean {
  return assignments.some((assignment) => {
    if (assignment.principalId !== principalId || !isWithin(scope, assignment.scope)) return false;
    const role = findRole(assignment.role);
    if (role === undefined || !grants(role, kind, permission)) return false;
    if (assignment.condition === undefined || request === undefined) return true;
    return parseCondition(assignment.condition)(request);
  });
}

function grants(role: Role, kind: "actions" | "dataActions", permission: string): boolean {
  if (!role[kind].some((pattern) => matches(pattern, permission))) return false;
  return kind === "dataActions" || !role.notActions.some((pattern) => matches(pattern, permission));
}
