import { stringify } from "yaml";
import { type Changes, isDestructive, type ResourceChange } from "./changes";
import { codeLines } from "./markdown";
import type { PropertyChange } from "./property-change";
import { type PropertyValue, secretText } from "./property-value";

/** Unchanged lines that are shown around a change. */
const context = 3;

/** A line of a comment's diff. */
export interface DiffLine {
  text: string;
  /** What it is about: the resource of that number, or the stack's outputs. */
  part: number | "outputs";
}

/** What changes, as lines for a block of code in the language `diff`. */
export function diffOf({ resources, outputs }: Changes): DiffLine[] {
  const ofOutputs = outputs.length > 0 ? [...titled("outputs of the stack"), ...outputs.flatMap(propertyLines)] : [];
  return [
    ...resources.flatMap((resource, part) => resourceLines(resource).map((text) => ({ text, part }))),
    ...ofOutputs.map((text) => ({ text, part: "outputs" as const })),
  ];
}

function resourceLines(resource: ResourceChange): string[] {
  const { operation, type, name, properties } = resource;
  return [
    ...titled(`${isDestructive(operation) ? "⚠ " : ""}${operation} ${type} ${name}`),
    ...identity(resource),
    ...properties.flatMap(propertyLines),
  ];
}

/** Highlighters take such a line for the head of a hunk. */
function titled(title: string): string[] {
  return [`@@ ${oneLine(title)} @@`];
}

/** What a resource is that goes away. */
function identity({ operation, id }: ResourceChange): string[] {
  return id !== undefined && isDestructive(operation) ? [`- id: ${oneLine(id)}`] : [];
}

function propertyLines({ path, old, new: next, replaces }: PropertyChange): string[] {
  const [before, after] = [valueLines(path, old), valueLines(path, next)];
  const reason = replaces ? ["  # the resource is replaced for this:"] : [];
  // A secret: whether it changes is known, and not more.
  if (before.join("\n") === after.join("\n")) return [...reason, ...before.map((line) => `! ${line}`)];

  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    ...reason,
    // The first line has the property's name.
    ...before.slice(0, start).flatMap((line, index) => (index === 0 || index >= start - context ? [`  ${line}`] : [])),
    ...before.slice(start, before.length - end).map((line) => `- ${line}`),
    ...after.slice(start, after.length - end).map((line) => `+ ${line}`),
    ...after
      .slice(after.length - end)
      .slice(0, context)
      .map((line) => `  ${line}`),
  ];
}

function valueLines(path: string, value: PropertyValue | undefined): string[] {
  if (value === undefined) return [];
  const text = stringify({ [path]: value }, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
  return codeLines(text.replaceAll(JSON.stringify(secretText), secretText));
}

function oneLine(text: string): string {
  return codeLines(text).join(" ");
}
