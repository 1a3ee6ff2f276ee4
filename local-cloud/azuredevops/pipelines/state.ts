import { z } from "zod";

/** Leave for one pipeline, or for every pipeline of the project, to use a protected resource. */
export const pipelinePermissionForm = z.strictObject({
  projectId: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  pipelineId: z.union([z.int(), z.literal("all")]),
  authorizedOn: z.string(),
});

export type PipelinePermission = z.output<typeof pipelinePermissionForm>;
