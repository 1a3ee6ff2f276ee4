import type * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

/**
 * How a registry decides who may do what: by roles on the whole registry, or on its repositories. In
 * `AbacRepositoryPermissions` the roles AcrPush and AcrPull are not honoured, and neither are Owner and Contributor where
 * images are concerned:
 * https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export type PermissionMode = "LegacyRegistryPermissions" | "AbacRepositoryPermissions";

/** From this API version on, registries have a mode. azure-native's default version is older. */
const apiVersion = "2025-04-01";

/** Reads the mode of a registry. */
export function readPermissionMode(
  registryName: pulumi.Output<string>,
  resourceGroupName: pulumi.Output<string>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<PermissionMode> {
  const registry = resources.getResourceOutput(
    {
      resourceGroupName,
      resourceProviderNamespace: "Microsoft.ContainerRegistry",
      parentResourcePath: "",
      resourceType: "registries",
      resourceName: registryName,
      apiVersion,
    },
    opts,
  );
  return registry.apply(({ properties }): PermissionMode => {
    const mode: unknown = properties.roleAssignmentMode;
    return mode === "AbacRepositoryPermissions" ? mode : "LegacyRegistryPermissions";
  });
}

/**
 * Sets the mode of a registry, by a deployment that puts the registry once more as it is. azure-native's registry takes
 * no mode, and its generic resource is read back by a wrong API version (pulumi-azure-native issues 4109 and 4337). The
 * registry stays the same resource, whichever mode it is in.
 *
 * @param args what the registry was made with
 */
export function setPermissionMode(
  name: string,
  registry: containerregistry.Registry,
  args: containerregistry.RegistryArgs,
  roleAssignmentMode: PermissionMode,
  opts: pulumi.CustomResourceOptions,
): resources.Deployment {
  const { registryName: _, location: __, resourceGroupName, sku, tags, identity, ...properties } = args;
  return new resources.Deployment(
    name,
    {
      deploymentName: pulumi.interpolate`${registry.name}-permission-mode`,
      resourceGroupName,
      properties: {
        mode: resources.DeploymentMode.Incremental,
        template: {
          $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
          contentVersion: "1.0.0.0",
          resources: [
            {
              type: "Microsoft.ContainerRegistry/registries",
              apiVersion,
              name: registry.name,
              location: registry.location,
              sku,
              ...(tags && { tags }),
              ...(identity && { identity }),
              properties: { ...properties, roleAssignmentMode },
            },
          ],
        },
      },
    },
    opts,
  );
}
