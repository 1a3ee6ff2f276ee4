import type { Json, JsonObject } from "../azure/json";

/**
 * What the engine sends in place of a value that is not known until something is created (during a preview), and what
 * a provider answers in place of one.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is, or has in it, one that is not known yet. */
export function hasUnknown(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return value === unknownValue;
  return Object.values(value).some(hasUnknown);
}

/** How a resource's name is to be made when the program gives none (`pulumi:autonaming`). */
export interface Autonaming {
  proposedName: string;
  mode: "propose" | "enforce" | "disable";
}

/** A wish for a resource, before it is planned. */
export interface CheckRequest {
  urn: string;
  oldInputs: JsonObject;
  inputs: JsonObject;
  /** The same in a preview and the update after it; makes random names predictable. Empty from old engines. */
  randomSeed: Uint8Array;
  autonaming: Autonaming | undefined;
}

/** The inputs with defaults filled in, and what is wrong with them. */
export interface CheckResult {
  inputs: JsonObject;
  failures: string[];
}

/** What one changed property means: `add-replace` and the like call for a new resource. */
export type Change = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** What an update would change. */
export interface DiffResult {
  /** By property path, for example `sku.name`. */
  changes: Record<string, Change>;
  deleteBeforeReplace: boolean;
}

/** A resource as it is, and the inputs that would make it so. */
export interface ReadResult {
  outputs: JsonObject;
  inputs: JsonObject;
}

/** A Pulumi provider without its protocol. Values are plain JSON; secrets arrive as the values that they are. */
export interface Provider {
  name: string;
  version: string;
  /** @param config the provider's settings by their names; a setting that is no text is JSON. */
  configure(config: Record<string, string>): Promise<void>;
  invoke(token: string, args: JsonObject): Promise<JsonObject>;
  /** Absent on a provider that has functions only. */
  resources?: ResourceOperations;
}

/** What a provider does with resources. */
export interface ResourceOperations {
  check(request: CheckRequest): Promise<CheckResult>;
  diff(urn: string, oldInputs: JsonObject, inputs: JsonObject): DiffResult;
  /** The outputs that a create or an update is sure to have. @param old outputs so far, absent before a create. */
  preview(urn: string, inputs: JsonObject, old?: JsonObject): JsonObject;
  create(urn: string, inputs: JsonObject): Promise<{ id: string; outputs: JsonObject }>;
  /** Undefined when the resource is gone. @param old absent on an import. */
  read(urn: string, id: string, old?: ReadResult): Promise<ReadResult | undefined>;
  update(urn: string, id: string, inputs: JsonObject): Promise<JsonObject>;
  delete(urn: string, id: string): Promise<void>;
}

/** A token, or a part of the protocol, that the provider does not have. */
export class NotImplemented extends Error {
  override readonly name = "NotImplemented";
}

/** The type token in a URN: `urn:pulumi:stack::project::parent$type::name`. */
export function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}

/** The logical name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
