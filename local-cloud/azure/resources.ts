import { ArmError, notEmulated, resourceGroupNotFound, resourceNotFound } from "./errors";
import { type JsonObject, objectOr } from "./json";
import { requireLocation } from "./locations";
import type { ArmPath } from "./paths";
import {
  type Arm,
  type ArmAnswer,
  type ArmRequest,
  checkApiVersion,
  methodNotAllowed,
  requirePermission,
  stamp,
  verbOf,
} from "./request";
import { type ResourceType, resourceTypes } from "./resource-types";
import { type ArmResource, findResource, isWithin, resourcesOfType } from "./state";

/** Lists, reads, puts, patches and deletes resources of the emulated types. */
export async function handleResource(arm: Arm, request: ArmRequest, path: ArmPath): Promise<ArmAnswer> {
  const provider = path.provider ?? { namespace: "", type: "", names: [] };
  const asked = `${provider.namespace}/${provider.type}`;
  const type = resourceTypes.find((known) => known.type.toLowerCase() === asked.toLowerCase());
  if (type === undefined) throw notEmulated(`the resource type '${asked}'`);
  checkApiVersion(request.apiVersion, type.apiVersions, type.type);
  requirePermission(arm, request, idOf(path, type, path.scope), `${type.type}/${verbOf(request.method)}`);
  if (!path.isItem) return list(arm, request, path, type);

  const group = findResource(arm.state, `/subscriptions/${path.subscription}/resourceGroups/${path.resourceGroup}`);
  if (group === undefined) throw resourceGroupNotFound(path.resourceGroup ?? "");
  const id = idOf(path, type, group.id);
  const existing = findResource(arm.state, id);
  switch (request.method) {
    case "PUT":
    case "PATCH":
      if (existing === undefined && request.method === "PATCH") break;
      return write(arm, request, type, id, existing);
    case "GET":
      if (existing === undefined) break;
      return { status: 200, body: show(existing, type, request.apiVersion) };
    case "DELETE":
      if (existing === undefined) return { status: 204 };
      await removeResources(arm, existing.id);
      return { status: 200 };
    default:
      throw methodNotAllowed(request.method);
  }
  throw resourceNotFound(id.slice(id.lastIndexOf("/providers/") + "/providers/".length), group.name);
}

/** Removes everything at and below a scope: resources, what they made outside the state, and role assignments. */
export async function removeResources(arm: Arm, scope: string): Promise<void> {
  for (const [key, resource] of Object.entries(arm.state.resources)) {
    if (!isWithin(resource.id, scope)) continue;
    const type = resourceTypes.find((known) => known.type === resource.type);
    await type?.remove?.(resource, arm.registries);
    delete arm.state.resources[key];
  }
  arm.state.roleAssignments = arm.state.roleAssignments.filter((assignment) => !isWithin(assignment.scope, scope));
}

function list(arm: Arm, request: ArmRequest, path: ArmPath, type: ResourceType): ArmAnswer {
  if (request.method !== "GET") throw methodNotAllowed(request.method);
  const scope = path.scope + (path.provider?.names.length ? idOf(path, type, "") : "");
  const value = resourcesOfType(arm.state, type.type)
    .filter((resource) => isWithin(resource.id, scope))
    .map((resource) => show(resource, type, request.apiVersion));
  return { status: 200, body: { value } };
}

async function write(
  arm: Arm,
  request: ArmRequest,
  type: ResourceType,
  id: string,
  existing: ArmResource | undefined,
): Promise<ArmAnswer> {
  const name = existing?.name ?? id.slice(id.lastIndexOf("/") + 1);
  if (existing === undefined) {
    type.checkName(name, id);
    requireParent(arm, type, id);
  }
  const body = request.method === "PATCH" ? merge(existing, request.body) : request.body;
  const { location, tags, properties: _, ...rest } = body;
  const [unknown] = Object.keys(rest).filter((key) => ![...type.members, "id", "name", "type"].includes(key));
  if (unknown !== undefined) throw notEmulated(`'${unknown}' on the resource type '${type.type}'`);
  const place = type.tracked ? requireLocation(location, type.type) : undefined;
  if (existing?.location !== undefined && existing.location !== place) {
    throw new ArmError(
      409,
      "InvalidResourceLocation",
      `The resource '${name}' already exists in location '${existing.location}'. A resource with the same name cannot be created in location '${place}'. Please select a new resource name.`,
    );
  }

  const resourceId = existing?.id ?? id;
  const put = await type.put({ state: arm.state, registries: arm.registries, id: resourceId, name, body, existing });
  const resource: ArmResource = {
    id: resourceId,
    name,
    type: type.type,
    ...(place === undefined ? {} : { location: place }),
    ...(tags === undefined ? {} : { tags: objectOr(tags) }),
    ...put,
    systemData: stamp(request.caller, existing?.systemData),
  };
  arm.state.resources[resourceId.toLowerCase()] = resource;
  return { status: existing === undefined ? 201 : 200, body: show(resource, type, request.apiVersion) };
}

/** A PATCH changes what it names: at the top, and one level down in `properties`. */
function merge(existing: ArmResource | undefined, patch: JsonObject): JsonObject {
  if (existing === undefined) return patch;
  const { systemData: _, ...kept } = existing;
  return { ...kept, ...patch, properties: { ...kept.properties, ...objectOr(patch.properties) } };
}

function requireParent(arm: Arm, type: ResourceType, id: string): void {
  const types = type.type.slice(type.type.indexOf("/") + 1);
  if (!types.includes("/")) return;
  const parent = id
    .split("/")
    .slice(0, type.makesParent ? -4 : -2)
    .join("/");
  if (findResource(arm.state, parent) !== undefined) return;
  throw new ArmError(
    404,
    "ParentResourceNotFound",
    `Failed to perform 'write' on resource(s) of type '${types}', because the parent resource '${parent}' could not be found.`,
  );
}

/** The id in the service's casing: the caller's names, the service's namespace and types. */
function idOf(path: ArmPath, type: ResourceType, scope: string): string {
  const [namespace = "", ...types] = type.type.split("/");
  const names = path.provider?.names ?? [];
  const parts = types.slice(0, names.length).map((part, index) => `${part}/${names[index]}`);
  return parts.length === 0 ? scope : `${scope}/providers/${namespace}/${parts.join("/")}`;
}

function show(resource: ArmResource, type: ResourceType, apiVersion: string): JsonObject {
  const { systemData, properties: _, ...rest } = resource;
  return { ...rest, properties: type.show(resource, apiVersion), systemData: { ...systemData } };
}
