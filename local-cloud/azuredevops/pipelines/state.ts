import * as z from "zod";

/** What a pipeline needs leave to use, or whose checks its run has to pass, in a project. */
export interface ProtectedResource {
  projectId: string;
  resourceType: string;
  resourceId: string;
}

export function isSameResource(one: ProtectedResource, other: ProtectedResource): boolean {
  return (
    one.projectId === other.projectId && one.resourceType === other.resourceType && one.resourceId === other.resourceId
  );
}

/** Leave for one pipeline, or for every pipeline of the project, to use a protected resource. */
export const pipelinePermissionForm = z.strictObject({
  projectId: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  pipelineId: z.union([z.int(), z.literal("all")]),
  authorizedOn: z.string(),
});

export type PipelinePermission = z.output<typeof pipelinePermissionForm>;

/** A branch control check on a protected resource: the only kind of check that is kept here. */
export const checkForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  /** Goes up with every change. */
  version: z.int(),
  settings: z.strictObject({
    displayName: z.string(),
    definitionRef: z.strictObject({ id: z.string(), name: z.string(), version: z.string() }),
    inputs: z.strictObject({
      /** Separated by commas: `refs/heads/…`, in which `*` is for any characters. */
      allowedBranches: z.string(),
      /** Booleans are texts here, as the inputs of tasks are. */
      ensureProtectionOfBranch: z.enum(["true", "false"]),
      allowUnknownStatusBranch: z.enum(["true", "false"]).optional(),
    }),
  }),
  /** Minutes. */
  timeout: z.int(),
  createdOn: z.string(),
  modifiedOn: z.string(),
});

export type Check = z.output<typeof checkForm>;
