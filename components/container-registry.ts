import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as machinelearningservices from "@pulumi/azure-native/machinelearningservices";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { lookUp } from "./lookup";
import { type Transform, transformed } from "./transform";

/** Which registry holds the job container: a new one, the one of an Azure ML workspace, or one that exists. */
export type RegistrySource =
  | {
      kind: "new";
      /** Name, unique in all of Azure: 5 to 50 letters and digits. */
      name: string;
      /** `Basic`, `Standard` or `Premium`. Default: `Basic`. */
      sku?: string;
    }
  | {
      kind: "workspace";
      /** Name of the Azure ML workspace whose registry it is. */
      workspace: string;
      /** The workspace's resource group. */
      resourceGroup: string;
    }
  | {
      kind: "existing";
      /** The registry's name. */
      name: string;
      /** The registry's resource group. */
      resourceGroup: string;
    };

export interface ContainerRegistryArgs {
  source: RegistrySource;
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

/** What is known of a registry, however it came to be. */
interface Registry {
  id: string;
  name: string;
  resourceGroup: string;
  loginServer: string;
}

/**
 * The Azure container registry that the job container is kept in. Its outputs are the same whichever way it came to
 * be. Only a `new` one belongs to the stack: the others are read, and never changed or deleted.
 *
 * @throws RunError if the workspace or the registry does not exist, or the workspace has no registry yet.
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
  readonly nodes: { registry?: containerregistry.Registry } = {};

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerRegistry", name, {}, opts);

    const registry = args.source.kind === "new" ? this.create(name, args.source, args) : this.find(args.source);
    this.id = registry.id;
    this.name = registry.name;
    this.resourceGroup = registry.resourceGroup;
    this.loginServer = registry.loginServer;
    this.permissionMode = this.readPermissionMode();
    this.registerOutputs({ id: this.id, name: this.name, loginServer: this.loginServer });
  }

  private create(
    name: string,
    source: Extract<RegistrySource, { kind: "new" }>,
    { resourceGroup, transform }: ContainerRegistryArgs,
  ): pulumi.Output<Registry> {
    const registry = new containerregistry.Registry(
      ...transformed(
        transform?.registry,
        name,
        {
          registryName: source.name,
          resourceGroupName: resourceGroup,
          sku: { name: source.sku ?? "Basic" },
          adminUserEnabled: false,
        },
        { parent: this },
      ),
    );
    this.nodes.registry = registry;
    const { id, loginServer } = registry;
    return pulumi.output({ id, name: registry.name, resourceGroup, loginServer });
  }

  private find(source: Exclude<RegistrySource, { kind: "new" }>): pulumi.Output<Registry> {
    const location =
      source.kind === "existing" ? Promise.resolve(source) : findWorkspaceRegistry(source, { parent: this });
    return pulumi.output(location.then((registry) => getRegistry(registry, { parent: this })));
  }

  /** The mode is not part of the registry in azure-native's default API version, so that it is read with a later one. */
  private readPermissionMode(): pulumi.Output<PermissionMode> {
    return resources
      .getResourceOutput(
        {
          resourceGroupName: this.resourceGroup,
          resourceProviderNamespace: "Microsoft.ContainerRegistry",
          parentResourcePath: "",
          resourceType: "registries",
          resourceName: this.name,
          apiVersion: "2025-04-01",
        },
        { parent: this },
      )
      .apply(({ properties }): PermissionMode => {
        const mode: unknown = properties.roleAssignmentMode;
        return mode === "AbacRepositoryPermissions" ? mode : "LegacyRegistryPermissions";
      });
  }
}

async function getRegistry(
  { name, resourceGroup }: { name: string; resourceGroup: string },
  opts: pulumi.InvokeOptions,
): Promise<Registry> {
  const { id, loginServer } = await lookUp(
    `the container registry "${name}" in resource group "${resourceGroup}" (setting registry)`,
    containerregistry.getRegistry({ registryName: name, resourceGroupName: resourceGroup }, opts),
  );
  return { id, name, resourceGroup, loginServer };
}

async function findWorkspaceRegistry(
  { workspace, resourceGroup }: Extract<RegistrySource, { kind: "workspace" }>,
  opts: pulumi.InvokeOptions,
): Promise<{ name: string; resourceGroup: string }> {
  const found = await lookUp(
    `the Azure ML workspace "${workspace}" in resource group "${resourceGroup}" (setting registry)`,
    machinelearningservices.getWorkspace({ workspaceName: workspace, resourceGroupName: resourceGroup }, opts),
  );
  if (!found.containerRegistry) {
    throw new pulumi.RunError(
      `the Azure ML workspace "${workspace}" (setting registry.workspace) has no container registry yet: ` +
        "a workspace makes its registry when it first builds an environment. Build one in the workspace, or give it a " +
        'registry (az ml workspace update --container-registry …), or set registry.kind to "new" or "existing".',
    );
  }
  return parseRegistryId(found.containerRegistry);
}

/** Takes `/subscriptions/…/resourceGroups/<group>/providers/Microsoft.ContainerRegistry/registries/<name>` apart. */
function parseRegistryId(id: string): { name: string; resourceGroup: string } {
  const [, resourceGroup, name] = /\/resourceGroups\/([^/]+)\/.*\/registries\/([^/]+)$/i.exec(id) ?? [];
  if (!resourceGroup || !name) throw new pulumi.RunError(`"${id}" is not the resource id of a container registry`);
  return { name, resourceGroup };
}
