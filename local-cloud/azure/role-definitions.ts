import { ArmError, notEmulated } from "./errors";
import type { JsonObject } from "./json";
import type { ArmPath } from "./paths";
import { type Arm, type ArmAnswer, type ArmRequest, checkApiVersion, requirePermission } from "./request";
import { findRole, type Role, roles } from "./roles";

/** Reads role definitions: one by its name (GUID), or all, or those with a role name (`$filter=roleName eq '…'`). */
export function handleRoleDefinition(arm: Arm, request: ArmRequest, path: ArmPath): ArmAnswer {
  const type = "Microsoft.Authorization/roleDefinitions";
  checkApiVersion(request.apiVersion, ["2018-01-01-preview", "2022-04-01", "2022-05-01-preview"], type);
  if (request.method !== "GET") throw notEmulated("custom roles");
  requirePermission(arm, request, path.scope, `${type}/read`);
  const name = path.provider?.names[0];
  if (name === undefined) {
    const roleName = /^roleName eq '(.*)'$/i.exec(request.query.$filter ?? "")?.[1];
    if (request.query.$filter !== undefined && roleName === undefined) {
      throw notEmulated(`the role definition filter "${request.query.$filter}"`);
    }
    const found = Object.values(roles).filter((role) => roleName === undefined || role.roleName === roleName);
    return { status: 200, body: { value: found.map((role) => showRole(path.subscription, role)) } };
  }
  const role = findRole(name);
  if (role === undefined) throw unknownRole(name, 404);
  return { status: 200, body: showRole(path.subscription, role) };
}

/** Id of a role definition, as a subscription has it. @param name its GUID. */
export function roleDefinitionIdOf(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
}

/** The refusal of a role that does not exist, or that the local cloud does not know. */
export function unknownRole(id: string, status: 400 | 404): ArmError {
  return new ArmError(
    status,
    "RoleDefinitionDoesNotExist",
    `The specified role definition with ID '${id}' does not exist. The local cloud knows: ${Object.values(roles)
      .map((role) => role.roleName)
      .join(", ")}.`,
  );
}

function showRole(subscriptionId: string, role: Role): JsonObject {
  const { name, roleName, description, actions, notActions, dataActions } = role;
  const permission = {
    actions: [...actions],
    notActions: [...notActions],
    dataActions: [...dataActions],
    notDataActions: [],
  };
  return {
    id: roleDefinitionIdOf(subscriptionId, name),
    name,
    type: "Microsoft.Authorization/roleDefinitions",
    properties: { roleName, type: "BuiltInRole", description, assignableScopes: ["/"], permissions: [permission] },
  };
}
