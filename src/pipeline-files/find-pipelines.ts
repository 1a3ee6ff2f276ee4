import { resolve } from "node:path";
import { isScalar, isSeq, type ParsedNode } from "yaml";
import { messageOf, UserError } from "../common/errors";
import { entryOf, isExpression, isMapping, type Mapping, readPipelineFile, textOf } from "./pipeline-file";
import { type Pipeline, readPipeline } from "./read-pipeline";

/** What a YAML file is. */
export type FoundFile =
  | { kind: "pipeline"; path: string; pipeline: Pipeline }
  /** No pipeline, or a template of one, with the reason. */
  | { kind: "other"; path: string; reason: string }
  /** A pipeline that cannot be read, with the reason. */
  | { kind: "broken"; path: string; reason: string };

/**
 * Tells the pipelines among files. One is a pipeline that has what only pipelines have, and that no other of them includes.
 *
 * @param paths from the working directory, or absolute
 */
export function findPipelines(paths: string[]): FoundFile[] {
  const found = paths.map(findPipeline);
  const users = new Map<string, string>();
  for (const file of found) {
    if (file.kind !== "pipeline") continue;
    for (const template of file.pipeline.files.slice(1)) {
      const path = resolve(template.path);
      if (!users.has(path)) users.set(path, file.path);
    }
  }
  return found.map((file) => {
    const user = users.get(resolve(file.path));
    return user === undefined ? file : { kind: "other", path: file.path, reason: `it is a template of ${user}` };
  });
}

/** A file that is to be a pipeline: it is not asked whether it looks like one. */
export function readAsPipeline(path: string): FoundFile {
  try {
    const pipeline = readPipeline(path);
    if (pipeline === undefined) throw new UserError(`${path} does not exist: name a pipeline's file`);
    return { kind: "pipeline", path, pipeline };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "broken", path, reason: error.message };
  }
}

function findPipeline(path: string): FoundFile {
  try {
    const file = readPipelineFile(path);
    const reason = file === undefined ? "it is gone" : whyNone(file.root);
    return reason === undefined ? readAsPipeline(path) : { kind: "other", path, reason };
  } catch (error) {
    return { kind: "other", path, reason: messageOf(error) };
  }
}

/**
 * What a pipeline is made of, each a list of mappings, and how those begin:
 * https://learn.microsoft.com/azure/devops/pipelines/yaml-schema. Other services have lists of these names as well, of
 * texts (GitLab's stages) or of mappings with other keys (the steps of Google's Cloud Build, Buildkite and Drone).
 */
const bodies: Record<string, string[]> = {
  stages: ["stage", "template"],
  jobs: ["job", "deployment", "template"],
  phases: ["phase", "template"],
  steps: [
    ...["script", "bash", "pwsh", "powershell", "task", "template", "checkout", "publish", "download", "upload"],
    ...["downloadBuild", "getPackage", "reviewApp"],
  ],
};

/** Keys that templates have not, mostly; what they have is parameters. */
const starts = ["trigger", "pr", "schedules", "pool", "resources"];

function whyNone(root: Mapping): string | undefined {
  const isBody = ([key, items]: [string, string[]]) => isListOf(entryOf(root, key)?.value, items);
  if (!Object.entries(bodies).some(isBody) && !isMapping(entryOf(root, "extends")?.value)) {
    return "it has no list of stages, jobs or steps, and extends nothing";
  }
  const has = (key: string) => entryOf(root, key) !== undefined;
  if (!has("parameters") || starts.some(has)) return undefined;
  return `it is a template: it has parameters, and none of ${starts.join(", ")}`;
}

function isListOf(value: ParsedNode | null | undefined, keys: string[]): boolean {
  if (!isSeq<ParsedNode>(value)) return false;
  return value.items.every((item) => {
    const first = isMapping(item) ? textOf(item.items[0]?.key) : undefined;
    const text = isScalar(item) ? textOf(item) : first;
    return text !== undefined && (isExpression(text) || (first !== undefined && keys.includes(first)));
  });
}
