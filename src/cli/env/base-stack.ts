import { join, relative } from "node:path";
import * as z from "zod";
import { UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { organizationStackNameRule } from "../../rules/names";
import { joinStackName, splitStackName } from "../../rules/stack-names";
import { organizationUrlOf } from "../../settings/organization-url";
import { branches, settingsSchema, stackNameOf } from "../../settings/schema";
import { defaultError } from "../../settings/values";
import { readProject, stacksFolder } from "../project";
import { readStackFile, type StackFile } from "../stack-file";

/** How branch environments are made: the setting `branches`. */
export type BranchSettings = z.output<typeof branches>;

/** The base environment's stack, as its settings have it. */
export interface BaseStack {
  /** As Pulumi's commands take it: with its organization where it is not the login's default. */
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

const needed = settingsSchema.pick({ project: true, repository: true });

/**
 * Reads the settings of the base environment's stack.
 *
 * @param root the project folder
 * @param named the base that was asked for. Default: the setting `branches.base`
 * @throws UserError if the stack has no settings, or they do not say which repository it is about
 */
export function readBaseStack(root: string, named: string | undefined, env: NodeJS.ProcessEnv): BaseStack {
  const project = readProject(root);
  const namespace = project.name;
  const declared = recordOf(project.defaults.branches);
  const name = named ?? readBranchSettings(declared, "Pulumi.yaml").base;

  if (!organizationStackNameRule.pattern.test(name)) {
    throw new UserError(
      `the base environment's stack ${JSON.stringify(name)} (--base, JOB_CONTAINER_BASE_STACK) must be ${organizationStackNameRule.text}`,
    );
  }
  const file = join(stacksFolder(root, project), `Pulumi.${splitStackName(name).stack}.yaml`);
  const path = relative(root, file);
  const text = readText(file);
  if (text === undefined) {
    throw new UserError(
      `there is no ${path}: the base environment's stack is ${JSON.stringify(name)}, ` +
        `${named === undefined ? `as the setting branches.base in Pulumi.yaml says` : "as --base says"}. Name another one.`,
    );
  }
  const content = readStackFile(path, text);
  const { config } = content;
  const setting = (key: string) => config[`${namespace}:${key}`];
  const settings = readBranchSettings({ ...declared, ...recordOf(setting("branches")), base: name }, path);

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
  return { name, settings, namespace, file: content, organizationUrl: url, ...found.data };
}

/** What is no mapping is as good as nothing here: the program's own check says so. */
function recordOf(value: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
}

function readBranchSettings(value: unknown, path: string): BranchSettings {
  const result = branches.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  branches.${issue.path.join(".")} ${issue.message}`);
  throw new UserError([`the setting branches in ${path} is wrong:`, ...mistakes].join("\n"));
}

/** Name of the stack of a branch environment: in the base's organization. */
export function stackOf({ name, settings }: BaseStack, environment: string): string {
  const { organization, stack } = splitStackName(name);
  return joinStackName(organization, stackNameOf(settings.stackName, stack, environment));
}
