import { posix } from "node:path";
import { type Context, type Frame, within } from "./context";
import { Fields } from "./fields";
import { givenInYaml, literal, readParameters } from "./parameters";
import type { Part } from "./template";
import type { Place, ScalarToken } from "./token";
import type { ValueMap } from "./value";

/** Azure Pipelines' own limit: https://learn.microsoft.com/azure/devops/pipelines/process/templates#imposed-limits */
const maxDepth = 100;

/** A template's mapping, as it is read where it is included. */
export interface Included {
  fields: Fields;
  frame: Frame;
}

/**
 * Reads the template that a mapping includes (`template:`, with `parameters:`).
 *
 * @returns undefined if it cannot be read, which is reported
 */
export function include(context: Context, including: Fields, frame: Frame): Included | undefined {
  const place = including.placeOf("template");
  const reference = including.text("template");
  const given = givenInYaml(context, including.part("parameters"));
  including.end();
  if (!reference) {
    context.problems.report(place, "A template has a path: write it after `template:`");
    return undefined;
  }
  const file = locate(context, reference, frame, place);
  if (file === undefined) return undefined;
  if (frame.depth >= maxDepth) {
    context.problems.report(place, `Templates are nested more than ${maxDepth} deep: does ${file} include itself?`);
    return undefined;
  }
  const inside = { file, depth: frame.depth + 1, variables: frame.variables };
  return open(context, inside, (declarations) => readParameters(context, declarations, given, place), place);
}

/** An item of a list of steps, jobs or stages. */
export interface Item {
  fields: Fields;
  /** What its first key says it is. */
  first: ScalarToken;
  frame: Frame;
}

/**
 * A list's items, with those of the templates that it includes in their places.
 *
 * @param key what the list is of; it is at the root of its templates
 */
export function* itemsOf(
  context: Context,
  part: Part | undefined,
  frame: Frame,
  key: "steps" | "jobs" | "stages",
): Generator<Item> {
  if (part === undefined) return;
  for (const item of context.template.list(within(frame, part))) {
    const fields = Fields.of(context, item);
    const { first } = fields;
    if (first === undefined) {
      if (item.token.kind === "scalar") context.problems.report(item.token.place, "Expected a mapping");
    } else if (first.text !== "template") yield { fields, first, frame };
    else {
      const included = include(context, fields, frame);
      if (included === undefined) continue;
      yield* itemsOf(context, included.fields.part(key), included.frame, key);
      included.fields.end();
    }
  }
}

/**
 * Reads a file's mapping with its parameters.
 *
 * @param from where it is asked for
 */
export function open(
  context: Context,
  frame: Frame,
  parametersOf: (declarations: Part | undefined) => ValueMap,
  from: Place,
): Included | undefined {
  const token = context.read(frame.file);
  if (token === "missing") context.problems.report(from, `File ${frame.file} not found in the repository`);
  if (token === undefined || token === "missing") return undefined;
  if (token.kind !== "mapping") {
    context.problems.report(token.place, "Expected a mapping");
    return undefined;
  }
  for (const { key } of token.entries) literal(context, key);
  const declarations = token.entries.find(({ key }) => key.text === "parameters")?.value;
  const parameters = parametersOf(declarations && { token: declarations, names: undefined });
  const names = { parameters, variables: frame.variables };
  const fields = Fields.of(context, { token, names });
  fields.part("parameters");
  return { fields, frame };
}

/**
 * A path is relative to the file that does the including, with `@self` as well, since there are no other repositories.
 * https://learn.microsoft.com/azure/devops/pipelines/process/templates#reference-template-paths
 */
function locate(context: Context, reference: string, frame: Frame, place: Place): string | undefined {
  // Names of repositories compare without regard to case, and an empty one is this one's.
  const [path = "", ...repository] = reference.replaceAll("\\", "/").split("@");
  if (!["", "self"].includes(repository.join("@").toLowerCase())) {
    context.problems.notEmulated(place, `A template of another repository ('${reference}')`);
    return undefined;
  }
  const joined = path.startsWith("/") ? path : `${posix.dirname(frame.file)}/${path}`;
  if (posix.normalize(`.${joined}`).startsWith("..")) {
    context.problems.report(place, `The file path ${joined} is invalid`);
    return undefined;
  }
  return posix.resolve("/", joined);
}
