import { posix } from "node:path";
import type { Context } from "./context";
import type { Fields } from "./fields";
import { literal } from "./parameters";
import { Problems } from "./problems";
import { readYaml } from "./read-yaml";
import { finished, type Part, Template } from "./template";
import type { Token } from "./token";

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
const shapes = {
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
} as const satisfies Record<string, readonly Shape[]>;

/** What is included and what of that is not, as it is written: names or paths, with wildcards. */
export interface Filter {
  include: string[];
  exclude: string[];
}

/** Which pushes start a pipeline. What is not there is undefined. */
export interface PushTrigger {
  batch: boolean;
  branches: Filter | undefined;
  tags: Filter | undefined;
  paths: Filter | undefined;
}

/** When a pipeline runs of itself. */
export interface Schedule {
  cron: string;
  displayName: string;
  branches: Filter | undefined;
  /** Also where nothing has changed. */
  always: boolean;
  /** Not while the run before goes on. */
  batch: boolean;
}

/** What starts a pipeline, by its YAML file. */
export interface Triggers {
  /** "implied" where the file says nothing. */
  push: PushTrigger | "none" | "implied";
  schedules: Schedule[];
}

/** Checks what starts a pipeline, when a run of it is compiled. */
export function checkTriggers(context: TriggerContext, fields: Fields): void {
  for (const [name, allowed] of Object.entries(shapes)) {
    const part = fields.part(name);
    if (part !== undefined) check(context, finished(literal(context, part.token)), allowed);
  }
}

type TriggerContext = Pick<Context, "problems" | "template">;

/**
 * Reads what starts a pipeline, and nothing else of its file. Templates have no say in it:
 * https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#branches
 *
 * @param path of the file, from the repository's root
 * @throws PipelineError if that cannot be read
 */
export function readTriggers(path: string, text: string): Triggers {
  const problems = new Problems();
  const context = { problems, template: new Template(problems) };
  const file = posix.resolve("/", path.replaceAll("\\", "/"));
  const root = readYaml(file, text, problems);
  for (const name of ["trigger", "schedules"] as const) {
    const token = valueAt(root, name);
    if (token !== undefined) check(context, finished(literal(context, token)), shapes[name]);
  }
  problems.check();
  return { push: pushTrigger(valueAt(root, "trigger")), schedules: itemsOf(valueAt(root, "schedules")).map(schedule) };
}

function pushTrigger(token: Token | undefined): Triggers["push"] {
  if (token === undefined || (token.kind === "scalar" && token.text === "")) return "implied";
  if (token.kind === "scalar") return "none";
  if (token.kind === "list") {
    return { batch: false, branches: filterOf(token), tags: undefined, paths: undefined };
  }
  return {
    batch: isOn(token, "batch"),
    branches: filterOf(valueAt(token, "branches")),
    tags: filterOf(valueAt(token, "tags")),
    paths: filterOf(valueAt(token, "paths")),
  };
}

function schedule(token: Token): Schedule {
  return {
    cron: textOf(valueAt(token, "cron")),
    displayName: textOf(valueAt(token, "displayName")),
    branches: filterOf(valueAt(token, "branches")),
    always: isOn(token, "always"),
    batch: isOn(token, "batch"),
  };
}

function filterOf(token: Token | undefined): Filter | undefined {
  if (token === undefined) return undefined;
  if (token.kind === "list") return { include: itemsOf(token).map(textOf), exclude: [] };
  const names = (key: string) => {
    const value = valueAt(token, key);
    return value?.kind === "scalar" ? [value.text] : itemsOf(value).map(textOf);
  };
  return { include: names("include"), exclude: names("exclude") };
}

function isOn(token: Token, key: string): boolean {
  return textOf(valueAt(token, key)).toLowerCase() === "true";
}

function valueAt(token: Token | undefined, key: string): Token | undefined {
  return token?.kind === "mapping" ? token.entries.find((entry) => entry.key.text === key)?.value : undefined;
}

function itemsOf(token: Token | undefined): readonly Token[] {
  return token?.kind === "list" ? token.items : [];
}

function textOf(token: Token | undefined): string {
  return token?.kind === "scalar" ? token.text : "";
}

function check(context: TriggerContext, part: Part, allowed: readonly Shape[]): void {
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
