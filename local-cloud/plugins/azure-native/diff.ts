import { isDeepStrictEqual } from "node:util";
import { isObject, type Json, type JsonObject } from "../../azure/json";
import type { Change, DiffResult } from "../provider";
import { createBeforeDelete } from "./check";
import type { ResourceSpec } from "./resource-types";

/** What changed between inputs, and which of it needs a new resource: the path's inputs, and those that replace. */
export function diffInputs(spec: ResourceSpec, old: JsonObject, next: JsonObject): DiffResult {
  const changes: Record<string, Change> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
    if (name.startsWith("__") || (name === "location" && isSamePlace(old[name], next[name]))) continue;
    const input = spec.inputs[name];
    const replaces = input?.in === "path" || input?.replaces === true;
    for (const [path, change] of differences(name, old[name], next[name])) {
      changes[path] = replaces ? `${change}-replace` : change;
    }
  }
  const replaced = Object.values(changes).some((change) => change.endsWith("-replace"));
  return { changes, deleteBeforeReplace: replaced && old[createBeforeDelete] !== true };
}

/**
 * The inputs after a refresh. What Azure shows differently than it did is taken over; the rest stays as the program
 * wrote it, since much that Azure shows are its own defaults.
 */
export function refreshInputs(inputs: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  const result = { ...inputs };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const value = after[name];
    if (isDeepStrictEqual(before[name], value)) continue;
    if (value === undefined) delete result[name];
    else result[name] = value;
  }
  return result;
}

type Difference = [path: string, change: "add" | "delete" | "update"];

function differences(path: string, old: Json | undefined, next: Json | undefined): Difference[] {
  if (isDeepStrictEqual(old, next)) return [];
  if (old === undefined) return [[path, "add"]];
  if (next === undefined) return [[path, "delete"]];
  if (isObject(old) && isObject(next)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
    return names.flatMap((name) => differences(member(path, name), old[name], next[name]));
  }
  if (Array.isArray(old) && Array.isArray(next)) {
    const longest = old.length > next.length ? old : next;
    return longest.flatMap((_, index) => differences(`${path}[${index}]`, old[index], next[index]));
  }
  return [[path, "update"]];
}

/** A member in a property path; one whose name is no identifier (a tag, for example) is quoted. */
function member(path: string, name: string): string {
  return /^[\w$]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

/** `West Europe` and `westeurope` are one place. */
function isSamePlace(old: Json | undefined, next: Json | undefined): boolean {
  const plain = (value: Json | undefined) =>
    typeof value === "string" ? value.replace(/ /g, "").toLowerCase() : value;
  return plain(old) === plain(next);
}
