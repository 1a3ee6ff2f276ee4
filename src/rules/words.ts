/**
 * The words to choose from in settings, each with what it means. Callers in TypeScript may write the plain text; those in
 * other languages get an enumeration of each of these.
 */

/** Where a repository is. */
export const RepositoryKind = {
  /** In the Azure DevOps project. */
  AzureRepos: "azureRepos",
  /** On GitHub. */
  GitHub: "gitHub",
} as const;
export type RepositoryKind = (typeof RepositoryKind)[keyof typeof RepositoryKind];

/** Which registry the image is kept in. */
export const RegistryKind = {
  /** One that the stack creates. */
  New: "new",
  /** That of an Azure ML workspace. */
  Workspace: "workspace",
  /** One that exists. */
  Existing: "existing",
} as const;
export type RegistryKind = (typeof RegistryKind)[keyof typeof RegistryKind];

/** What a registry costs and can do: https://learn.microsoft.com/azure/container-registry/container-registry-skus */
export const RegistrySku = {
  /** 10 GB, for learning and small teams. */
  Basic: "Basic",
  /** 100 GB, and more pulls at once. */
  Standard: "Standard",
  /** 500 GB, private endpoints and a retention policy. */
  Premium: "Premium",
} as const;
export type RegistrySku = (typeof RegistrySku)[keyof typeof RegistrySku];

/**
 * How a registry decides who may do what: by roles on the whole registry, or on its repositories. In
 * `AbacRepositoryPermissions` the roles AcrPush and AcrPull are not honoured, and neither are Owner and Contributor where
 * images are concerned:
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export const PermissionMode = {
  /** By roles on the registry. */
  LegacyRegistryPermissions: "LegacyRegistryPermissions",
  /** By roles that can be limited to repositories. */
  AbacRepositoryPermissions: "AbacRepositoryPermissions",
} as const;
export type PermissionMode = (typeof PermissionMode)[keyof typeof PermissionMode];

/** Whether a registry can be reached from the internet. */
export const PublicNetworkAccess = {
  /** It can. */
  Enabled: "Enabled",
  /** Only through its private endpoint, which is for Premium. */
  Disabled: "Disabled",
} as const;
export type PublicNetworkAccess = (typeof PublicNetworkAccess)[keyof typeof PublicNetworkAccess];

/** What happens when the conda files do not match. */
export const EnvironmentPolicy = {
  /** The preview or update stops before it begins. */
  Error: "error",
  /** It prints a warning. */
  Warn: "warn",
  /** They are not compared. */
  Off: "off",
} as const;
export type EnvironmentPolicy = (typeof EnvironmentPolicy)[keyof typeof EnvironmentPolicy];

/** How Azure Pipelines proves to Azure who it is. */
export const ConnectionScheme = {
  /**
   * As a managed identity of its own, which trusts this service connection's tokens. There is no secret anywhere.
   */
  WorkloadIdentityFederation: "workloadIdentityFederation",
  /**
   * As an app registration that Azure DevOps makes itself, with a secret that it keeps, and with the role AcrPush on the
   * registry, whatever the connection is for. For organizations that cannot use the other; a registry whose permissions
   * are by repository does not honour AcrPush.
   */
  ServicePrincipal: "servicePrincipal",
} as const;
export type ConnectionScheme = (typeof ConnectionScheme)[keyof typeof ConnectionScheme];
