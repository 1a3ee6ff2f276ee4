import { join } from "node:path";
import { isMap, isSeq, parseDocument } from "yaml";
import { UserError } from "../../common/errors";
import { readPipeline } from "../../pipeline-files/read-pipeline";
import type { RepositoryFile } from "./repository-files";

/** The pipelines of a repository. */
export interface FoundPipelines {
  /** Those that have a job in a container. */
  withContainer: string[];
  withoutContainer: string[];
}

/** Keys that only a pipeline has at its top: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/pipeline */
const starts = ["trigger", "pr", "schedules", "pool", "resources"];
const bodies = ["stages", "jobs", "steps", "extends"];

/**
 * Whether a file is a pipeline of Azure Pipelines. A template has no trigger and no pool of its own, mostly; GitHub's
 * workflows are elsewhere, and their jobs are no list.
 */
export function isPipeline({ path, text }: RepositoryFile): boolean {
  if (!/\.ya?ml$/.test(path) || path.startsWith(".github/")) return false;
  if (!bodies.some((key) => new RegExp(`^${key}\\s*:`, "m").test(text))) return false;
  const { contents, errors } = parseDocument(text);
  if (!isMap(contents) || errors.length > 0) return false;
  const hasBody = bodies.some((key) => isSeq(contents.get(key, true)) || (key === "extends" && contents.has(key)));
  return hasBody && starts.some((key) => contents.has(key));
}

/** Tells those apart whose jobs run in a container. One that cannot be read counts as without. */
export function findPipelines(root: string, paths: string[]): FoundPipelines {
  const found: FoundPipelines = { withContainer: [], withoutContainer: [] };
  for (const path of paths) (hasContainer(join(root, path)) ? found.withContainer : found.withoutContainer).push(path);
  return found;
}

function hasContainer(file: string): boolean {
  try {
    const pipeline = readPipeline(file);
    return pipeline !== undefined && (pipeline.users.size > 0 || pipeline.containers.some(({ alias }) => !alias));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
