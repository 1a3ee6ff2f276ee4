import type { JsonObject } from "../../../sandbox/azure/json";
import { operator, subscriptionId, tenantId } from "../../../sandbox/identity";

/** Tokens of the resource types that the local cloud's azure-native plugin has. */
export const types = {
  group: "azure-native:resources:ResourceGroup",
  registry: "azure-native:containerregistry:Registry",
  identity: "azure-native:managedidentity:UserAssignedIdentity",
  credential: "azure-native:managedidentity:FederatedIdentityCredential",
  role: "azure-native:authorization:RoleAssignment",
};

/** The provider's settings, but for `metadataHost`. */
export const config = {
  clientId: operator.clientId,
  clientSecret: operator.clientSecret,
  tenantId,
  subscriptionId,
};

/** Inputs of a registry as a program gives them: without a location. */
export function registryInputs(group: string): JsonObject {
  return {
    resourceGroupName: group,
    registryName: "mlopsregistry",
    sku: { name: "Basic" },
    adminUserEnabled: false,
  };
}
