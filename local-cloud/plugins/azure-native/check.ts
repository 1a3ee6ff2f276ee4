import { createHash, randomBytes } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../../azure/json";
import { type CheckRequest, nameOf, unknownValue } from "../provider";
import type { InputSpec, ResourceSpec } from "./resource-types";

/** Kept with the inputs of a resource whose name is random: its replacement can be created before it is deleted. */
export const createBeforeDelete = "__createBeforeDelete";

/** The inputs with the name, the location and the API version filled in, as azure-native fills them in. */
export async function withDefaults(
  spec: ResourceSpec,
  request: CheckRequest,
  defaultLocation: () => Promise<Json | undefined>,
): Promise<JsonObject> {
  const { oldInputs } = request;
  const inputs = { ...request.inputs };
  const { input } = spec.autoName;
  if (inputs[input] === undefined) {
    const old = oldInputs[input];
    const name = old ?? makeName(spec.autoName.kind, request);
    if (name !== undefined) inputs[input] = name;
    if (name !== undefined && (old === undefined || oldInputs[createBeforeDelete] === true)) {
      inputs[createBeforeDelete] = true;
    }
  }
  if (inputs.location === undefined && spec.inputs.location !== undefined) {
    const location = oldInputs.location ?? (await defaultLocation());
    if (location !== undefined) inputs.location = location;
  }
  inputs.azureApiVersion ??= spec.apiVersion;
  return inputs;
}

/** What is wrong with inputs, in azure-native's words; empty if nothing is. */
export function findFailures(token: string, spec: ResourceSpec, inputs: JsonObject): string[] {
  const missing = Object.entries(spec.inputs)
    .filter(([name, input]) => input.required && inputs[name] === undefined)
    .map(([name]) => missingProperty(name));
  const wrong = Object.entries(inputs).flatMap(([name, value]) => {
    if (name === createBeforeDelete || name === "azureApiVersion") return [];
    const input = spec.inputs[name];
    return input === undefined ? [`unknown property '${name}' of ${token}`] : findWrong(name, input, value);
  });
  return [...missing, ...wrong];
}

function missingProperty(name: string): string {
  const hint = ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.";
  return `missing required property '${name}'${name === "location" ? hint : ""}`;
}

function findWrong(name: string, input: InputSpec, value: Json): string[] {
  if (value === unknownValue) return [];
  const type = Array.isArray(value) ? "array" : typeof value;
  if (type !== input.type) return [`'${name}' should be of type '${input.type}' but got ${article(type)} ${type}`];
  if (isObject(value)) return findWrongMembers(name, input, value);
  if (typeof value !== "string") return [];
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = input;
  return [
    ...(value.length < minLength
      ? [`'${name}' is too short (${value.length}): at least ${minLength} characters required`]
      : []),
    ...(value.length > maxLength
      ? [`'${name}' is too long (${value.length}): at most ${maxLength} characters allowed`]
      : []),
    ...(pattern && !pattern.test(value) ? [`'${name}' does not match expression '${pattern.source}'`] : []),
  ];
}

function findWrongMembers(name: string, { members }: InputSpec, value: JsonObject): string[] {
  if (members === undefined) return [];
  return [
    ...Object.entries(members)
      .filter(([member, { required }]) => required && value[member] === undefined)
      .map(([member]) => missingProperty(`${name}.${member}`)),
    ...Object.keys(value)
      .filter((member) => !(member in members))
      .map((member) => `unknown property '${name}.${member}'`),
  ];
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? "an" : "a";
}

/** A name for a resource without one; undefined when automatic names are turned off. */
function makeName(kind: "random" | "guid", { urn, randomSeed, autonaming }: CheckRequest): string | undefined {
  if (autonaming?.mode === "disable") return undefined;
  if (autonaming?.mode === "enforce" || (autonaming?.mode === "propose" && kind === "random")) {
    return autonaming.proposedName;
  }
  const seed = randomSeed.length > 0 ? randomSeed : randomBytes(32);
  const digits = createHash("sha256").update(seed).digest("hex");
  if (kind === "random") return `${nameOf(urn)}${digits.slice(0, 8)}`;
  return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
