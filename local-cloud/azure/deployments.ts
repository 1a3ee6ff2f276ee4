import { randomUUID } from "node:crypto";
import { ArmError, notEmulated, resourceGroupNotFound, resourceNotFound } from "./errors";
import { isObject, type Json, type JsonObject, objectOr, stringOf } from "./json";
import { type ArmPath, parseArmPath } from "./paths";
import {
  type Arm,
  type ArmAnswer,
  type ArmRequest,
  checkApiVersion,
  requirePermission,
  stamp,
  verbOf,
} from "./request";
import { handleResource } from "./resources";
import { type ArmResource, findResource } from "./state";

const type = "Microsoft.Resources/deployments";

/**
 * Deployments to a resource group: a template's resources are put, one after the other, as its author would put them.
 * Templates with expressions, parameters or outputs are not emulated. Deleting a deployment leaves what it deployed.
 */
export async function handleDeployment(arm: Arm, request: ArmRequest, path: ArmPath): Promise<ArmAnswer> {
  checkApiVersion(request.apiVersion, ["2022-09-01", "2024-03-01", "2024-11-01", "2025-04-01"], type);
  requirePermission(arm, request, path.scope, `${type}/${verbOf(request.method)}`);
  const [name] = path.provider?.names ?? [];
  if (path.resourceGroup === undefined || name === undefined) throw notEmulated(`deployments to '${path.scope}'`);
  const group = findResource(arm.state, path.scope);
  if (group === undefined) throw resourceGroupNotFound(path.resourceGroup);
  const id = `${group.id}/providers/${type}/${name}`;
  const existing = findResource(arm.state, id);
  switch (request.method) {
    case "PUT": {
      const deployment = await deploy(arm, request, group, { id, name, existing });
      arm.state.resources[id.toLowerCase()] = deployment;
      return { status: existing === undefined ? 201 : 200, body: show(deployment) };
    }
    case "GET":
      if (existing === undefined) throw resourceNotFound(`${type}/${name}`, group.name);
      return { status: 200, body: show(existing) };
    case "DELETE":
      delete arm.state.resources[id.toLowerCase()];
      return { status: existing === undefined ? 204 : 200 };
    default:
      throw notEmulated(`'${request.method}' on a deployment`);
  }
}

async function deploy(
  arm: Arm,
  request: ArmRequest,
  group: ArmResource,
  { id, name, existing }: { id: string; name: string; existing: ArmResource | undefined },
): Promise<ArmResource> {
  const { mode, template, ...rest } = objectOr(request.body.properties);
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw notEmulated(`the deployment property '${unknown}'`);
  if (mode !== "Incremental")
    throw notEmulated(`the deployment mode ${JSON.stringify(mode ?? null)}: only Incremental`);
  const ids: Json[] = [];
  for (const { type: ofType, apiVersion, name: named, ...body } of resourcesIn(objectOr(template))) {
    const asked = `${group.id}/providers/${ofType}/${named}`;
    const path = parseArmPath(asked);
    if (path === undefined || path.provider?.names.length !== 1) throw notEmulated(`'${asked}' in a template`);
    const put: ArmRequest = { ...request, path: asked, apiVersion: stringOf(apiVersion) ?? "", body };
    const answer = await handleResource(arm, put, path);
    ids.push({ id: answer.body?.id ?? asked });
  }
  const properties = { mode, provisioningState: "Succeeded", correlationId: randomUUID(), outputResources: ids };
  return { id, name, type, properties, systemData: stamp(request.caller, existing?.systemData) };
}

function resourcesIn({ $schema, contentVersion, resources, ...rest }: JsonObject): JsonObject[] {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw notEmulated(`the template member '${unknown}'`);
  if (typeof $schema !== "string" || typeof contentVersion !== "string" || !Array.isArray(resources)) {
    throw new ArmError(
      400,
      "InvalidTemplate",
      "Deployment template validation failed: 'A template needs $schema, contentVersion and resources.'.",
    );
  }
  requireLiterals(resources);
  return resources.map(objectOr);
}

/** A text in square brackets is an expression, which Azure would evaluate. */
function requireLiterals(value: Json): void {
  if (typeof value === "string" && /^\[(?!\[).*\]$/s.test(value))
    throw notEmulated(`the template expression '${value}'`);
  if (Array.isArray(value)) value.forEach(requireLiterals);
  else if (isObject(value)) Object.values(value).forEach(requireLiterals);
}

function show({ systemData: _, ...deployment }: ArmResource): JsonObject {
  return { ...deployment };
}
