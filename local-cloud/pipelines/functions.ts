import { asText, compare, equal, isList, isMapOfValues, toBoolean, toText, type Value, Version } from "./value";

/** A function of expressions. Its arguments are evaluated when it asks for them. */
export interface ExpressionFunction {
  /** Fewest and most arguments. */
  arity: [number, number];
  call: (...args: (() => Value)[]) => Value;
}

/** How the first of two values compares to the second. */
function comparison(holds: (order: number) => boolean): ExpressionFunction {
  return two((left, right) => holds(compare(left, right)));
}

function one(call: (value: Value) => Value): ExpressionFunction {
  return { arity: [1, 1], call: (value = nothing) => call(value()) };
}

function two(call: (left: Value, right: Value) => Value): ExpressionFunction {
  return { arity: [2, 2], call: (left = nothing, right = nothing) => call(left(), right()) };
}

function ofTexts(call: (left: string, right: string) => Value): ExpressionFunction {
  return two((left, right) => call(toText(left).toLowerCase(), toText(right).toLowerCase()));
}

const nothing = () => null;

function isAmong(value: () => Value, others: (() => Value)[]): boolean {
  const wanted = value();
  return others.some((other) => equal(wanted, other()));
}

/** https://learn.microsoft.com/azure/devops/pipelines/process/expressions#functions, by their names in lower case. */
export const generalFunctions: ReadonlyMap<string, ExpressionFunction> = new Map<string, ExpressionFunction>([
  ["and", { arity: [2, Infinity], call: (...args) => args.every((arg) => toBoolean(arg())) }],
  ["or", { arity: [2, Infinity], call: (...args) => args.some((arg) => toBoolean(arg())) }],
  ["not", one((value) => !toBoolean(value))],
  ["xor", two((left, right) => toBoolean(left) !== toBoolean(right))],
  ["eq", two(equal)],
  ["ne", two((left, right) => !equal(left, right))],
  ["lt", comparison((order) => order < 0)],
  ["le", comparison((order) => order <= 0)],
  ["gt", comparison((order) => order > 0)],
  ["ge", comparison((order) => order >= 0)],
  ["in", { arity: [1, Infinity], call: (value = nothing, ...others) => isAmong(value, others) }],
  ["notin", { arity: [1, Infinity], call: (value = nothing, ...others) => !isAmong(value, others) }],
  ["contains", ofTexts((text, part) => text.includes(part))],
  ["startswith", ofTexts((text, part) => text.startsWith(part))],
  ["endswith", ofTexts((text, part) => text.endsWith(part))],
  ["containsvalue", two((values, wanted) => elementsOf(values).some((value) => equal(wanted, value)))],
  ["coalesce", { arity: [2, Infinity], call: coalesce }],
  ["format", { arity: [1, Infinity], call: (text = nothing, ...args) => format(toText(text()), args) }],
  ["join", two((separator, values) => join(toText(separator), values))],
  ["split", two((text, separators) => split(toText(text), toText(separators)))],
  ["length", one(lengthOf)],
  ["lower", one((text) => toText(text).toLowerCase())],
  ["upper", one((text) => toText(text).toUpperCase())],
  ["trim", one((text) => toText(text).trim())],
  [
    "replace",
    {
      arity: [3, 3],
      call: (text = nothing, old = nothing, by = nothing) => replace(toText(text()), toText(old()), toText(by())),
    },
  ],
  ["converttojson", one((value) => JSON.stringify(plain(value), null, 2))],
]);

function elementsOf(value: Value): readonly Value[] {
  if (isList(value)) return value;
  return isMapOfValues(value) ? [...value.values()] : [];
}

function coalesce(...args: (() => Value)[]): Value {
  for (const arg of args) {
    const value = arg();
    if (value !== null && value !== "") return value;
  }
  return null;
}

function format(text: string, args: (() => Value)[]): string {
  // Doubled braces stand for themselves; what else is in braces must be an argument's number.
  return text.replace(/\{\{|\}\}|\{(\d+)\}|[{}]/g, (found: string, index: string | undefined) => {
    if (found === "{{" || found === "}}") return found.charAt(0);
    if (index === undefined) throw new Error(`The following format string is invalid: ${text}`);
    const arg = args[Number(index)];
    if (arg !== undefined) return toText(arg());
    throw new Error(`The following format string references more arguments than were supplied: ${text}`);
  });
}

function join(separator: string, values: Value): string {
  return isList(values) ? values.map((value) => asText(value) ?? "").join(separator) : (asText(values) ?? "");
}

/** Each character of the second text separates. */
function split(text: string, separators: string): Value {
  const parts: string[] = [""];
  for (const character of text) {
    if (separators.includes(character)) parts.push("");
    else parts.push((parts.pop() ?? "") + character);
  }
  return parts;
}

function replace(text: string, old: string, by: string): string {
  return old === "" ? text : text.replaceAll(old, () => by);
}

function lengthOf(value: Value): number {
  if (isList(value)) return value.length;
  return isMapOfValues(value) ? value.size : toText(value).length;
}

function plain(value: Value): unknown {
  if (isList(value)) return value.map(plain);
  if (isMapOfValues(value)) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  return value instanceof Version ? value.toString() : value;
}
