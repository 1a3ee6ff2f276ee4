import * as z from "zod";

/** A pipeline's variable. */
const definitionVariableForm = z.strictObject({
  value: z.string().nullish(),
  isSecret: z.boolean().optional(),
  allowOverride: z.boolean().optional(),
});

export type DefinitionVariable = z.output<typeof definitionVariableForm>;

const properties = z.record(z.string(), z.unknown());

/** A pipeline: what the build API calls a definition. */
export const definitionForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  name: z.string(),
  /** "\" or "\folder\folder". */
  path: z.string(),
  revision: z.int(),
  createdDate: z.string(),
  queueStatus: z.enum(["enabled", "paused", "disabled"]),
  queueName: z.string(),
  repository: z.strictObject({
    id: z.string(),
    type: z.string(),
    name: z.string(),
    url: z.string(),
    defaultBranch: z.string(),
    properties: z.record(z.string(), z.string()),
  }),
  /** Two is a pipeline of a YAML file. */
  process: z.strictObject({ type: z.literal(2), yamlFilename: z.string() }),
  variables: z.record(z.string(), definitionVariableForm),
  variableGroupIds: z.array(z.int()),
  triggers: z.array(properties),
  /** Properties that the service keeps and gives back as they came. */
  settings: properties,
});

export type Definition = z.output<typeof definitionForm>;
