/**
 * Values of expressions, with Azure Pipelines' conversions:
 * https://learn.microsoft.com/azure/devops/pipelines/process/expressions#type-casting
 */
export type Value = null | boolean | number | string | Version | readonly Value[] | ValueMap;

/** Its keys are compared without regard to case. */
export type ValueMap = ReadonlyMap<string, Value>;

/** Two to four numbers with dots between them. */
export class Version {
  private constructor(private readonly parts: readonly number[]) {}

  /** @returns undefined if it is no version */
  static parse(text: string): Version | undefined {
    if (!/^\d+(\.\d+){1,3}$/.test(text)) return undefined;
    const parts = text.split(".").map(Number);
    return parts.every((part) => part <= 2 ** 31 - 1) ? new Version(parts) : undefined;
  }

  compare(other: Version): number {
    for (const index of [0, 1, 2, 3]) {
      // A part that is missing comes before 0, as in .NET.
      const difference = (this.parts[index] ?? -1) - (other.parts[index] ?? -1);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  toString(): string {
    return this.parts.join(".");
  }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isMapOfValues(value: Value): value is ValueMap {
  return value instanceof Map;
}

/** A map of texts, such as variables are. */
export function mapOf(texts: Readonly<Record<string, Value>>): ValueMap {
  return new Map(Object.entries(texts));
}

/** @returns null if there is no such key, as expressions have it */
export function lookUpKey(map: ValueMap, key: string): Value {
  const exact = map.get(key);
  if (exact !== undefined) return exact;
  const wanted = key.toLowerCase();
  for (const [name, value] of map) {
    if (name.toLowerCase() === wanted) return value;
  }
  return null;
}

export function toBoolean(value: Value): boolean {
  return value !== null && value !== false && value !== 0 && value !== "";
}

/** @returns undefined for a list or a mapping, which are no text */
export function asText(value: Value): string | undefined {
  if (isList(value) || isMapOfValues(value)) return undefined;
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

function asNumber(value: Value): number | undefined {
  if (value === null || value === "") return 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

/** A number as .NET's invariant culture writes it: a sign, thousands' commas and a decimal point are allowed. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  return /^[-+]?(\d[\d,]*\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed.replaceAll(",", "")) : undefined;
}

function asVersion(value: Value): Version | undefined {
  if (value instanceof Version) return value;
  return typeof value === "string" || typeof value === "number" ? Version.parse(String(value)) : undefined;
}

/** @throws Error if it is a list or a mapping */
export function toText(value: Value): string {
  return converted(asText(value), value, "String");
}

/** The right value is converted to the left one's type; they differ if it cannot be. */
export function equal(left: Value, right: Value): boolean {
  if (left === null) return right === null || right === "";
  if (typeof left === "boolean") return left === toBoolean(right);
  if (typeof left === "number") return left === asNumber(right);
  if (typeof left === "string") return left.toLowerCase() === asText(right)?.toLowerCase();
  if (left instanceof Version) {
    const version = asVersion(right);
    return version !== undefined && left.compare(version) === 0;
  }
  return left === right;
}

/**
 * @returns less than, equal to or greater than 0
 * @throws Error if the right value cannot be converted to the left one's type
 */
export function compare(left: Value, right: Value): number {
  if (typeof left === "boolean") return Number(left) - Number(toBoolean(right));
  if (left instanceof Version) return left.compare(converted(asVersion(right), right, "Version"));
  if (typeof left === "string") return compareTexts(left.toUpperCase(), toText(right).toUpperCase());
  return converted(asNumber(left), left, "Number") - converted(asNumber(right), right, "Number");
}

function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function converted<T>(result: T | undefined, value: Value, type: string): T {
  if (result !== undefined) return result;
  throw new Error(`Unable to convert from ${typeName(value)} to ${type}. Value: ${asText(value) ?? typeName(value)}`);
}

function typeName(value: Value): string {
  if (value === null) return "Null";
  if (isList(value)) return "Array";
  if (isMapOfValues(value)) return "Object";
  if (value instanceof Version) return "Version";
  return typeof value === "boolean" ? "Boolean" : typeof value === "number" ? "Number" : "String";
}
