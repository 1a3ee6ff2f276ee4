import { readFileSync } from "node:fs";
import { join } from "node:path";
import { join as joinPath } from "node:path/posix";
import { ownPackage } from "../../common/package-root";
import type { Choices } from "./choose";
import type { Found } from "./look";
import type { PackageManager } from "./package-manager";
import { imageName, type Names, stackFile } from "./stack-file";
import { triggerPaths } from "./trigger-paths";

/** A file that init writes. */
export interface NewFile {
  /** From the repository root. */
  path: string;
  text: string;
  /** Whether a newer version may change it: what is the team's from the first day is not. */
  isTemplate: boolean;
}

/** The names of what is written to a folder of the repository. */
export function namesIn(folder: string, found: Found): Names {
  const project = imageName(found.name);
  return {
    project,
    variableGroup: `${project}-deploy`,
    previewVariableGroup: `${project}-preview`,
    imageBuildPipeline: joinPath(folder, "image-build.yml"),
    infrastructurePipeline: joinPath(folder, "infrastructure.yml"),
  };
}

/** The pipeline that is written where there is none. */
export function newPipelineIn(folder: string): string {
  return joinPath(folder, "model.yml");
}

/**
 * The files of a project in a folder of the repository.
 *
 * @param folder from the repository root
 */
export function render(found: Found, choices: Choices, folder: string, packageManager: PackageManager): NewFile[] {
  const { root, version, peers } = ownPackage();
  const names = namesIn(folder, found);
  const { include, exclude } = triggerPaths(choices);
  const values: Record<string, string> = {
    project: names.project,
    repository: found.name,
    group: names.variableGroup,
    previewGroup: names.previewVariableGroup,
    branch: flowList([found.defaultBranch]),
    deployed: shellWord(found.defaultBranch),
    include: flowList(include),
    exclude: flowList(exclude),
    folder: isPlain(folder) ? folder : JSON.stringify(folder),
    install: packageManager.light,
    installAll: packageManager.frozen,
  };
  const packaged = (path: string) => readFileSync(join(root, path), "utf8");
  const filled = (name: string) => {
    const text = fill(packaged(`templates/${name}`), values);
    return folder === "." ? text.replace(/^ +workingDirectory: \.\n/gm, "") : text;
  };
  const own = (name: string, text: string, isTemplate = true): NewFile => ({
    path: joinPath(folder, name),
    text,
    isTemplate,
  });
  const manifest = { private: true, dependencies: { "job-container": version }, devDependencies: peers };
  return [
    own("Pulumi.yaml", filled("Pulumi.yaml")),
    own("Pulumi.dev.yaml", stackFile(found, choices, names), false),
    own("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`),
    own("index.ts", filled("index.ts")),
    own("image-build.yml", filled("image-build.yml")),
    own("infrastructure.yml", filled("infrastructure.yml")),
    own(".gitignore", filled("gitignore")),
    ...(choices.modelPipelines.isNew
      ? [{ path: newPipelineIn(folder), text: packaged("pipelines/model-ci.yml"), isTemplate: false }]
      : []),
    ...(choices.dockerfile.isNew
      ? [{ path: choices.dockerfile.path, text: packaged("docker/Dockerfile"), isTemplate: false }]
      : []),
    ...(choices.conda.isNew && choices.conda.ci !== undefined
      ? [{ path: choices.conda.ci, text: packaged("docker/ci_dependencies.yml"), isTemplate: false }]
      : []),
  ];
}

/**
 * Puts values in the place of `{{name}}`.
 *
 * @throws Error if a template asks for a value that there is not
 */
export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a template asks for ${name}`);
    return value;
  });
}

/** A list in YAML, in one line. */
function flowList(texts: string[]): string {
  return `[${texts.map((text) => (isPlain(text) ? text : JSON.stringify(text))).join(", ")}]`;
}

/** A word in a shell's script. */
function shellWord(text: string): string {
  return isPlain(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether a text means itself in YAML and in a shell. Numbers and the words for yes and no do not. */
function isPlain(text: string): boolean {
  return /^[a-z_./][\w./-]*$/i.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null|\.(?:inf|nan))$/i.test(text);
}
