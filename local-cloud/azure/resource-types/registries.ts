import { ArmError, notEmulated } from "../errors";
import { type Json, type JsonObject, objectOr, stringOf } from "../json";
import { type AzureState, findResource, resourcesOfType } from "../state";
import type { ResourceType } from ".";

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
  zoneRedundancy: "Disabled",
};

/** Properties that a request may set. */
const settable = ["roleAssignmentMode", "policies", "publicNetworkAccess"];

/** Properties that the service fills in; it ignores them in a request. */
const readOnly = [
  "loginServer",
  "creationDate",
  "provisioningState",
  "status",
  "dataEndpointHostNames",
  "privateEndpointConnections",
  "encryption",
];

/** Policies that the local cloud's registries have in one state only. */
const fixedPolicies: Record<string, JsonObject> = {
  quarantinePolicy: { status: "disabled" },
  trustPolicy: { type: "Notary", status: "disabled" },
  exportPolicy: { status: "enabled" },
  azureADAuthenticationAsArmPolicy: { status: "enabled" },
  softDeletePolicy: { retentionDays: 7, status: "disabled" },
};

/** The policy that deletes manifests without a tag, as it is unless it is set. */
const noRetention = { days: 7, status: "disabled" };

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
      if (settable.includes(key) || readOnly.includes(key)) continue;
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

    const publicNetworkAccess = properties.publicNetworkAccess ?? existing?.properties.publicNetworkAccess ?? "Enabled";
    checkPublicNetworkAccess(publicNetworkAccess, sku);

    const policies = policiesOf(properties.policies, sku) ?? existing?.properties.policies ?? {};

    if (existing === undefined && isTaken(resourcesOfType(state, type), name)) {
      throw new ArmError(409, "AlreadyInUse", alreadyInUse(name));
    }
    const loginServer = existing?.properties.loginServer ?? (await host.create(name, id));
    const creationDate = existing?.properties.creationDate ?? new Date().toISOString();
    return {
      sku: { name: sku, tier: sku },
      properties: { ...fixed, publicNetworkAccess, roleAssignmentMode: mode, policies, loginServer, creationDate },
    };
  },

  show(resource, apiVersion) {
    const { roleAssignmentMode = null, policies, ...properties } = resource.properties;
    const lastUpdatedTime = resource.systemData.createdAt;
    const { retentionPolicy = noRetention } = objectOr(policies);
    return {
      ...properties,
      provisioningState: "Succeeded",
      dataEndpointHostNames: [],
      privateEndpointConnections: [],
      encryption: { status: "disabled" },
      policies: {
        ...fixedPolicies,
        softDeletePolicy: { ...fixedPolicies.softDeletePolicy, lastUpdatedTime },
        retentionPolicy: { ...objectOr(retentionPolicy), lastUpdatedTime },
      },
      ...(apiVersion >= modeSince ? { roleAssignmentMode } : {}),
    };
  },

  async remove(resource, host) {
    await host.remove(resource.name);
  },
};

function checkPublicNetworkAccess(value: Json, sku: string): void {
  if (value !== "Enabled" && value !== "Disabled") {
    throw new ArmError(
      400,
      "InvalidRequestBody",
      `The value '${value}' of property 'publicNetworkAccess' is not one of: Enabled, Disabled.`,
    );
  }
  if (value === "Disabled" && sku !== "Premium") {
    throw new ArmError(
      400,
      "SkuNotSupported",
      `The SKU ${sku} does not support disabling public network access: only Premium does.`,
    );
  }
}

/** Whether a registry answers those who are not in a network of its own: nobody is in the local cloud. */
export function isPublic(state: AzureState, registryId: string): boolean {
  return findResource(state, registryId)?.properties.publicNetworkAccess !== "Disabled";
}

/**
 * The policies that a request sets: the retention of manifests without a tag. It is kept and shown; what it would delete
 * in days or months, the local cloud leaves.
 */
function policiesOf(policies: Json | undefined, sku: string): JsonObject | undefined {
  const { retentionPolicy, ...others } = objectOr(policies);
  for (const [name, policy] of Object.entries(others)) {
    if (objectOr(policy).status !== fixedPolicies[name]?.status) throw notEmulated(`the registry policy '${name}'`);
  }
  if (retentionPolicy === undefined) return undefined;
  const { days = 7, status = "disabled" } = objectOr(retentionPolicy);
  if (typeof days !== "number" || days < 0 || days > 365 || (status !== "enabled" && status !== "disabled")) {
    const shown = JSON.stringify(retentionPolicy);
    throw new ArmError(
      400,
      "InvalidRequestBody",
      `The retention policy ${shown} is not valid: days are 0 to 365, status is enabled or disabled.`,
    );
  }
  if (status === "enabled" && sku !== "Premium") {
    throw new ArmError(
      400,
      "SkuNotSupported",
      `The SKU ${sku} does not support the retention policy: only Premium does.`,
    );
  }
  return { retentionPolicy: { days, status } };
}

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
