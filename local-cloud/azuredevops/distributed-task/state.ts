import { z } from "zod";
import { sharedProjectForm } from "../common/project-sharing";

/** A variable of a group: with what else a client has sent, which is given back as it came. */
export const groupVariableForm = z.looseObject({
  value: z.string().nullish(),
  isSecret: z.boolean().nullish(),
});

export const variableGroupForm = z.strictObject({
  id: z.int(),
  type: z.string(),
  variables: z.record(z.string(), groupVariableForm),
  providerData: z.record(z.string(), z.unknown()).nullable(),
  createdOn: z.string(),
  modifiedOn: z.string(),
  projects: z.array(sharedProjectForm),
});

export type VariableGroup = z.output<typeof variableGroupForm>;
