import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSeq } from "yaml";
import { messageOf, UserError } from "../../common/errors";
import { entryOf, isMapping, type PipelineFile, readPipelineFile } from "../../pipeline-files/pipeline-file";
import { type Pipeline, readPipeline } from "../../pipeline-files/read-pipeline";

/** A file that the command was given, or that is in a folder that it was given. */
export type FoundFile =
  | { kind: "pipeline"; path: string; pipeline: Pipeline; isNamed: boolean }
  /** Not for this command, with the reason. */
  | { kind: "other"; path: string; reason: string }
  /** A pipeline that cannot be read, with the reason. */
  | { kind: "broken"; path: string; reason: string };

/** Folders of a repository in which nobody writes pipelines. */
const skipped = new Set([".git", "node_modules"]);

/**
 * The pipelines among files, and in folders with all that are below them. A file in a folder is a pipeline if it has what
 * only pipelines have, and no other of them includes it.
 *
 * @returns undefined for a path at which nothing is
 */
export function findFiles(path: string): FoundFile[] | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return [readNamed(path)];
  const found = yamlFiles(path).map(readListed);
  const included = new Map<string, string>();
  for (const file of found) {
    if (file.kind !== "pipeline") continue;
    for (const template of file.pipeline.files.slice(1)) {
      if (!included.has(template.path)) included.set(template.path, file.path);
    }
  }
  return found.map((file) => {
    const user = included.get(file.path);
    return user === undefined ? file : { kind: "other", path: file.path, reason: `it is a template of ${user}` };
  });
}

function readNamed(path: string): FoundFile {
  try {
    const pipeline = readPipeline(path);
    if (pipeline === undefined) throw new UserError(`${path} does not exist: name a pipeline's file`);
    return { kind: "pipeline", path, pipeline, isNamed: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: "broken", path, reason: error.message };
  }
}

function readListed(path: string): FoundFile {
  try {
    const file = readPipelineFile(path);
    if (file === undefined || !isPipeline(file)) {
      return { kind: "other", path, reason: "it has no list of stages, jobs or steps, and extends nothing" };
    }
  } catch (error) {
    return { kind: "other", path, reason: messageOf(error) };
  }
  const found = readNamed(path);
  return found.kind === "pipeline" ? { ...found, isNamed: false } : found;
}

/** GitHub's workflows have `jobs` as well, but as a mapping. */
function isPipeline({ root }: PipelineFile): boolean {
  const isList = (key: string) => isSeq(entryOf(root, key)?.value);
  return ["stages", "jobs", "phases", "steps"].some(isList) || isMapping(entryOf(root, "extends")?.value);
}

/** YAML files in a folder and below it, in alphabetical order. */
function yamlFiles(folder: string): string[] {
  const byName = (a: Dirent, b: Dirent) => (a.name < b.name ? -1 : 1);
  const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : yamlFiles(path);
    return /\.ya?ml$/i.test(entry.name) ? [path] : [];
  });
}
