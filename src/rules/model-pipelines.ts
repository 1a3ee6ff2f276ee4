import { basename, extname } from "node:path/posix";

/** One of the team's pipelines whose jobs run in the job container, as a stack's settings have it. */
export interface ModelPipelineSettings {
  /** Whether it is the setting `modelPipeline`, or one of `modelPipelines`. */
  kind: "only" | "listed";
  /** Path of its YAML file, from the repository root. */
  path: string;
  /** Name of its definition. */
  name?: string;
  /** Folder of its definition. */
  folder?: string;
  /** A definition that exists and is taken up: its id, or its path (`\folder\name`). */
  adopt?: number | string;
}

/** What names a pipeline's definition behind the image, unless it has a name of its own. */
export function roleOf({ kind, path }: Pick<ModelPipelineSettings, "kind" | "path">): string {
  return kind === "only" ? "model" : basename(path, extname(path));
}

/**
 * What tells a pipeline's resources from those of the others: its path, so that the list's order does not matter. The
 * only one has no path in it, for a stack of one pipeline was made so.
 */
export function keyOf({ kind, path }: Pick<ModelPipelineSettings, "kind" | "path">): string {
  return kind === "only" ? "model" : `model-${path}`;
}

/**
 * The key that a pipeline had before it moved from one of the two settings to the other.
 *
 * @param onlyPath path of the pipeline that was the stack's only one when it was last updated
 */
export function formerKeyOf(
  pipeline: Pick<ModelPipelineSettings, "kind" | "path">,
  onlyPath: string | undefined,
): string | undefined {
  if (pipeline.kind === "only") return keyOf({ kind: "listed", path: pipeline.path });
  return pipeline.path === onlyPath ? keyOf({ kind: "only", path: pipeline.path }) : undefined;
}

/** The name of a base environment's definition. */
export function definitionNameOf(imageName: string, role: string): string {
  return `${imageName.replaceAll("/", "-")}-${role}`;
}
