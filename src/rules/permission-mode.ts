/** The API version from which on registries have a permission mode. azure-native's default version is older. */
export const permissionModeApiVersion = "2025-04-01";
