import { messageOf } from "../../../src/common/errors";
import { type Json, type JsonObject, objectOr, stringOf } from "../../azure/json";
import { NotImplemented } from "../provider";
import type { AzureClient } from "./client";
import { pathOf } from "./shape";

/** A function that reads one resource. */
interface GetterSpec {
  /** Undefined: an argument says it. */
  apiVersion: string | undefined;
  path: string;
  arguments: readonly string[];
  /** False: `properties` stay as they are. */
  flatten?: false;
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

const getters: Record<string, GetterSpec> = {
  "azure-native:resources:getResourceGroup": {
    apiVersion: "2024-03-01",
    path: group,
    arguments: ["resourceGroupName"],
    flatten: false,
  },
  "azure-native:resources:getResource": {
    apiVersion: undefined,
    path: `${group}/providers/{resourceProviderNamespace}/{parentResourcePath}/{resourceType}/{resourceName}`,
    arguments: [
      "apiVersion",
      "parentResourcePath",
      "resourceGroupName",
      "resourceName",
      "resourceProviderNamespace",
      "resourceType",
    ],
    flatten: false,
  },
  "azure-native:containerregistry:getRegistry": {
    apiVersion: "2023-01-01-preview",
    path: `${group}/providers/Microsoft.ContainerRegistry/registries/{registryName}`,
    arguments: ["registryName", "resourceGroupName"],
  },
  "azure-native:machinelearningservices:getWorkspace": {
    apiVersion: "2025-12-01",
    path: `${group}/providers/Microsoft.MachineLearningServices/workspaces/{workspaceName}`,
    arguments: ["resourceGroupName", "workspaceName"],
  },
  "azure-native:managedidentity:getUserAssignedIdentity": {
    apiVersion: "2023-01-31",
    path: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`,
    arguments: ["resourceGroupName", "resourceName"],
  },
  "azure-native:authorization:getRoleDefinition": {
    apiVersion: "2022-05-01-preview",
    path: "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    arguments: ["roleDefinitionId", "scope"],
  },
};

/** Calls a function of azure-native. @throws NotImplemented for one that the plugin does not have. */
export async function invoke(client: AzureClient, token: string, args: JsonObject): Promise<JsonObject> {
  switch (token) {
    case "azure-native:authorization:getClientConfig": {
      const { clientId, subscriptionId, tenantId } = client.config;
      return { clientId, subscriptionId, tenantId, objectId: objectIdOf(await client.token()) };
    }
    case "azure-native:authorization:getClientToken":
      return { token: await client.token(stringOf(args.endpoint)) };
    default: {
      const spec = getters[token];
      if (spec === undefined)
        throw new NotImplemented(`the local cloud's azure-native plugin has no function ${token}`);
      return get(client, token, spec, args);
    }
  }
}

async function get(client: AzureClient, token: string, spec: GetterSpec, args: JsonObject): Promise<JsonObject> {
  const [stranger] = Object.keys(args).filter((name) => !spec.arguments.includes(name));
  if (stranger !== undefined) throw new Error(`unknown argument '${stranger}' of ${token}`);
  const id = pathOf(spec.path, { ...args, subscriptionId: client.config.subscriptionId });
  const apiVersion = spec.apiVersion ?? stringOf(args.apiVersion);
  if (apiVersion === undefined) throw new Error("missing required property 'apiVersion'");
  let response: JsonObject;
  try {
    response = await client.request("GET", id, apiVersion);
  } catch (error) {
    throw new Error(`request failed ${id}: ${messageOf(error)}`);
  }
  return { ...show(spec, response), azureApiVersion: apiVersion };
}

/** What the SDK's types promise: members of `properties` beside the rest, nulls left out. */
function show(spec: GetterSpec, response: JsonObject): JsonObject {
  const { properties, ...top } = response;
  const all = spec.flatten === false ? response : { ...rename(objectOr(properties)), ...top };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** `properties.type` (of a role definition) would hide the resource's own `type`: the SDK calls it `roleType`. */
function rename({ type, ...properties }: JsonObject): JsonObject {
  return type === undefined ? properties : { ...properties, roleType: type };
}

/** Object id of the identity that a token was issued to. */
function objectIdOf(token: string): Json {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return typeof claims === "object" && claims !== null && "oid" in claims ? String(claims.oid) : null;
}
