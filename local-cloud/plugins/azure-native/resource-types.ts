/** One input of a resource type. */
export interface InputSpec {
  /** Where it goes in a request: the path, the body, or `properties` in the body. */
  in: "path" | "body" | "properties";
  type: "string" | "boolean" | "object" | "array";
  required?: true;
  /** Whether a change makes a new resource; inputs of the path always do. */
  replaces?: true;
  /** The members of an object that has fixed ones. */
  members?: Record<string, { required?: true }>;
  minLength?: number;
  maxLength?: number;
  pattern?: RegExp;
}

/** How azure-native's generated metadata describes a resource type, for the few that the program uses. */
export interface ResourceSpec {
  apiVersion: string;
  /** Path template; parts in braces are inputs, and the subscription. */
  path: string;
  /** The input that is made up when it is left out, and how: the logical name and 8 hexadecimal digits, or a GUID. */
  autoName: { input: string; kind: "random" | "guid" };
  inputs: Record<string, InputSpec>;
  /** Outputs, as the SDK's classes promise them. */
  outputs: readonly string[];
  /** False on a type whose `properties` the SDK leaves as they are. Default true: their members are outputs. */
  flatten?: false;
}

const location: InputSpec = { in: "body", type: "string", replaces: true };
const tags: InputSpec = { in: "body", type: "object" };
const group: InputSpec = { in: "path", type: "string", required: true, minLength: 1, maxLength: 90 };
const groupPath = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const text: InputSpec = { in: "properties", type: "string" };
const flag: InputSpec = { in: "properties", type: "boolean" };
const object: InputSpec = { in: "properties", type: "object" };

/** The resource types that the plugin has, by token, in azure-native 3.28.0's API versions. */
export const resourceSpecs: Record<string, ResourceSpec> = {
  "azure-native:resources:ResourceGroup": {
    apiVersion: "2024-03-01",
    path: groupPath,
    autoName: { input: "resourceGroupName", kind: "random" },
    inputs: {
      resourceGroupName: { ...group, pattern: /^[-\w._()]+$/ },
      location: { ...location, required: true },
      managedBy: { in: "body", type: "string" },
      tags,
    },
    outputs: ["location", "managedBy", "name", "properties", "tags", "type"],
    flatten: false,
  },

  "azure-native:resources:Deployment": {
    apiVersion: "2024-03-01",
    path: `${groupPath}/providers/Microsoft.Resources/deployments/{deploymentName}`,
    autoName: { input: "deploymentName", kind: "random" },
    inputs: {
      resourceGroupName: { ...group, pattern: /^[-\w._()]+$/ },
      deploymentName: {
        in: "path",
        type: "string",
        required: true,
        minLength: 1,
        maxLength: 64,
        pattern: /^[-\w._()]+$/,
      },
      properties: { in: "body", type: "object", required: true },
      location: { in: "body", type: "string" },
      tags,
    },
    outputs: ["location", "name", "properties", "tags", "type"],
    flatten: false,
  },

  "azure-native:containerregistry:Registry": {
    apiVersion: "2023-01-01-preview",
    path: `${groupPath}/providers/Microsoft.ContainerRegistry/registries/{registryName}`,
    autoName: { input: "registryName", kind: "random" },
    inputs: {
      resourceGroupName: group,
      registryName: {
        in: "path",
        type: "string",
        required: true,
        minLength: 5,
        maxLength: 50,
        pattern: /^[a-zA-Z0-9]*$/,
      },
      location: { ...location, required: true },
      sku: { in: "body", type: "object", required: true, members: { name: { required: true } } },
      identity: { in: "body", type: "object" },
      tags,
      adminUserEnabled: flag,
      anonymousPullEnabled: flag,
      dataEndpointEnabled: flag,
      encryption: object,
      networkRuleBypassOptions: text,
      networkRuleSet: object,
      policies: object,
      publicNetworkAccess: text,
      zoneRedundancy: text,
    },
    outputs: [
      "adminUserEnabled",
      "anonymousPullEnabled",
      "creationDate",
      "dataEndpointEnabled",
      "dataEndpointHostNames",
      "encryption",
      "identity",
      "location",
      "loginServer",
      "name",
      "networkRuleBypassOptions",
      "networkRuleSet",
      "policies",
      "privateEndpointConnections",
      "provisioningState",
      "publicNetworkAccess",
      "sku",
      "status",
      "systemData",
      "tags",
      "type",
      "zoneRedundancy",
    ],
  },

  "azure-native:machinelearningservices:EnvironmentVersion": {
    apiVersion: "2025-12-01",
    path:
      `${groupPath}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}` +
      "/environments/{name}/versions/{version}",
    autoName: { input: "version", kind: "random" },
    inputs: {
      resourceGroupName: group,
      workspaceName: { in: "path", type: "string", required: true, pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}$/ },
      name: { in: "path", type: "string", required: true },
      version: { in: "path", type: "string", required: true },
      properties: {
        in: "body",
        type: "object",
        required: true,
        members: {
          autoRebuild: {},
          build: {},
          condaFile: {},
          description: {},
          image: {},
          inferenceConfig: {},
          isAnonymous: {},
          isArchived: {},
          osType: {},
          properties: {},
          stage: {},
          tags: {},
        },
      },
    },
    outputs: ["name", "properties", "systemData", "type"],
    flatten: false,
  },

  "azure-native:managedidentity:UserAssignedIdentity": {
    apiVersion: "2023-01-31",
    path: `${groupPath}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`,
    autoName: { input: "resourceName", kind: "random" },
    inputs: {
      resourceGroupName: group,
      resourceName: { in: "path", type: "string", required: true },
      location: { ...location, required: true },
      tags,
    },
    outputs: ["clientId", "location", "name", "principalId", "systemData", "tags", "tenantId", "type"],
  },

  "azure-native:managedidentity:FederatedIdentityCredential": {
    apiVersion: "2023-01-31",
    path:
      `${groupPath}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}` +
      "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    autoName: { input: "federatedIdentityCredentialResourceName", kind: "random" },
    inputs: {
      resourceGroupName: group,
      resourceName: { in: "path", type: "string", required: true },
      federatedIdentityCredentialResourceName: {
        in: "path",
        type: "string",
        required: true,
        pattern: /^[a-zA-Z0-9]{1}[a-zA-Z0-9-_]{2,119}$/,
      },
      issuer: { ...text, required: true },
      subject: { ...text, required: true },
      audiences: { in: "properties", type: "array", required: true },
    },
    outputs: ["audiences", "issuer", "name", "subject", "systemData", "type"],
  },

  "azure-native:authorization:RoleAssignment": {
    apiVersion: "2022-04-01",
    path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    autoName: { input: "roleAssignmentName", kind: "guid" },
    inputs: {
      scope: { in: "path", type: "string", required: true },
      roleAssignmentName: { in: "path", type: "string", required: true },
      principalId: { ...text, required: true, replaces: true },
      roleDefinitionId: { ...text, required: true },
      principalType: text,
      condition: text,
      conditionVersion: text,
      delegatedManagedIdentityResourceId: text,
      description: text,
    },
    outputs: [
      "condition",
      "conditionVersion",
      "createdBy",
      "createdOn",
      "delegatedManagedIdentityResourceId",
      "description",
      "name",
      "principalId",
      "principalType",
      "roleDefinitionId",
      "scope",
      "systemData",
      "type",
      "updatedBy",
      "updatedOn",
    ],
  },
};
