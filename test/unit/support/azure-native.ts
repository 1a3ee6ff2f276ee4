import type { JsonObject } from "../../../local-cloud/azure/json";
import { operator, subscriptionId, tenantId } from "../../../local-cloud/cloud/identity";
import { LocalAzure, operatorSecret } from "./local-azure";
import { Plugin } from "./plugin";

/** Tokens of the resource types that the local cloud's azure-native plugin has. */
export const types = {
  group: "azure-native:resources:ResourceGroup",
  registry: "azure-native:containerregistry:Registry",
  identity: "azure-native:managedidentity:UserAssignedIdentity",
  credential: "azure-native:managedidentity:FederatedIdentityCredential",
  environmentVersion: "azure-native:machinelearningservices:EnvironmentVersion",
  role: "azure-native:authorization:RoleAssignment",
};

/** The provider's settings, but for `metadataHost`. */
export const config = {
  clientId: operator.clientId,
  clientSecret: operatorSecret,
  tenantId,
  subscriptionId,
};

/** The plugin, once for all tests of a file, in a local cloud's Azure that is new for each of them. */
export function azureNative(): { plugin: Plugin; azure: LocalAzure } {
  let plugin: Plugin;
  let azure: LocalAzure;
  beforeAll(async () => {
    plugin = await Plugin.start("azure-native", "3.28.0", { ARM_TENANT_ID: tenantId });
  }, 60_000);
  afterAll(() => plugin.stop());
  beforeEach(async () => {
    azure = await LocalAzure.start();
    await plugin.configure({ ...config, metadataHost: azure.address });
  });
  afterEach(() => azure.stop());
  return {
    get plugin() {
      return plugin;
    },
    get azure() {
      return azure;
    },
  };
}

/** Inputs of a registry as a program gives them: without a location. */
export function registryInputs(group: string): JsonObject {
  return {
    resourceGroupName: group,
    registryName: "mlopsregistry",
    sku: { name: "Basic" },
    adminUserEnabled: false,
  };
}
