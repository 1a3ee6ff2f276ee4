import * as z from "zod";

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [name: string]: Json;
}

/** What a JSON object is checked by that was kept. */
export const jsonObjectForm: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** Whether a value (a parsed body, a property) is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one: for optional parts of a body that are only read. */
export function objectOr(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** The value if it is a string, else undefined. */
export function stringOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
