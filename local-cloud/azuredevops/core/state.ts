import { randomUUID } from "node:crypto";
import * as z from "zod";

export const visibilities = ["private", "public"] as const;

/** How a project's pipelines are run, as far as it is emulated. */
export const pipelineSettingsForm = z.strictObject({
  /**
   * "Limit variables that can be set at queue time":
   * https://learn.microsoft.com/azure/devops/pipelines/security/inputs#limit-variables-that-can-be-set-at-queue-time
   */
  enforceSettableVar: z.boolean(),
  /**
   * "Disable implied YAML CI trigger": a file that says nothing about pushes is then started by none. Spelt as the
   * service does: https://learn.microsoft.com/rest/api/azure/devops/build/general-settings
   */
  disableImpliedYAMLCiTrigger: z.boolean(),
});

export const projectForm = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  visibility: z.enum(visibilities),
  /** The id of the process that it follows. */
  processId: z.string(),
  /** The services that are switched off in it. */
  disabledFeatures: z.array(z.string()),
  /** How often it was changed, its creation counted. */
  revision: z.int(),
  lastUpdateTime: z.string(),
  // A version before had one setting less.
  pipelineSettings: pipelineSettingsForm.extend({ disableImpliedYAMLCiTrigger: z.boolean().default(false) }),
});

export type Project = z.output<typeof projectForm>;

/** A project that has just been made. */
export function newProject(
  content: Pick<Project, "name" | "description" | "visibility" | "processId">,
  now = new Date(),
): Project {
  return {
    id: randomUUID(),
    ...content,
    disabledFeatures: [],
    revision: 1,
    lastUpdateTime: now.toISOString(),
    // What new organizations have.
    pipelineSettings: { enforceSettableVar: true, disableImpliedYAMLCiTrigger: false },
  };
}
