import { ArmError, notEmulated } from "../errors";
import { type Json, objectOr, stringOf } from "../json";
import { resourcesOfType } from "../state";
import type { ResourceType } from "./index";

const type = "Microsoft.ContainerRegistry/registries";

/** From this API version on, a registry shows its permission mode; older ones neither show nor take it. */
const modeSince = "2025-04-01";

const modes = ["LegacyRegistryPermissions", "AbacRepositoryPermissions"];

/** Properties that the local cloud's registries have in one value only. A request for another is refused. */
const fixed: Record<string, Json> = {
  adminUserEnabled: false,
  anonymousPullEnabled: false,
  dataEndpointEnabled: false,
  networkRuleBypassOptions: "AzureServices",
  publicNetworkAccess: "Enabled",
  zoneRedundancy: "Disabled",
};

/** Properties that the service fills in; it ignores them in a request. */
const readOnly = [
  "loginServer",
  "creationDate",
  "provisioningState",
  "status",
  "dataEndpointHostNames",
  "privateEndpointConnections",
  "encryption",
  "policies",
];

/** Azure container registries: each is a real registry on a login server of its own. */
export const registries: ResourceType = {
  type,
  apiVersions: [
    "2022-12-01",
    "2023-01-01-preview",
    "2023-07-01",
    "2023-11-01-preview",
    "2024-11-01-preview",
    "2025-04-01",
    "2025-05-01-preview",
    "2025-06-01-preview",
    "2025-11-01",
  ],
  tracked: true,
  members: ["sku", "identity"],

  checkName(name) {
    const problem = registryNameProblem(name);
    if (problem !== undefined) throw new ArmError(400, "InvalidResourceName", problem);
  },

  async put({ state, registries: host, id, name, body, existing }) {
    const sku = stringOf(objectOr(body.sku).name);
    if (sku === undefined) {
      throw new ArmError(400, "MissingRequiredProperty", "Required property 'sku.name' was not provided.");
    }
    if (!["Basic", "Standard", "Premium"].includes(sku)) {
      throw new ArmError(400, "UnsupportedSku", `Unsupported sku '${sku}'. Supported skus: Basic, Standard, Premium.`);
    }
    if (body.identity !== undefined) throw notEmulated("a registry's own identity (property 'identity')");

    const properties = objectOr(body.properties);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "roleAssignmentMode" || readOnly.includes(key)) continue;
      if (!(key in fixed)) throw notEmulated(`the registry property '${key}'`);
      if (value !== null && value !== fixed[key]) {
        throw notEmulated(`a registry with ${key} ${JSON.stringify(value)}: only ${JSON.stringify(fixed[key])}`);
      }
    }

    const mode =
      properties.roleAssignmentMode ?? existing?.properties.roleAssignmentMode ?? "LegacyRegistryPermissions";
    if (typeof mode !== "string" || !modes.includes(mode)) {
      throw new ArmError(
        400,
        "InvalidRequestBody",
        `The value '${mode}' of property 'roleAssignmentMode' is not one of: ${modes.join(", ")}.`,
      );
    }

    if (existing === undefined && isTaken(resourcesOfType(state, type), name)) {
      throw new ArmError(409, "AlreadyInUse", alreadyInUse(name));
    }
    const loginServer = existing?.properties.loginServer ?? (await host.create(name, id));
    const creationDate = existing?.properties.creationDate ?? new Date().toISOString();
    return {
      sku: { name: sku, tier: sku },
      properties: { ...fixed, roleAssignmentMode: mode, loginServer, creationDate },
    };
  },

  show(resource, apiVersion) {
    const { roleAssignmentMode = null, ...properties } = resource.properties;
    return {
      ...properties,
      provisioningState: "Succeeded",
      dataEndpointHostNames: [],
      privateEndpointConnections: [],
      encryption: { status: "disabled" },
      policies: {
        quarantinePolicy: { status: "disabled" },
        trustPolicy: { type: "Notary", status: "disabled" },
        retentionPolicy: { days: 7, lastUpdatedTime: resource.systemData.createdAt, status: "disabled" },
        exportPolicy: { status: "enabled" },
        azureADAuthenticationAsArmPolicy: { status: "enabled" },
        softDeletePolicy: { retentionDays: 7, lastUpdatedTime: resource.systemData.createdAt, status: "disabled" },
      },
      ...(apiVersion >= modeSince ? { roleAssignmentMode } : {}),
    };
  },

  async remove(resource, host) {
    await host.remove(resource.name);
  },
};

/** Why the service would not take a registry name, or undefined if it would: 5 to 50 letters and digits. */
export function registryNameProblem(name: string): string | undefined {
  if (/^[a-zA-Z0-9]{5,50}$/.test(name)) return undefined;
  return `The specified resource name '${name}' is invalid: a registry name may contain alpha numeric characters only and must be between 5 and 50 characters.`;
}

/** Whether a registry has that name already: names are unique in all of Azure. */
export function isTaken(existing: readonly { name: string }[], name: string): boolean {
  return existing.some((registry) => registry.name.toLowerCase() === name.toLowerCase());
}

/** The service's message for a name that is taken. */
export function alreadyInUse(name: string): string {
  return (
    `The registry DNS name ${name.toLowerCase()}.azurecr.io is already in use. You can check if the name is already ` +
    "claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability"
  );
}
