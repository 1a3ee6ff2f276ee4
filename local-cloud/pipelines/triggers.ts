import type { Context } from "./context";
import type { Fields } from "./fields";
import { literal } from "./parameters";
import { finished, type Part } from "./template";

/** What a value may be. */
type Shape =
  | "text"
  | "boolean"
  /** The word that stands for nothing. */
  | { word: string }
  | { list: Shape }
  | { keys: Readonly<Record<string, readonly Shape[]>> };

const texts: Shape = { list: "text" };
const filter: Shape = { keys: { include: ["text", texts], exclude: ["text", texts] } };
const filters: readonly Shape[] = [texts, filter];

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema: trigger, pr, schedules */
const shapes: Readonly<Record<string, readonly Shape[]>> = {
  trigger: [
    { word: "none" },
    texts,
    { keys: { batch: ["boolean"], branches: filters, paths: filters, stages: filters, tags: filters } },
  ],
  pr: [
    { word: "none" },
    texts,
    { keys: { autoCancel: ["boolean"], branches: filters, paths: filters, drafts: ["boolean"] } },
  ],
  schedules: [
    {
      list: {
        keys: {
          cron: ["text"],
          displayName: ["text"],
          branches: filters,
          batch: ["boolean"],
          always: ["boolean"],
        },
      },
    },
  ],
};

/**
 * Checks what starts a pipeline. Nothing comes of it here: runs of the local cloud are queued by hand.
 */
export function checkTriggers(context: Context, fields: Fields): void {
  for (const [name, allowed] of Object.entries(shapes)) {
    const part = fields.part(name);
    if (part !== undefined) check(context, finished(literal(context, part.token)), allowed);
  }
}

function check(context: Context, part: Part, allowed: readonly Shape[]): void {
  const { problems, template } = context;
  const { token } = part;
  if (token.kind === "scalar") {
    const taken = token.text === "" || allowed.some((shape) => takes(shape, token.text));
    if (!taken) problems.unexpected(token.place, token.text);
    return;
  }
  for (const shape of allowed) {
    if (typeof shape === "string") continue;
    if (token.kind === "list" && "list" in shape) {
      for (const item of template.list(part)) check(context, item, [shape.list]);
      return;
    }
    if (token.kind === "mapping" && "keys" in shape) {
      for (const { key, value } of template.mapping(part)) {
        const inner = Object.hasOwn(shape.keys, key.text) ? shape.keys[key.text] : undefined;
        if (inner === undefined) problems.unexpected(key.place, key.text);
        else check(context, value, inner);
      }
      return;
    }
  }
  problems.report(token.place, `A ${token.kind === "list" ? "sequence" : "mapping"} was not expected`);
}

function takes(shape: Shape, text: string): boolean {
  if (shape === "text") return true;
  if (shape === "boolean") return /^(true|false)$/i.test(text);
  return "word" in shape && shape.word === text.toLowerCase();
}
