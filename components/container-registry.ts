import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { readPermissionMode } from "../src/lookups/permission-mode";
import type { ExistingRegistry } from "../src/lookups/registry";
import { type Transform, transformed } from "../src/pulumi/transform";
import { permissionModeApiVersion } from "../src/rules/permission-mode";
import type { PermissionMode, PublicNetworkAccess } from "../src/rules/words";

/** A registry that this stack creates. */
export interface NewRegistry {
  kind: "new";
  /** Name, unique in all of Azure: 5 to 50 letters and digits. */
  name: string;
  /** `Basic`, `Standard` or `Premium`. Default: `Basic`. */
  sku?: string;
  /** Default: the one that Azure gives it, or that it has. */
  permissionMode?: PermissionMode;
  /**
   * Days after which a manifest without a tag is deleted, 0 to 365. Only `Premium`. Default: never. A manifest that a
   * pipeline pulls by its digest loses its last tag when `latest` moves on, and is deleted as well.
   */
  retentionDays?: number;
  /** Whether the registry can be reached from the internet. `Disabled` only in `Premium`. Default: `Enabled`. */
  publicNetworkAccess?: PublicNetworkAccess;
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
 * The Azure container registry that the job container is kept in. Its outputs are the same whether it is a new one or
 * was found. Only a new one belongs to the stack, without an admin user and without anonymous pulls; the other is never
 * changed or deleted.
 */
export class ContainerRegistry extends pulumi.ComponentResource {
  /** ARM resource id. */
  readonly id: pulumi.Output<string>;
  readonly name: pulumi.Output<string>;
  readonly resourceGroup: pulumi.Output<string>;
  /** Host name that images are pushed to and pulled from. */
  readonly loginServer: pulumi.Output<string>;
  readonly permissionMode: pulumi.Output<PermissionMode>;
  /** Id of its subscription, if that is not the stack's own. */
  readonly otherSubscriptionId: string | undefined;
  /** The raw resources: the registry, if this stack created it, and what set its permission mode, if it was set. */
  readonly nodes: { registry?: containerregistry.Registry; permissionMode?: resources.Deployment };

  constructor(name: string, args: ContainerRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mlops:index:ContainerRegistry", name, {}, opts);
    const parent = { parent: this };
    const { source } = args;

    const elsewhere = source.kind === "existing" ? source.elsewhere : undefined;
    const { nodes, permissionMode, ...found } =
      source.kind === "existing" ? { ...source, nodes: {}, permissionMode: undefined } : createRegistry(source);
    this.id = pulumi.output(found.id);
    this.name = pulumi.output(found.name);
    this.resourceGroup = pulumi.output(source.kind === "existing" ? source.resourceGroup : args.resourceGroup);
    this.loginServer = pulumi.output(found.loginServer);
    this.permissionMode =
      permissionMode ??
      readPermissionMode(this.name, this.resourceGroup, {
        ...parent,
        ...(elsewhere && { provider: elsewhere.provider }),
      });
    this.otherSubscriptionId = elsewhere?.subscriptionId;
    this.nodes = nodes;
    this.registerOutputs({ id: this.id, name: this.name, loginServer: this.loginServer });

    function createRegistry({ permissionMode, ...settings }: NewRegistry) {
      const [resourceName, registryArgs, registryOpts] = transformed(
        args.transform?.registry,
        name,
        registryArgsOf(settings, args.resourceGroup),
        parent,
      );
      const registry = new containerregistry.Registry(resourceName, registryArgs, registryOpts);
      const { id, name: registryName, loginServer } = registry;
      if (permissionMode === undefined) return { id, name: registryName, loginServer, nodes: { registry } };
      const deployment = setPermissionMode(`${name}-permission-mode`, registry, registryArgs, permissionMode, {
        ...parent,
        protect: false,
      });
      // Nobody signs in before the mode is set, or it would be a matter of luck which roles count.
      const afterwards = <T>(value: pulumi.Input<T>) => deployment.id.apply(() => pulumi.output(value));
      return {
        id,
        name: registryName,
        loginServer: afterwards(loginServer),
        permissionMode: afterwards(permissionMode),
        nodes: { registry, permissionMode: deployment },
      };
    }
  }
}

function registryArgsOf(
  { name, sku = "Basic", retentionDays, publicNetworkAccess }: NewRegistry,
  resourceGroupName: pulumi.Input<string>,
): containerregistry.RegistryArgs {
  return {
    registryName: name,
    resourceGroupName,
    sku: { name: sku },
    adminUserEnabled: false,
    anonymousPullEnabled: false,
    ...(publicNetworkAccess && { publicNetworkAccess }),
    ...(retentionDays !== undefined && { policies: { retentionPolicy: { days: retentionDays, status: "enabled" } } }),
  };
}

/**
 * Sets the mode of a registry, by a deployment that puts the registry once more as it is. azure-native's registry takes
 * no mode, and its generic resource is read back by a wrong API version (pulumi-azure-native issues 4109 and 4337). The
 * registry stays the same resource, whichever mode it is in.
 *
 * @param args what the registry was made with
 */
function setPermissionMode(
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
              apiVersion: permissionModeApiVersion,
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
