import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { type Transform, transformed } from "./transform";

/** A registry that this stack creates. */
export interface NewRegistry {
  kind: "new";
  /** Name, unique in all of Azure: 5 to 50 letters and digits. */
  name: string;
  /** `Basic`, `Standard` or `Premium`. Default: `Basic`. */
  sku?: string;
}

/** A registry that exists, as `findRegistry` finds it. */
export interface ExistingRegistry {
  kind: "existing";
  /** ARM resource id. */
  id: string;
  name: string;
  resourceGroup: string;
  /** Host name that images are pushed to and pulled from. */
  loginServer: string;
}

export interface ContainerRegistryArgs {
  source: NewRegistry | ExistingRegistry;
  /** Resource group that a new registry is created in. */
  resourceGroup: pulumi.Input<string>;
  transform?: {
    /** The registry, if it is a new one. */
    registry?: Transform<containerregistry.RegistryArgs>;
  };
}

/**
 * How a registry decides who may do what. In `AbacRepositoryPermissions` the roles AcrPush and AcrPull are not
 * honoured: https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
 */
export type PermissionMode = "LegacyRegistryPermissions" | "AbacRepositoryPermissions";

/**
 * The Azure container registry that the job container is kept in. Its outputs are the same whether it is a new one or
 * was found. Only a new one belongs to the stack; the other is never changed or deleted.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
  /** ARM resource id. */
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly resourceGroup: pulumi.Output<string>;
  /** Host name that images are pushed to and pulled from. */
  readonly loginServer: pulumi.Output<string>;
  readonly permissionMode: pulumi.Output<PermissionMode>;
  /** The raw resources: the registry, if this stack created it. */
  readonly nodes: { registry?: containerregistry.Registry };

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerRegistry", name, {}, opts);
    const parent = { parent: this };
    const { source } = args;

    const found = source.kind === "existing" ? source : createRegistry(source);
    this.id = pulumi.output(found.id);
    this.name = pulumi.output(found.name);
    this.resourceGroup = pulumi.output(source.kind === "existing" ? source.resourceGroup : args.resourceGroup);
    this.loginServer = pulumi.output(found.loginServer);
    this.permissionMode = readPermissionMode(this.name, this.resourceGroup, parent);
    this.nodes = found instanceof containerregistry.Registry ? { registry: found } : {};
    this.registerOutputs({ id: this.id, name: this.name, loginServer: this.loginServer });

    function createRegistry(registry: NewRegistry) {
      return new containerregistry.Registry(
        ...transformed(
          args.transform?.registry,
          name,
          {
            registryName: registry.name,
            resourceGroupName: args.resourceGroup,
            sku: { name: registry.sku ?? "Basic" },
            adminUserEnabled: false,
          },
          parent,
        ),
      );
    }
  }
}

/** The mode is not in azure-native's default API version of registries, so that it is read with a later one. */
function readPermissionMode(
  name: pulumi.Output<string>,
  resourceGroup: pulumi.Output<string>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<PermissionMode> {
  const registry = resources.getResourceOutput(
    {
      resourceGroupName: resourceGroup,
      resourceProviderNamespace: "Microsoft.ContainerRegistry",
      parentResourcePath: "",
      resourceType: "registries",
      resourceName: name,
      apiVersion: "2025-04-01",
    },
    opts,
  );
  return registry.apply(({ properties }): PermissionMode => {
    const mode: unknown = properties.roleAssignmentMode;
    return mode === "AbacRepositoryPermissions" ? mode : "LegacyRegistryPermissions";
  });
}
