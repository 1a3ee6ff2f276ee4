import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { normalize } from "node:path/posix";
import { stringify } from "yaml";
import * as z from "zod";
import { readText } from "../../common/files";
import { repositoryOf } from "../../common/repository";
import { defaults } from "../../settings/defaults";
import { type Project, projectFolders, readProject, stackNames, stacksFolder } from "../project";
import { readStackFile } from "../stack-file";

/** What the settings of a stack say of its model pipelines, as far as it is read here. */
const listed = z.array(z.looseObject({ path: z.string() }));

/**
 * What to change in the settings of the stacks, so that pipelines get the image and the permission to use its connection.
 * A stack gives them to the pipelines in its settings and to no other.
 *
 * @param paths of pipelines that use the job container, from the repository root
 * @returns undefined if there are none
 */
export function settingsToChange(paths: string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const [folder, ...others] = projectFolders(process.cwd());
  if (folder === undefined || others.length > 0) return toAdd(paths);
  const project = readProject(folder);
  const stacks = stackNames(folder, project);
  if (stacks.length === 0) return toAdd(paths, project.name);
  const files = stacks.map((stack) => join(stacksFolder(folder, project), `Pulumi.${stack}.yaml`));
  return files.map((file) => ofStack(file, project, paths)).join("\n\n");
}

/** For a stack whose settings are not here. */
function toAdd(paths: string[], project = "job-container"): string {
  return [
    "A stack gives them the image by this setting, in Pulumi.<stack>.yaml below config, with the pipelines that it has already;",
    ...settingOf(
      project,
      paths.map((path) => ({ path })),
    ),
  ].join("\n");
}

function ofStack(file: string, { name, defaults: declared }: Project, paths: string[]): string {
  const shown = relative("", file);
  const { config } = readStackFile(shown, readText(file) ?? "");
  const list = listed.safeParse(config[`${name}:modelPipelines`]);
  const isList = list.success && list.data.length > 0;
  const only = config[`${name}:modelPipeline`] ?? declared.modelPipeline ?? existing(defaults.modelPipeline);
  const present = isList ? list.data : typeof only === "string" ? [{ path: only }] : [];
  const has = (path: string) => present.some((one) => normalize(one.path) === path);
  const missing = paths.filter((path) => !has(path));
  if (missing.length === 0) return `${shown} has ${paths.join(", ")} in its settings already.`;
  const instead = config[`${name}:modelPipeline`] === undefined ? "" : ` in place of ${name}:modelPipeline`;
  return [
    `${shown} has to name ${missing.join(", ")}, or the stack gives no image and no permission to use the connection.`,
    `Make it there, below config${instead};`,
    ...settingOf(name, [...present, ...missing.map((path) => ({ path }))]),
  ].join("\n");
}

/** The pipeline that is a stack's by default, if the repository has it. */
function existing(path: string): string | undefined {
  return existsSync(join(repositoryOf().root, path)) ? path : undefined;
}

function settingOf(project: string, list: { path: string }[]): string[] {
  const text = stringify({ [`${project}:modelPipelines`]: list });
  return [
    "a pipeline that has a definition already has it taken up with adopt: <its id>:",
    "",
    text.trimEnd().replace(/^/gm, "  "),
  ];
}
