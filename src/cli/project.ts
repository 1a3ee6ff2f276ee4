import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import * as z from "zod";
import { UserError } from "../common/errors";
import { readText } from "../common/files";
import { gitRoot, pathFromRoot, type Repository, repositoryOf } from "../common/repository";

/**
 * The project folder, where `Pulumi.yaml` is: the folder where the person stands, the nearest one above it in the
 * repository, or else the only one below the repository's root.
 *
 * @throws UserError if there is none, or several
 */
export function projectFolder(from = process.cwd()): string {
  const [folder, ...others] = projectFolders(from);
  if (folder === undefined) {
    throw new UserError(
      `there is no Pulumi.yaml in ${from} or in a folder above it. Run the command in the folder where Pulumi.yaml is, or below it.`,
    );
  }
  if (others.length === 0) return folder;
  const names = [folder, ...others].map((each) => basename(each));
  throw new UserError(
    `there is no Pulumi.yaml in ${from} or above it, and several folders of the repository have one: ${names.join(", ")}. Run the command in one of them.`,
  );
}

/** The project folder; all that it could be if there is none where the person stands or above. */
export function projectFolders(from: string): string[] {
  for (let at = from; ; at = dirname(at)) {
    if (hasProject(at)) return [at];
    if (at === dirname(at) || existsSync(join(at, ".git"))) break;
  }
  const root = gitRoot(from);
  if (root === undefined) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => join(root, name))
    .filter(hasProject);
}

function hasProject(folder: string): boolean {
  return existsSync(join(folder, "Pulumi.yaml"));
}

/**
 * The repository in which the person stands. In a pipeline's run it is where its sources are; without Git, the project
 * folder.
 */
export function checkedOut(env: NodeJS.ProcessEnv = process.env, from = process.cwd()): Repository {
  const sources = env.BUILD_SOURCESDIRECTORY;
  if (sources && !pathFromRoot({ root: sources, folder: from }, "").startsWith("..")) {
    return { root: sources, folder: from };
  }
  const [project] = gitRoot(from) === undefined ? projectFolders(from) : [];
  return { ...repositoryOf(from), ...(project !== undefined && { root: project }) };
}

/** What `Pulumi.yaml` says of a project, as far as commands need it: https://www.pulumi.com/docs/iac/concepts/projects/project-file/ */
export interface Project {
  name: string;
  /** Where the program is, from the project folder: a folder, or a file. Default: the project folder. */
  main?: string;
  /** Folder of the stacks' settings, from the project folder. Default: the project folder. */
  stackConfigDir?: string;
  /** Declared defaults of the program's own settings, by their names. */
  defaults: Record<string, unknown>;
}

const projectFile = z.looseObject({
  name: z.string(),
  main: z.string().optional(),
  stackConfigDir: z.string().optional(),
  config: z.record(z.string(), z.unknown()).default({}),
});

const declaration = z.looseObject({ default: z.unknown() });

/** @throws UserError if it is no project's */
export function readProject(folder: string): Project {
  const path = join(folder, "Pulumi.yaml");
  try {
    const { name, main, stackConfigDir, config } = projectFile.parse(parse(readText(path) ?? ""));
    const defaults = Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
      const declared = declaration.safeParse(value);
      if (!declared.success || declared.data.default === undefined) return [];
      return [[key.startsWith(`${name}:`) ? key.slice(name.length + 1) : key, declared.data.default]];
    });
    return { name, main, stackConfigDir, defaults: Object.fromEntries(defaults) };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason =
      error instanceof YAMLParseError
        ? error.message
        : "it needs a text `name`, and texts for `main` and `stackConfigDir`";
    throw new UserError(`${path} is not a Pulumi project's: ${reason.trimEnd()}\nCorrect it.`);
  }
}

/** The folder of the stacks' settings, `Pulumi.<stack>.yaml`. */
export function stacksFolder(folder: string, { stackConfigDir = "" }: Project): string {
  return join(folder, stackConfigDir);
}

/** The names of the stacks whose settings are there, in alphabetical order. */
export function stackNames(folder: string, project: Project): string[] {
  const stacks = stacksFolder(folder, project);
  const files = existsSync(stacks) ? readdirSync(stacks) : [];
  return files.flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []).sort();
}
