import { join, relative } from "node:path";
import * as z from "zod";
import { UsageError, UserError } from "../../../common/errors";
import { readText } from "../../../common/files";
import { defaultPlatform, type Platform, platforms } from "../../../common/platforms";
import type { Repository } from "../../../common/repository";
import { splitStackName } from "../../../rules/stack-names";
import { defaults } from "../../../settings/defaults";
import { projectFolder, projectFolders, readProject, stackNames, stacksFolder } from "../../project";
import { readStackFile } from "../../stack-file";

/** What a stack's settings say of the conda files. Paths are from the repository's root. */
export interface CondaSettings {
  ci: string;
  training: string[];
  scoring: string[];
  lockFolder?: string;
  condaChannel?: string;
  /** What the image is built for. */
  platforms: Platform[];
}

/** What the settings are called. */
export const settingOf = {
  ci: "condaFile",
  training: "trainingFiles",
  scoring: "scoringFiles",
  lockFolder: "lockFolder",
  condaChannel: "condaChannel",
  platforms: "platforms",
} as const;

const names = ["ci", "training", "scoring", "lockFolder", "condaChannel", "platforms"] as const;

/** Where no stack and no project says otherwise. */
const builtIn: CondaSettings = {
  ci: defaults.condaFile,
  training: [defaults.trainingFile],
  scoring: [defaults.scoringFile],
  platforms: [defaultPlatform],
};

const text = z.string().transform((value) => value || undefined);
const forms = z.object({
  ci: z.string(),
  training: z.array(z.string()),
  scoring: z.array(z.string()),
  lockFolder: text.optional(),
  condaChannel: text.optional(),
  platforms: z.array(z.enum(platforms)).min(1),
});

export interface CondaQuestion {
  /** Default: what the settings of all stacks agree on. */
  stack?: string;
  /** What need not be read. */
  given: Partial<CondaSettings>;
}

/**
 * Reads what the project's stacks say of the conda files, from their settings files: it takes no engine and no secret.
 *
 * @throws UsageError if the stacks say different things, or there is no such stack
 */
export function readCondaSettings({ folder: from }: Repository, { stack, given }: CondaQuestion): CondaSettings {
  const needed = names.filter((name) => given[name] === undefined);
  if (needed.length === 0 || (stack === undefined && projectFolders(from).length === 0)) return builtIn;
  const project = projectFolder(from);
  const stacks = [...readStacks(project, stack && splitStackName(stack).stack)];
  const [[first, settings] = ["", builtIn], ...others] = stacks;
  for (const [other, its] of others) {
    const different = needed.filter((name) => JSON.stringify(its[name]) !== JSON.stringify(settings[name]));
    if (different.length === 0) continue;
    throw new UsageError(
      `the stacks ${first} and ${other} have different settings for ${different.map((name) => settingOf[name]).join(", ")}: ` +
        `say which one is meant with --stack (${stacks.map(([name]) => name).join(", ")})`,
    );
  }
  return settings;
}

/** The settings by the stacks' names. Without any stack, those that the project declares are those of none. */
function readStacks(folder: string, only: string | undefined): Map<string, CondaSettings> {
  const project = readProject(folder);
  const stacks = stacksFolder(folder, project);
  const declared = valuesOf((setting) => project.defaults[setting]);
  const all = stackNames(folder, project);
  if (only !== undefined && !all.includes(only)) {
    throw new UsageError(
      `there is no ${relative("", join(stacks, `Pulumi.${only}.yaml`))}: --stack must be one of ${all.join(", ") || "none"}`,
    );
  }
  const read = (name: string): [string, CondaSettings] => {
    const path = join(stacks, `Pulumi.${name}.yaml`);
    const { config } = readStackFile(path, readText(path) ?? "");
    const own = valuesOf((setting) => config[`${project.name}:${setting}`]);
    return [name, checked({ ...builtIn, ...declared, ...own }, relative("", path))];
  };
  const chosen = only === undefined ? all : [only];
  if (chosen.length > 0) return new Map(chosen.map(read));
  return new Map([["", checked({ ...builtIn, ...declared }, relative("", join(folder, "Pulumi.yaml")))]]);
}

function valuesOf(find: (setting: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = find(settingOf[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws UserError for a value that no path can be, an encrypted one among them */
function checked(values: unknown, path: string): CondaSettings {
  const result = forms.safeParse(values);
  if (result.success) return result.data;
  const wrong = new Set(result.error.issues.map(({ path: [name] }) => names.find((each) => each === name)));
  const settings = [...wrong].flatMap((name) => (name === undefined ? [] : settingOf[name]));
  throw new UserError(
    `${path} cannot be read for ${settings.join(", ")}: set it to a path or a list of paths, as docs/settings.md says`,
  );
}
