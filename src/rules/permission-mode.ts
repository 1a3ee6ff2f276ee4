/**
 * How a registry decides who may do what: by roles on the whole registry, or on its repositories. In
 * `AbacRepositoryPermissions` the roles AcrPush and AcrPull are not honoured, and neither are Owner and Contributor where
 * images are concerned:
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export type PermissionMode = "LegacyRegistryPermissions" | "AbacRepositoryPermissions";

/** The API version from which on registries have a mode. azure-native's default version is older. */
export const permissionModeApiVersion = "2025-04-01";
