import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const connection = z.object({ id: z.string(), name: z.string() });

/** `id` is the definition's number. */
const pipeline = z.object({ id: z.string(), name: z.string(), url: z.string() });

/** `path` is that of its YAML file, from the repository root. */
const modelPipeline = pipeline.extend({
  path: z.string(),
  /** There where the definition is not this stack's own. */
  adopted: z.literal(true).optional(),
});

/** The outputs of a stack of this program, as `pulumi stack output --json` prints them. */
export const stackOutputs = z.object({
  registry: z.object({ name: z.string(), loginServer: z.string(), id: z.string() }),
  image: z.object({ repository: z.string(), digest: z.string(), reference: z.string(), tags: z.array(z.string()) }),
  serviceConnection: connection,
  /** The connection that pushes. Absent where both pipelines share one. */
  pushConnection: connection.optional(),
  imageBuildPipeline: pipeline,
  modelPipelines: z.array(modelPipeline),
  /** Absent where the settings ask for none, and in the environment of a branch. */
  infrastructurePipeline: pipeline.optional(),
});
export type StackOutputs = z.output<typeof stackOutputs>;

/** The same while the program runs: every part of it may come later. */
export type ProgramOutputs = Later<StackOutputs>;

type Later<T> = T extends string | boolean | string[] | undefined
  ? pulumi.Input<T>
  : { [Key in keyof T]: Later<T[Key]> };

/** The outputs that keep some from being a stack's outputs, by name. */
export function missingOutputs(error: z.ZodError<unknown>): string[] {
  return [...new Set(error.issues.map(({ path }) => String(path[0])))];
}
