import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { messageOf, UsageError, UserError } from "../../src/common/errors";
import { stackName } from "./stack-settings";

/** What the project folder says about the program's settings. */
export interface TeamSettings {
  /** Name of the Pulumi project. */
  project: string;
  /** The stack whose settings these are; undefined where no stack has any. */
  stack: string | undefined;
  /** Its settings by their full names (`<project>:imageName`). */
  config: Record<string, unknown>;
  /** A setting of the program: the stack's, else its default in `Pulumi.yaml`. */
  valueOf(name: string): unknown;
}

/** The stack that the stack `local` is like, unless another is named. */
export const defaultLike = "dev";

const projectForm = z.object({
  name: z.string(),
  config: z.record(z.string(), z.unknown()).nullish(),
});

const stackForm = z.object({ config: z.record(z.string(), z.unknown()).nullish() }).nullable();

const stackFile = /^Pulumi\.(.+)\.yaml$/;

/**
 * Reads the settings of a team's own stack.
 *
 * @param folder the project folder
 * @param like name of the stack; by default `dev`, else the only one that there is
 * @throws UsageError if it has none of that name, or none was named and there is a choice
 */
export function readTeamSettings(folder: string, like: string | undefined): TeamSettings {
  const { name: project, config: declared } = read(join(folder, "Pulumi.yaml"), projectForm);
  const stack = chooseStack(folder, like);
  const config = (stack && read(join(folder, `Pulumi.${stack}.yaml`), stackForm)?.config) || {};
  return {
    project,
    stack,
    config,
    valueOf: (name) => config[`${project}:${name}`] ?? defaultIn(declared?.[name] ?? declared?.[`${project}:${name}`]),
  };
}

function chooseStack(folder: string, like: string | undefined): string | undefined {
  const stacks = readdirSync(folder)
    .flatMap((name) => stackFile.exec(name)?.[1] ?? [])
    .filter((stack) => stack !== stackName);
  const wanted = like ?? defaultLike;
  if (stacks.includes(wanted)) return wanted;
  const [only, ...others] = stacks;
  const there = stacks.length === 0 ? "no stack has settings there" : `settings there have: ${stacks.join(", ")}`;
  if (like !== undefined) throw new UsageError(`${folder} has no Pulumi.${like}.yaml (option --like); ${there}.`);
  if (others.length === 0) return only;
  throw new UsageError(`${folder} has no Pulumi.${wanted}.yaml; ${there}. Name the stack to be like with --like.`);
}

/** Pulumi.yaml has a setting's default by itself, or in its declaration. */
function defaultIn(declared: unknown): unknown {
  const { data: declaration } = z.looseObject({ default: z.unknown().optional() }).safeParse(declared);
  return declaration === undefined ? declared : declaration.default;
}

function read<T>(file: string, form: z.ZodType<T>): T {
  if (!existsSync(file)) throw new UserError(`${file} does not exist.`);
  try {
    return form.parse(parse(readFileSync(file, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new UserError(`${file} cannot be read: ${reason}`);
  }
}
