import { parseCondition } from "./conditions";
import { ArmError, notEmulated, resourceGroupNotFound, resourceNotFound } from "./errors";
import { type JsonObject, objectOr, stringOf } from "./json";
import { type ArmPath, parseArmPath } from "./paths";
import {
  type Arm,
  type ArmAnswer,
  type ArmRequest,
  checkApiVersion,
  methodNotAllowed,
  requirePermission,
  verbOf,
} from "./request";
import { roleDefinitionIdOf, unknownRole } from "./role-definitions";
import { findRole } from "./roles";
import { type AzureState, findResource, isWithin, type RoleAssignment } from "./state";

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lists, reads, puts and deletes role assignments on any scope. */
export function handleRoleAssignment(arm: Arm, request: ArmRequest, path: ArmPath): ArmAnswer {
  const type = "Microsoft.Authorization/roleAssignments";
  checkApiVersion(request.apiVersion, ["2015-07-01", "2018-09-01-preview", "2020-04-01-preview", "2022-04-01"], type);
  requirePermission(arm, request, path.scope, `${type}/${verbOf(request.method)}`);
  requireScope(arm.state, path.scope);
  const { state } = arm;
  const name = path.provider?.names[0];
  if (name === undefined) return list(state, request, path.scope);

  const existing = state.roleAssignments.find(
    (assignment) =>
      assignment.name.toLowerCase() === name.toLowerCase() &&
      assignment.scope.toLowerCase() === path.scope.toLowerCase(),
  );
  switch (request.method) {
    case "PUT": {
      const assignment = put(state, request, path.scope, name, existing);
      state.roleAssignments = [...state.roleAssignments.filter((other) => other !== existing), assignment];
      return { status: existing === undefined ? 201 : 200, body: show(assignment) };
    }
    case "GET":
      if (existing === undefined) {
        throw new ArmError(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`);
      }
      return { status: 200, body: show(existing) };
    case "DELETE":
      if (existing === undefined) return { status: 204 };
      state.roleAssignments = state.roleAssignments.filter((other) => other !== existing);
      return { status: 200, body: show(existing) };
    default:
      throw methodNotAllowed(request.method);
  }
}

function list(state: AzureState, request: ArmRequest, scope: string): ArmAnswer {
  if (request.method !== "GET") throw methodNotAllowed(request.method);
  const filter = request.query.$filter ?? "";
  const principalId = /^principalId eq '(.*)'$/i.exec(filter)?.[1];
  const atScope = filter.toLowerCase() === "atscope()";
  if (filter !== "" && principalId === undefined && !atScope) {
    throw notEmulated(`the role assignment filter "${filter}"`);
  }
  const value = state.roleAssignments.filter((assignment) => {
    const above = isWithin(scope, assignment.scope);
    if (!above && (atScope || !isWithin(assignment.scope, scope))) return false;
    return principalId === undefined || assignment.principalId === principalId;
  });
  return { status: 200, body: { value: value.map((assignment) => show(assignment)) } };
}

function put(
  state: AzureState,
  { body, caller }: ArmRequest,
  scope: string,
  name: string,
  existing: RoleAssignment | undefined,
): RoleAssignment {
  if (!guid.test(name)) {
    throw new ArmError(
      400,
      "InvalidRoleAssignmentId",
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const properties = objectOr(body.properties);
  const [description, condition] = [stringOf(properties.description), stringOf(properties.condition)];
  const conditionVersion = stringOf(properties.conditionVersion);
  const [roleDefinitionId, principalId] = [stringOf(properties.roleDefinitionId), stringOf(properties.principalId)];
  if (roleDefinitionId === undefined || principalId === undefined) {
    throw new ArmError(
      400,
      "BadRequestFormat",
      "The request was incorrectly formatted: roleDefinitionId and principalId are required.",
    );
  }
  const role = findRole(/\/roleDefinitions\/([^/]+)$/i.exec(roleDefinitionId)?.[1] ?? "");
  if (role === undefined) throw unknownRole(roleDefinitionId, 400);
  requirePrincipal(state, principalId, stringOf(properties.principalType));
  if (condition !== undefined) requireCondition(condition, conditionVersion);
  // The service updates descriptions and conditions only.
  if (existing !== undefined && (existing.principalId !== principalId || existing.role !== role.name)) {
    throw new ArmError(
      400,
      "RoleAssignmentUpdateNotPermitted",
      "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    );
  }
  const twin = state.roleAssignments.find(
    (other) =>
      other !== existing &&
      other.role === role.name &&
      other.principalId === principalId &&
      other.scope.toLowerCase() === scope.toLowerCase(),
  );
  if (twin !== undefined) {
    throw new ArmError(
      409,
      "RoleAssignmentExists",
      `The role assignment already exists. The ID of the conflicting role assignment is ${twin.name.replaceAll("-", "")}.`,
    );
  }
  const now = new Date().toISOString();
  return {
    id: existing?.id ?? `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name: existing?.name ?? name,
    scope: existing?.scope ?? scope,
    role: role.name,
    principalId,
    principalType: "ServicePrincipal",
    ...(description === undefined ? {} : { description }),
    ...(condition === undefined ? {} : { condition }),
    ...(conditionVersion === undefined ? {} : { conditionVersion }),
    createdBy: existing?.createdBy ?? caller.objectId,
    createdOn: existing?.createdOn ?? now,
    updatedBy: caller.objectId,
    updatedOn: now,
  };
}

/** The version has been 2.0 since conditions are generally available. */
function requireCondition(condition: string, version: string | undefined): void {
  if (version !== "2.0") {
    throw new ArmError(
      400,
      "InvalidConditionVersion",
      `The condition version '${version ?? ""}' is not valid. The condition version must be '2.0'.`,
    );
  }
  parseCondition(condition);
}

/** The principal must be the operator or a managed identity, and of the type that the request says, if it says one. */
function requirePrincipal(state: AzureState, principalId: string, principalType: string | undefined): void {
  const known =
    state.servicePrincipals.some(({ objectId }) => objectId === principalId) ||
    Object.values(state.resources).some(({ properties }) => properties.principalId === principalId);
  if (!known) {
    const directory = state.tenantId.replaceAll("-", "");
    throw new ArmError(
      400,
      "PrincipalNotFound",
      `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${directory}. Check that you have ` +
        "the correct principal ID. If you are creating this principal and then immediately assigning a role, this error " +
        "might be related to a replication delay. In this case, set the role assignment principalType property to a " +
        "value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    );
  }
  if (principalType !== undefined && principalType !== "ServicePrincipal") {
    throw new ArmError(
      400,
      "UnmatchedPrincipalType",
      `The PrincipalId '${principalId.replaceAll("-", "")}' has type 'ServicePrincipal', which is different from specified PrincipalType '${principalType}'.`,
    );
  }
}

function requireScope(state: AzureState, scope: string): void {
  if (findResource(state, scope) !== undefined) return;
  const path = parseArmPath(scope);
  if (path === undefined) throw notEmulated(`role assignments on the scope '${scope}'`);
  if (path.resourceGroup === undefined) return;
  const group = findResource(state, `/subscriptions/${path.subscription}/resourceGroups/${path.resourceGroup}`);
  if (group === undefined) throw resourceGroupNotFound(path.resourceGroup);
  throw resourceNotFound(scope.slice(scope.indexOf("/providers/") + "/providers/".length), path.resourceGroup);
}

function show(assignment: RoleAssignment): JsonObject {
  const { id, name, role, ...properties } = assignment;
  // The scope of every assignment here is a subscription, or in one.
  const roleDefinitionId = roleDefinitionIdOf(parseArmPath(id)?.subscription ?? "", role);
  return { id, name, type: "Microsoft.Authorization/roleAssignments", properties: { ...properties, roleDefinitionId } };
}
