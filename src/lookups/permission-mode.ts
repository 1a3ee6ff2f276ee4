import * as resources from "@pulumi/azure-native/resources";
import type * as pulumi from "@pulumi/pulumi";
import { permissionModeApiVersion } from "../rules/permission-mode";
import type { PermissionMode } from "../rules/words";

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
      apiVersion: permissionModeApiVersion,
    },
    opts,
  );
  return registry.apply(({ properties }): PermissionMode => {
    const mode: unknown = properties.roleAssignmentMode;
    return mode === "AbacRepositoryPermissions" ? mode : "LegacyRegistryPermissions";
  });
}
