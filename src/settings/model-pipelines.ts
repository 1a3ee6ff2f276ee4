import { normalize } from "node:path/posix";
import { definitionNameOf, type ModelPipelineSettings, roleOf } from "../rules/model-pipelines";
import { pipelineNameRule } from "../rules/names";
import type { ReadFile } from "./read-file";
import type { Settings } from "./stack-settings";

/** What is wrong with a setting, and which one it is. */
interface Problem {
  setting: string;
  problem: string;
}

/** Where a model pipeline is set, by its place in the list. */
export function settingOf({ kind }: Pick<ModelPipelineSettings, "kind">, index: number): string {
  return kind === "only" ? "modelPipeline" : `modelPipelines.${index}.path`;
}

/**
 * What is wrong with the model pipelines: a file that is not there, one that is there twice, and definitions that would
 * have one name.
 */
export function modelPipelineProblems(settings: Settings, readFile: ReadFile): Problem[] {
  const { modelPipelines, imageBuildPipeline } = settings;
  const problems: Problem[] = [];
  const paths = new Map<string, number>();
  const names = definitionsOf(settings);
  for (const [index, pipeline] of modelPipelines.entries()) {
    const setting = settingOf(pipeline, index);
    const say = (problem: string) => problems.push({ setting, problem: `${JSON.stringify(pipeline.path)} ${problem}` });
    const path = normalize(pipeline.path);
    const same = paths.get(path);
    if (same !== undefined) say(`is the path of modelPipelines.${same} as well: remove one of them`);
    else if (path === normalize(imageBuildPipeline))
      say("is the image-build pipeline: name one whose jobs run in the image");
    else if (readFile(pipeline.path) === undefined) {
      say(
        "does not exist in what is checked out: correct the path, which is from the repository root, or add the file",
      );
    }
    paths.set(path, paths.get(path) ?? index);
    const problem = nameProblem(settings, pipeline, names);
    if (problem !== undefined) say(problem);
  }
  return problems;
}

/** Definitions by what may be there once: folder and name, without regard to case. */
type Names = Map<string, string[]>;

function nameProblem(settings: Settings, pipeline: ModelPipelineSettings, names: Names): string | undefined {
  if (pipeline.adopt !== undefined && settings.environment.kind === "base") return undefined;
  const name = nameOf(settings, pipeline);
  if (pipeline.name === undefined && !pipelineNameRule.pattern.test(name)) {
    return `makes the definition's name ${JSON.stringify(name)}, and a name is ${pipelineNameRule.text}: set its name`;
  }
  const [first, ...others] = (names.get(keyOf(folderOf(settings, pipeline), name)) ?? []).filter(
    (path) => path !== pipeline.path,
  );
  if (first === undefined) return undefined;
  return `and ${[first, ...others].join(", ")} make definitions of the same name, ${JSON.stringify(name)}: set its name`;
}

function definitionsOf(settings: Settings): Names {
  const { modelPipelines, imageBuildPipeline, pipelineFolder, environment } = settings;
  const names: Names = new Map();
  const add = (folder: string, name: string, path: string) => {
    const key = keyOf(folder, name);
    names.set(key, [...(names.get(key) ?? []), path]);
  };
  add(pipelineFolder, definitionNameOf(imageNameOf(settings), "image-build"), imageBuildPipeline);
  const infrastructure = environment.kind === "base" ? environment.infrastructurePipeline : undefined;
  if (infrastructure) {
    add(pipelineFolder, definitionNameOf(imageNameOf(settings), "infrastructure"), infrastructure.path);
  }
  for (const pipeline of modelPipelines) {
    if (pipeline.adopt !== undefined && environment.kind === "base") continue;
    add(folderOf(settings, pipeline), nameOf(settings, pipeline), pipeline.path);
  }
  return names;
}

/** In the environment of a branch the image is the base's, and every name has the environment's behind it. */
function imageNameOf({ environment }: Settings): string {
  return environment.kind === "base" ? environment.imageName : "";
}

function nameOf(settings: Settings, pipeline: ModelPipelineSettings): string {
  return pipeline.name ?? definitionNameOf(imageNameOf(settings), roleOf(pipeline));
}

function folderOf({ pipelineFolder }: Settings, { folder = pipelineFolder }: ModelPipelineSettings): string {
  return folder;
}

function keyOf(folder: string, name: string): string {
  return `${folder}\\${name}`.toLowerCase();
}
