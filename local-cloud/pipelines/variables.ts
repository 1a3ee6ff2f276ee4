import { type Context, type Frame, within } from "./context";
import { Fields } from "./fields";
import { include } from "./include";
import type { PlanVariable } from "./plan";
import { checkVariable, type Level } from "./runtime";
import type { Part } from "./template";
import type { Place } from "./token";
import type { Value } from "./value";

/**
 * Reads `variables:`, a mapping or a list.
 *
 * @returns the variables, and the frame in which template expressions see them
 */
export function readVariables(
  context: Context,
  part: Part | undefined,
  frame: Frame,
  level: Level,
): { variables: PlanVariable[]; frame: Frame } {
  if (part === undefined) return { variables: [], frame };
  // Each variable is seen by the expressions below it.
  const seen = new Map<string, Value>(frame.variables);
  const inside = { ...frame, variables: seen };
  const variables: PlanVariable[] = [];
  readInto({ context, seen, variables, level }, part, inside);
  return { variables, frame: inside };
}

interface Reading {
  context: Context;
  seen: Map<string, Value>;
  variables: PlanVariable[];
  level: Level;
}

function readInto(reading: Reading, part: Part, frame: Frame): void {
  const { context } = reading;
  const resolved = context.template.resolve(within(frame, part));
  if (resolved.token.kind === "list") {
    for (const item of context.template.list(resolved)) readItem(reading, item, frame);
    return;
  }
  for (const { key, value } of context.template.mapping(resolved)) {
    add(reading, key.text, context.template.text(value), value.token.place);
  }
}

function readItem(reading: Reading, item: Part, frame: Frame): void {
  const { context } = reading;
  const fields = Fields.of(context, item);
  if (fields.has("template")) {
    const included = include(context, fields, frame);
    const variables = included?.fields.part("variables");
    included?.fields.end();
    if (included !== undefined && variables !== undefined) readInto(reading, variables, included.frame);
    return;
  }
  if (fields.has("group")) {
    const group = fields.text("group") ?? "";
    fields.end();
    // What is in it is known when the run begins: no template expression sees it.
    reading.variables.push({ group });
    return;
  }
  const place = fields.placeOf("value");
  const name = fields.text("name");
  const value = fields.text("value") ?? "";
  fields.onlyFalse("readonly");
  fields.end();
  if (name === undefined) context.problems.report(fields.place, "A variable has a name: add `name:`");
  else add(reading, name, value, place);
}

function add(
  { context, seen, variables, level }: Reading,
  name: string,
  value: string | undefined,
  place: Place,
): void {
  if (value === undefined) return;
  checkVariable(context, value, level, place);
  for (const key of seen.keys()) if (key.toLowerCase() === name.toLowerCase()) seen.delete(key);
  seen.set(name, value);
  variables.push({ name, value });
}
