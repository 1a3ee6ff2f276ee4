import { isDeepStrictEqual } from "node:util";
import { hasSecret, type PropertyValue, secretText } from "./property-value";

/** What becomes of one property. */
export interface PropertyChange {
  /** In the engine's notation, for example `repository.branchName` or `tags[0]`. */
  path: string;
  kind: "add" | "update" | "delete";
  /** Not there if it is added. */
  old?: PropertyValue;
  /** Not there if it is deleted. */
  new?: PropertyValue;
  /** Whether there are secrets in it: they are `[secret]` in `old` and `new`, which can be equal for that reason. */
  secret: boolean;
  /** Whether the resource is replaced for it. */
  replaces: boolean;
}

/** A property's place: keys of objects and indices of lists. */
export type PropertyPath = (string | number)[];

/** What differs between two values, in the smallest properties that do. A list that grows or shrinks is one of them. */
export function compare(
  old: PropertyValue | undefined,
  next: PropertyValue | undefined,
  path: PropertyPath = [],
): PropertyChange[] {
  if (isDeepStrictEqual(old, next)) return [];
  if (Array.isArray(old) && Array.isArray(next) && old.length === next.length) {
    return old.flatMap((element, index) => compare(element, next[index], [...path, index]));
  }
  if (isMap(old) && isMap(next)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(next)])];
    return keys.flatMap((key) => compare(own(old, key), own(next, key), [...path, key]));
  }
  return [changeOf(old, next, path)];
}

/** The change of one property as a whole. */
export function changeOf(
  old: PropertyValue | undefined,
  next: PropertyValue | undefined,
  path: PropertyPath,
): PropertyChange {
  return {
    path: formatPath(path),
    kind: old === undefined ? "add" : next === undefined ? "delete" : "update",
    ...(old !== undefined && { old }),
    ...(next !== undefined && { new: next }),
    secret: hasSecret(old) || hasSecret(next),
    replaces: false,
  };
}

/** The value at a place; that of a secret's part is the secret. */
export function valueAt(value: PropertyValue | undefined, path: PropertyPath): PropertyValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined || value === secretText) return value;
  if (Array.isArray(value)) return typeof key === "number" ? valueAt(value[key], rest) : undefined;
  return isMap(value) ? valueAt(own(value, String(key)), rest) : undefined;
}

/** Reads the engine's notation: `a.b[0]["c.d"]`. */
export function parsePath(path: string): PropertyPath {
  const parts = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name = ""]) =>
    index !== undefined ? Number(index) : quoted !== undefined ? quoted.replace(/\\(.)/g, "$1") : name,
  );
}

function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[^.[\]"\s]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

function isMap(value: PropertyValue | undefined): value is { [key: string]: PropertyValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(map: { [key: string]: PropertyValue }, key: string): PropertyValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
