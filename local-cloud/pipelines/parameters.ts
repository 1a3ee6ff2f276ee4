import type { Context } from "./context";
import { Fields } from "./fields";
import type { Part } from "./template";
import type { Place, Token } from "./token";
import { parseNumber, type Value, type ValueMap } from "./value";

/** https://learn.microsoft.com/azure/devops/pipelines/process/template-parameters#parameter-data-types */
const shapes = new Map<string, Token["kind"] | "any">([
  ["string", "scalar"],
  ["number", "scalar"],
  ["boolean", "scalar"],
  ["object", "any"],
  ["step", "mapping"],
  ["stepList", "list"],
  ["job", "mapping"],
  ["jobList", "list"],
  ["deployment", "mapping"],
  ["deploymentList", "list"],
  ["stage", "mapping"],
  ["stageList", "list"],
]);

interface Declaration {
  name: string;
  /** undefined for a template's older form (`name: default`), which takes anything. */
  type: string | undefined;
  default: Token | undefined;
  /** The only texts that it takes. */
  values: string[] | undefined;
  place: Place;
}

/** A value that a parameter is given. `read` makes it what the parameter's type has. */
export type Given = (type: string | undefined, place: Place) => Token | undefined;

/**
 * A pipeline's or template's parameters with their values.
 *
 * @param declarations the value of `parameters`
 * @param given by name
 * @param place where they are given
 * @param strange what is said of a value without a parameter
 */
export function readParameters(
  context: Context,
  declarations: Part | undefined,
  given: ReadonlyMap<string, { value: Given; place: Place | undefined }>,
  place: Place,
): ValueMap {
  const declared = declarations === undefined ? [] : readDeclarations(context, declarations);
  const names = new Set(declared.map(({ name }) => name.toLowerCase()));
  for (const [name, { place: its }] of given) {
    if (!names.has(name.toLowerCase())) context.problems.report(its ?? place, `Unexpected parameter '${name}'`);
  }
  const values = new Map<string, Value>();
  for (const declaration of declared) {
    const { name, type } = declaration;
    const [, own] = [...given].find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
    const token = own === undefined ? declaration.default : own.value(type, own.place ?? declaration.place);
    if (token !== undefined) values.set(name, valueOfParameter(context, declaration, token));
    else if (own === undefined) {
      context.problems.report(place, `A value for the '${name}' parameter must be provided.`);
    }
  }
  return values;
}

function readDeclarations(context: Context, part: Part): Declaration[] {
  if (part.token.kind === "mapping") {
    return [...context.template.mapping(part)].map(({ key, value }) => ({
      name: key.text,
      type: undefined,
      default: literal(context, value.token),
      values: undefined,
      place: key.place,
    }));
  }
  return [...context.template.list(part)].flatMap((item) => readDeclaration(context, item) ?? []);
}

function readDeclaration(context: Context, item: Part): Declaration | undefined {
  const fields = Fields.of(context, item);
  const typePlace = fields.placeOf("type");
  const name = fields.text("name");
  const type = fields.text("type") ?? "string";
  const initial = fields.part("default");
  const values = fields.has("values") ? fields.names("values") : undefined;
  fields.text("displayName");
  fields.end();
  if (!shapes.has(type)) context.problems.unexpected(typePlace, type);
  if (name === undefined || name === "") {
    context.problems.report(fields.place, "A parameter has a name: add `name:`");
    return undefined;
  }
  return { name, type, default: initial && literal(context, initial.token), values, place: fields.place };
}

/** A token without template expressions, which a default has not. */
export function literal(context: Pick<Context, "problems">, token: Token): Token {
  if (token.kind === "list") for (const item of token.items) literal(context, item);
  else if (token.kind === "mapping") {
    for (const { key, value } of token.entries) for (const each of [key, value]) literal(context, each);
  } else if (token.text.includes("${{")) {
    context.problems.report(token.place, "A template expression is not allowed in this context");
  }
  return token;
}

function valueOfParameter(context: Context, { name, type, values }: Declaration, token: Token): Value {
  const { problems, template } = context;
  const shape = shapes.get(type ?? "object") ?? "any";
  if (shape === "scalar" && token.kind === "scalar") {
    const { text, place } = token;
    const value = type === "number" ? parseNumber(text) : type === "boolean" ? booleanOf(text) : text;
    const what = `The '${name}' parameter value '${text}' is not`;
    if (value === undefined) problems.report(place, `${what} a valid ${titleOf(type)}.`);
    else if (values?.includes(text) === false) {
      problems.report(place, `${what} one of the allowed values: ${values.join(", ")}.`);
    }
    return value ?? null;
  }
  // A key with nothing after it is a list or a mapping without content.
  const nothing = token.kind === "scalar" && token.text === "";
  if (shape !== "any" && shape !== token.kind && !(nothing && shape !== "scalar")) {
    problems.report(token.place, `The '${name}' parameter is not a valid ${titleOf(type)}.`);
  }
  return template.value(token);
}

function booleanOf(text: string): boolean | undefined {
  const lower = text.trim().toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

function titleOf(type = "object"): string {
  return type.charAt(0).toUpperCase() + type.slice(1);
}

/** Values that a template is given where it is included. They are evaluated there. */
export function givenInYaml(
  context: Context,
  parameters: Part | undefined,
): Map<string, { value: Given; place: Place }> {
  const entries = parameters === undefined ? [] : [...context.template.mapping(parameters)];
  return new Map(
    entries.map(({ key, value }) => [key.text, { value: () => context.template.expand(value), place: key.place }]),
  );
}
