import * as z from "zod";
import type { LeftOutputs, StackOutputs } from "./outputs";

const connection = z.object({ id: z.string(), name: z.string() });
const pipeline = z.object({ id: z.string(), name: z.string(), url: z.string() });

const azureMlEnvironment = z.object({
  ...{ name: z.string(), version: z.string(), workspace: z.string(), resourceGroup: z.string() },
});

/** What may be absent. Programs in other languages put that out as null. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();

/** By this what a stack has put out is read. */
export const stackOutputs = z.object({
  registry: z.object({
    ...{ name: z.string(), loginServer: z.string(), id: z.string() },
    owned: optional(z.literal(true)),
  }),
  resourceGroup: optional(z.string()),
  image: z.object({ repository: z.string(), digest: z.string(), reference: z.string(), tags: z.array(z.string()) }),
  serviceConnection: connection,
  pushConnection: optional(connection),
  imageBuildPipeline: pipeline,
  modelPipelines: z.array(pipeline.extend({ path: z.string(), adopted: optional(z.literal(true)) })),
  infrastructurePipeline: optional(pipeline),
  azureMlEnvironment: optional(azureMlEnvironment),
}) satisfies z.ZodType<StackOutputs>;

const { shape } = stackOutputs;

/** By this it is read where an operation may have failed on the way. */
export const leftOutputs = z
  .object({
    registry: shape.registry.partial(),
    resourceGroup: shape.resourceGroup,
    image: shape.image.partial(),
    ...{ serviceConnection: connection.partial(), pushConnection: optional(connection.partial()) },
    ...{ imageBuildPipeline: pipeline.partial(), infrastructurePipeline: optional(pipeline.partial()) },
    azureMlEnvironment: optional(azureMlEnvironment.partial()),
    modelPipelines: z.array(shape.modelPipelines.element.partial().required({ path: true })),
  })
  .partial() satisfies z.ZodType<LeftOutputs>;

/** The outputs that keep some from being a stack's outputs, by name. */
export function missingOutputs(error: z.ZodError<unknown>): string[] {
  return [...new Set(error.issues.map(({ path }) => String(path[0])))];
}
