import { ArmError, notEmulated, resourceGroupNotFound } from "./errors";
import { isObject, objectOr } from "./json";
import { normalizeLocation, requireLocation } from "./locations";
import type { ArmPath } from "./paths";
import {
  type Arm,
  type ArmAnswer,
  type ArmRequest,
  methodNotAllowed,
  requirePermission,
  stamp,
  verbOf,
} from "./request";
import { removeResources } from "./resources";
import { type ArmResource, type AzureState, findResource, isWithin, resourcesOfType } from "./state";

/** Type of a resource group, as its own `type` property says. */
const resourceGroupType = "Microsoft.Resources/resourceGroups";

const apiVersions = [
  "2020-06-01",
  "2020-10-01",
  "2021-04-01",
  "2022-09-01",
  "2023-07-01",
  "2024-03-01",
  "2024-07-01",
  "2024-11-01",
  "2025-04-01",
];

/** Lists, reads, puts, patches and deletes resource groups. */
export async function handleResourceGroup(arm: Arm, request: ArmRequest, path: ArmPath): Promise<ArmAnswer> {
  checkVersion(request.apiVersion);
  requirePermission(
    arm,
    request,
    path.scope,
    `Microsoft.Resources/subscriptions/resourceGroups/${verbOf(request.method)}`,
  );
  const subscription = `/subscriptions/${path.subscription}`;
  if (path.resourceGroup === undefined) {
    if (request.method !== "GET") throw methodNotAllowed(request.method);
    return { status: 200, body: { value: groupsOf(arm.state, subscription).map(show) } };
  }

  const existing = findResource(arm.state, `${subscription}/resourceGroups/${path.resourceGroup}`);
  if (request.method === "PUT") {
    const group = put(request, path.resourceGroup, `${subscription}/resourceGroups/${path.resourceGroup}`, existing);
    arm.state.resources[group.id.toLowerCase()] = group;
    return { status: existing === undefined ? 201 : 200, body: show(group) };
  }
  if (existing === undefined) throw resourceGroupNotFound(path.resourceGroup);
  switch (request.method) {
    case "GET":
      return { status: 200, body: show(existing) };
    case "PATCH":
      if (isObject(request.body.tags)) existing.tags = request.body.tags;
      existing.systemData = stamp(request.caller, existing.systemData);
      return { status: 200, body: show(existing) };
    case "DELETE":
      // Azure answers 202 and takes its time; here everything is gone when the answer comes.
      await removeResources(arm, existing.id);
      return { status: 200 };
    default:
      throw methodNotAllowed(request.method);
  }
}

function groupsOf(state: AzureState, subscription: string): ArmResource[] {
  return resourcesOfType(state, resourceGroupType).filter(({ id }) => isWithin(id, subscription));
}

function put(request: ArmRequest, name: string, id: string, existing: ArmResource | undefined): ArmResource {
  const { location, tags, ...rest } = request.body;
  const [unknown] = Object.keys(rest).filter((key) => !["properties", "id", "name", "type"].includes(key));
  if (unknown !== undefined) throw notEmulated(`the resource group property '${unknown}'`);
  if (!/^[-\w.()]{0,89}[-\w()]$/.test(name)) {
    throw new ArmError(
      400,
      "InvalidResourceGroup",
      `The provided resource group name '${name}' is invalid. It can have up to 90 letters, digits, '-', '.', '(', ')' and '_', and must not end with '.'.`,
    );
  }
  const normalized = requireLocation(location, resourceGroupType);
  if (existing?.location !== undefined && existing.location !== normalizeLocation(normalized)) {
    throw new ArmError(
      409,
      "InvalidResourceGroupLocation",
      `Invalid resource group location '${normalized}'. The Resource group already exists in location '${existing.location}'.`,
    );
  }
  return {
    id: existing?.id ?? id,
    name: existing?.name ?? name,
    type: resourceGroupType,
    location: normalized,
    ...(tags === undefined ? {} : { tags: objectOr(tags) }),
    properties: {},
    systemData: stamp(request.caller, existing?.systemData),
  };
}

function show(group: ArmResource) {
  const { id, name, type, location = "", tags } = group;
  return {
    id,
    name,
    type,
    location,
    ...(tags === undefined ? {} : { tags }),
    properties: { provisioningState: "Succeeded" },
  };
}

function checkVersion(apiVersion: string): void {
  if (apiVersions.includes(apiVersion)) return;
  throw new ArmError(
    400,
    "InvalidApiVersionParameter",
    `The api-version '${apiVersion}' is invalid. The supported versions are '${apiVersions.join(",")}'.`,
  );
}
