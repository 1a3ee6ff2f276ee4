import type { FastifySchemaValidationError } from "fastify";
import * as z from "zod";
import { invalidArgument, type ServiceError } from "./errors";

/** A path in a project. */
export const inProject = z.object({ project: z.string() });

/** An enumeration's value, which Azure DevOps takes by name and by number (`enumName` reads it). */
export const enumeration = z.union([z.string(), z.int()], { error: "must be the name or the number of a value" });

/** An object of which nothing is known here. */
export const anything = z.record(z.string(), z.unknown());

/** What types of values are called in JSON. */
const types: Record<string, string> = { record: "object" };

/**
 * The refusal of a request that has not the form that its API takes: no value is changed into another type, and where a
 * property is not emulated, it is refused rather than passed over.
 *
 * @param part of the request: `body`, `querystring`
 */
export function invalidRequest(errors: FastifySchemaValidationError[], part: string): ServiceError {
  const [unknown] = errors.flatMap(({ params }) => params.keys ?? []);
  if (unknown !== undefined) {
    return invalidArgument(`The local Azure DevOps does not take the property '${unknown}' here.`);
  }
  return invalidArgument(errors.map((error) => `${part}${problemOf(error)}`).join(", "));
}

function problemOf({ instancePath, keyword, message = "is not valid", params }: FastifySchemaValidationError): string {
  const path = instancePath.replace(/\/$/, "");
  if (keyword === "invalid_type") {
    const name = /[^/]+$/.exec(path)?.[0];
    if (name !== undefined && message.endsWith("received undefined")) {
      return `${path.slice(0, -name.length - 1)} must have required property '${name}'`;
    }
    const expected = String(params.expected);
    return `${path} must be ${types[expected] ?? expected}`;
  }
  if (keyword === "invalid_value") return `${path} must be equal to one of the allowed values`;
  if (keyword === "too_small" && params.origin === "array")
    return `${path} must NOT have fewer than ${params.minimum} items`;
  return `${path} ${message}`;
}
