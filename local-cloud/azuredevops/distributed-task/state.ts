import * as z from "zod";
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

/** An agent pool: it belongs to the organization. */
export const agentPoolForm = z.strictObject({
  id: z.int(),
  name: z.string(),
  poolType: z.enum(["automation", "deployment"]),
  /** Whether its agents are Microsoft's. */
  isHosted: z.boolean(),
  /** Whether a new project gets a queue of it. */
  autoProvision: z.boolean(),
  autoUpdate: z.boolean(),
  createdOn: z.string(),
});

export type AgentPool = z.output<typeof agentPoolForm>;

/** An agent queue: what makes a pool a project's. */
export const agentQueueForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  poolId: z.int(),
  name: z.string(),
});

export type AgentQueue = z.output<typeof agentQueueForm>;

/** What a deployment job deploys to. */
export const environmentForm = z.strictObject({
  id: z.int(),
  projectId: z.string(),
  name: z.string(),
  description: z.string(),
  createdOn: z.string(),
  lastModifiedOn: z.string(),
});

export type Environment = z.output<typeof environmentForm>;
