import type { PermissionMode } from "./container-registry";

/**
 * The built-in role that lets an identity push to and pull from a registry, as that registry's permission mode honours
 * it: AcrPush, or Container Registry Repository Writer where permissions are by repository.
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-built-in-roles-overview
 */
const pushRoles: Record<PermissionMode, string> = {
  LegacyRegistryPermissions: "8311e382-0749-4cb8-b61a-304f252e45ec",
  AbacRepositoryPermissions: "2a1e307c-b015-4ebd-883e-5b7698a07328",
};

/** The ARM id of the role that allows pushing to a registry in this permission mode. */
export function pushRoleId(mode: PermissionMode, subscriptionId: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${pushRoles[mode]}`;
}
