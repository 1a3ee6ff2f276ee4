import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { z } from "zod";
import { UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { stackNameRule } from "../../rules/names";
import { organizationUrlOf } from "../../settings/organization-url";
import { branches, settingsSchema, stackNameOf } from "../../settings/schema";
import { defaultError } from "../../settings/values";

/** How branch environments are made: the setting `branches`. */
export type BranchSettings = z.output<typeof branches>;

/** A stack's settings file. Beside the configuration it says how the stack's secrets are encrypted. */
export const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });
export type StackFile = z.output<typeof stackFile>;

/** The base environment's stack, as its settings have it. */
export interface BaseStack {
  name: string;
  settings: BranchSettings;
  /** The program's settings begin with `<namespace>:`. */
  namespace: string;
  file: StackFile;
  /** URL of the Azure DevOps organization. */
  organizationUrl: string;
  /** The Azure DevOps project. */
  project: string;
  repository: z.output<typeof settingsSchema>["repository"];
}

const projectFile = z.object({
  name: z.string(),
  config: z.object({ branches: z.object({ default: z.record(z.string(), z.unknown()) }) }),
});

const needed = settingsSchema.pick({ project: true, repository: true });

/**
 * Reads the settings of the base environment's stack.
 *
 * @param root the program's folder
 * @param named the base that was asked for. Default: the setting `branches.base`
 * @throws UserError if the stack has no settings, or they do not say which repository it is about
 */
export function readBaseStack(root: string, named: string | undefined, env: NodeJS.ProcessEnv): BaseStack {
  const project = projectFile.parse(parse(readText(join(root, "Pulumi.yaml")) ?? ""));
  const namespace = project.name;
  const declared = project.config.branches.default;
  const name = named ?? readBranchSettings(declared, "Pulumi.yaml").base;

  if (!stackNameRule.pattern.test(name)) {
    throw new UserError(
      `the base environment's stack ${JSON.stringify(name)} (--base, JOB_CONTAINER_BASE_STACK) must be ${stackNameRule.text}`,
    );
  }
  const path = `Pulumi.${name}.yaml`;
  const text = readText(join(root, path));
  if (text === undefined) {
    throw new UserError(
      `there is no ${path}: the base environment's stack is ${JSON.stringify(name)}, ` +
        `${named === undefined ? `as the setting branches.base in Pulumi.yaml says` : "as --base says"}. Name another one.`,
    );
  }
  const file = readStackFile(path, text);
  const { config } = file;
  const setting = (key: string) => config[`${namespace}:${key}`];
  const own = z.record(z.string(), z.unknown()).safeParse(setting("branches") ?? {});
  const settings = readBranchSettings({ ...declared, ...own.data, base: name }, path);

  const found = needed.safeParse(
    { project: setting("project"), repository: setting("repository") },
    { error: defaultError, reportInput: true },
  );
  const { url, mistake } = organizationUrlOf(config, env);
  if (!found.success || url === undefined) {
    const mistakes = (found.error?.issues ?? []).map(
      ({ path: at, message }) => `${namespace}:${at.map(String).join(".")} ${message}`,
    );
    throw new UserError(
      [
        `the settings of the base stack ${name} (${path}) do not say where its repository is:`,
        ...[...mistakes, ...(mistake ? [mistake] : [])].map((each) => `  ${each}`),
      ].join("\n"),
    );
  }
  return { name, settings, namespace, file, organizationUrl: url, ...found.data };
}

function readStackFile(path: string, text: string): StackFile {
  try {
    return stackFile.parse(parse(text) ?? {});
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message : "it has no mapping `config`";
    throw new UserError(`${path} is not a stack's settings: ${reason.trimEnd()}\nCorrect it, or name another stack.`);
  }
}

function readBranchSettings(value: unknown, path: string): BranchSettings {
  const result = branches.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  branches.${issue.path.join(".")} ${issue.message}`);
  throw new UserError([`the setting branches in ${path} is wrong:`, ...mistakes].join("\n"));
}

/** Name of the stack of a branch environment. */
export function stackOf({ name, settings }: BaseStack, environment: string): string {
  return stackNameOf(settings.stackName, name, environment);
}
