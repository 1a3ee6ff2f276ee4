import type { RegistryHost } from "../registry/host";
import { mayManage } from "./authorization";
import { ArmError } from "./errors";
import type { JsonObject } from "./json";
import type { AzureState, SystemData } from "./state";

/** A request to Resource Manager whose token and API version are there. */
export interface ArmRequest {
  method: "GET" | "PUT" | "PATCH" | "DELETE" | "POST";
  path: string;
  query: Record<string, string>;
  apiVersion: string;
  /** Empty unless the method has a body. */
  body: JsonObject;
  caller: { objectId: string; clientId: string };
}

/** Status, and the body unless there is none (204). */
export interface ArmAnswer {
  status: number;
  body?: JsonObject;
}

/** What Resource Manager works on. */
export interface Arm {
  state: AzureState;
  registries: RegistryHost;
}

/** @throws ArmError `AuthorizationFailed` unless the caller's roles allow the action on the scope. */
export function requirePermission(arm: Arm, { caller }: ArmRequest, scope: string, action: string): void {
  if (mayManage(arm.state, caller.objectId, scope, action)) return;
  throw new ArmError(
    403,
    "AuthorizationFailed",
    `The client '${caller.clientId}' with object id '${caller.objectId}' does not have authorization to perform action ` +
      `'${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
}

/** The last part of a permission for a method: `read`, `write` or `delete`. */
export function verbOf(method: ArmRequest["method"]): "read" | "write" | "delete" {
  if (method === "GET") return "read";
  return method === "DELETE" ? "delete" : "write";
}

/** @throws ArmError unless the API version is among those that the local cloud speaks for the type. */
export function checkApiVersion(apiVersion: string, supported: readonly string[], type: string): void {
  if (supported.includes(apiVersion)) return;
  throw new ArmError(
    400,
    "NoRegisteredProviderFound",
    `No registered resource provider found for API version '${apiVersion}' for type '${type}'. ` +
      `The supported api-versions are '${supported.join(", ")}'.`,
  );
}

/** The answer to a method that a path does not have. */
export function methodNotAllowed(method: string): ArmError {
  return new ArmError(405, "MethodNotAllowed", `The requested resource does not support http method '${method}'.`);
}

/** Who made a resource and who changed it last: the first is kept, the second is the caller now. */
export function stamp(caller: ArmRequest["caller"], existing?: SystemData): SystemData {
  const now = new Date().toISOString();
  return {
    createdBy: existing?.createdBy ?? caller.clientId,
    createdByType: "Application",
    createdAt: existing?.createdAt ?? now,
    lastModifiedBy: caller.clientId,
    lastModifiedByType: "Application",
    lastModifiedAt: now,
  };
}
