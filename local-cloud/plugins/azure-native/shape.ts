import { isObject, type Json, type JsonObject, objectOr, stringOf } from "../../azure/json";
import { unknownValue } from "../provider";
import type { ResourceSpec } from "./resource-types";

/**
 * The path of a resource.
 *
 * @throws Error when an input of the path is missing; checked inputs have them all.
 */
export function pathOf(template: string, values: JsonObject): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = stringOf(values[name]);
    if (value === undefined) throw new Error(`missing required property '${name}'`);
    return value;
  });
  return path.replace(/\/{2,}/g, "/").replace(/\/$/, "");
}

/** The inputs in a resource's id, or undefined if it is none of the type. */
export function parseId(template: string, id: string): JsonObject | undefined {
  const expression = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === "scope" ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  const groups = new RegExp(`^${expression}$`, "i").exec(id)?.groups;
  if (groups === undefined) return undefined;
  const { subscriptionId: _, scope, ...rest } = groups;
  return scope === undefined ? rest : { ...rest, scope: `/${scope}` };
}

/** The body of a PUT. */
export function bodyOf(spec: ResourceSpec, inputs: JsonObject): JsonObject {
  const pick = (place: "body" | "properties") =>
    Object.fromEntries(Object.entries(inputs).filter(([name]) => spec.inputs[name]?.in === place));
  const hasProperties = Object.values(spec.inputs).some((input) => input.in === "properties");
  return hasProperties ? { ...pick("body"), properties: pick("properties") } : pick("body");
}

/** A resource of Resource Manager as the SDK shows it: the promised outputs, `properties` unfolded, nulls left out. */
export function outputsOf(spec: ResourceSpec, response: JsonObject): JsonObject {
  const { properties, ...top } = response;
  const all = spec.flatten === false ? response : { ...objectOr(properties), ...top };
  const outputs = Object.entries(all).filter(([name, value]) => spec.outputs.includes(name) && value !== null);
  return { ...Object.fromEntries(outputs), azureApiVersion: spec.apiVersion };
}

/**
 * The outputs that are known before a resource is created or updated: those that are inputs, and of an existing
 * resource its name and location, which only a replacement changes. All others are unknown.
 */
export function previewOf(spec: ResourceSpec, inputs: JsonObject, old?: JsonObject): JsonObject {
  const outputs = spec.outputs.map((name): [string, Json] => [name, inputs[name] ?? unknownValue]);
  const stable = Object.entries(old ?? {}).filter(([name]) => name === "name" || name === "location");
  return { ...Object.fromEntries(outputs), ...Object.fromEntries(stable), azureApiVersion: spec.apiVersion };
}

/** The inputs among outputs: an import takes them all. */
export function inputsFrom(spec: ResourceSpec, outputs: JsonObject): JsonObject {
  const entries = Object.entries(outputs).flatMap(([name, value]): [string, Json][] => {
    const input = spec.inputs[name];
    if (input === undefined || input.in === "path") return [];
    const { members } = input;
    if (members === undefined || !isObject(value)) return [[name, value]];
    return [[name, Object.fromEntries(Object.entries(value).filter(([member]) => member in members))]];
  });
  return Object.fromEntries(entries);
}
