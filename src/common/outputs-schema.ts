import { z } from "zod";
import type { LeftOutputs, StackOutputs } from "./outputs";

const connection = z.object({ id: z.string(), name: z.string() });
const pipeline = z.object({ id: z.string(), name: z.string(), url: z.string() });

const azureMlEnvironment = z.object({
  ...{ name: z.string(), version: z.string(), workspace: z.string(), resourceGroup: z.string() },
});

/** By this what a stack has put out is read. */
export const stackOutputs = z.object({
  registry: z.object({
    ...{ name: z.string(), loginServer: z.string(), id: z.string() },
    owned: z.literal(true).optional(),
  }),
  resourceGroup: z.string().optional(),
  image: z.object({ repository: z.string(), digest: z.string(), reference: z.string(), tags: z.array(z.string()) }),
  serviceConnection: connection,
  pushConnection: connection.optional(),
  imageBuildPipeline: pipeline,
  modelPipelines: z.array(pipeline.extend({ path: z.string(), adopted: z.literal(true).optional() })),
  infrastructurePipeline: pipeline.optional(),
  azureMlEnvironment: azureMlEnvironment.optional(),
}) satisfies z.ZodType<StackOutputs>;

const { shape } = stackOutputs;

/** By this it is read where an operation may have failed on the way. */
export const leftOutputs = z
  .object({
    registry: shape.registry.partial(),
    resourceGroup: z.string(),
    image: shape.image.partial(),
    ...{ serviceConnection: connection.partial(), pushConnection: connection.partial() },
    ...{ imageBuildPipeline: pipeline.partial(), infrastructurePipeline: pipeline.partial() },
    azureMlEnvironment: azureMlEnvironment.partial(),
    modelPipelines: z.array(shape.modelPipelines.element.partial().required({ path: true })),
  })
  .partial() satisfies z.ZodType<LeftOutputs>;

/** The outputs that keep some from being a stack's outputs, by name. */
export function missingOutputs(error: z.ZodError<unknown>): string[] {
  return [...new Set(error.issues.map(({ path }) => String(path[0])))];
}
