import { findRole, type Role } from "./roles";
import { type AzureState, findResource, isWithin } from "./state";

/** What can be done with the images of a registry; `catalog` is to list its repositories. */
export type RegistryAction = "pull" | "push" | "delete" | "catalog";

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
 * above it. A registry that does not exist allows nothing.
 *
 * @param scope id of the registry.
 */
export function isAllowed(state: AzureState, principalId: string, scope: string, action: RegistryAction): boolean {
  const registry = findResource(state, scope);
  if (registry?.type !== "Microsoft.ContainerRegistry/registries") return false;
  const mode =
    registry.properties.roleAssignmentMode === "AbacRepositoryPermissions"
      ? permissions.AbacRepositoryPermissions
      : permissions.LegacyRegistryPermissions;
  return isGranted(state, principalId, scope, mode.kind, mode[action]);
}

/** Whether a principal may do something in Resource Manager, for example `Microsoft.ContainerRegistry/registries/write`. */
export function mayManage(state: AzureState, principalId: string, scope: string, action: string): boolean {
  return isGranted(state, principalId, scope, "actions", action);
}

function isGranted(
  state: AzureState,
  principalId: string,
  scope: string,
  kind: "actions" | "dataActions",
  permission: string,
): boolean {
  return state.roleAssignments.some((assignment) => {
    // Conditions are kept but not evaluated: an assignment that has one grants nothing, rather than too much.
    if (assignment.condition !== undefined) return false;
    if (assignment.principalId !== principalId || !isWithin(scope, assignment.scope)) return false;
    const role = findRole(assignment.role);
    return role !== undefined && grants(role, kind, permission);
  });
}

function grants(role: Role, kind: "actions" | "dataActions", permission: string): boolean {
  if (!role[kind].some((pattern) => matches(pattern, permission))) return false;
  return kind === "dataActions" || !role.notActions.some((pattern) => matches(pattern, permission));
}

/** Azure's permission patterns: `*` stands for any text, slashes too; case does not matter. */
function matches(pattern: string, permission: string): boolean {
  const expression = pattern
    .split("*")
    .map((part) => part.replace(/[.]/g, "\\."))
    .join(".*");
  return new RegExp(`^${expression}$`, "i").test(permission);
}
