import * as z from "zod";

// A plan is kept with its run, and read again after a restart: its types come from what it is checked by then.

/**
 * A variable that the YAML sets, whose value may hold macros (`$(name)`) and be a runtime expression (`$[ … ]`), or a
 * variable group, which stands for its variables. The last of a name counts.
 */
const variableForm = z.union([
  z.strictObject({ name: z.string(), value: z.string() }),
  z.strictObject({ group: z.string() }),
]);

/** Where something is in the YAML. Lines count from 1. */
const place = { file: z.string(), line: z.int() };

/** A container resource. Its texts may hold macros: the agent expands them before the job starts. */
const containerForm = z.strictObject({
  ...place,
  image: z.string(),
  /** Name of the service connection that it is pulled through. */
  endpoint: z.string().optional(),
  env: z.record(z.string(), z.string()),
});

/** What a step may tell the agent: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/target */
const restrictionsForm = z.strictObject({
  commands: z.enum(["any", "restricted"]),
  /** Names of the variables that it may set; undefined for all. */
  settableVariables: z.array(z.string()).optional(),
});

const stepBase = {
  ...place,
  /** By which other steps refer to its output variables. */
  name: z.string().optional(),
  displayName: z.string(),
  condition: z.string().optional(),
  continueOnError: z.boolean(),
  env: z.record(z.string(), z.string()),
  /** undefined for no limit of its own. */
  timeoutInMinutes: z.number().optional(),
  restrictions: restrictionsForm.optional(),
};

const stepForm = z.discriminatedUnion("kind", [
  /** A clone of the repository, or none. */
  z.strictObject({
    ...stepBase,
    kind: z.literal("checkout"),
    repository: z.enum(["self", "none"]),
    /** How many commits of the history; 0 for all. */
    fetchDepth: z.int(),
    fetchTags: z.boolean(),
    /** Whether steps find the run's token in the clone's settings. */
    persistCredentials: z.boolean(),
  }),
  /** `task:`, and a shortcut for one: `script:`, `bash:`. */
  z.strictObject({ ...stepBase, kind: z.literal("task"), task: z.string(), inputs: z.record(z.string(), z.string()) }),
]);

/** What waits for others before it begins: a stage, or a job. */
const waiting = {
  ...place,
  name: z.string(),
  displayName: z.string(),
  /** Names of stages, or of jobs of the same stage. */
  dependsOn: z.array(z.string()),
  /** A runtime condition; undefined for `succeeded()`. */
  condition: z.string().optional(),
  variables: z.array(variableForm),
};

const jobForm = z.strictObject({
  ...waiting,
  /** Whether the run only has issues where the job fails; false unless it says so. */
  continueOnError: z.boolean().optional(),
  /** undefined for no limit of its own. */
  timeoutInMinutes: z.number().optional(),
  /** What its steps run in; undefined for the agent's own machine. */
  container: containerForm.optional(),
  steps: z.array(stepForm),
});

const stageForm = z.strictObject({
  ...waiting,
  jobs: z.array(jobForm),
});

/** What a pipeline's YAML comes to for one run: every template expression is evaluated, every template included. */
export const planForm = z.strictObject({
  /** The run number's format (`name:`); undefined for Azure Pipelines' own, `$(Date:yyyyMMdd).$(Rev:r)`. */
  runName: z.string().optional(),
  /** Variables of the whole pipeline, in the order in which they override each other. */
  variables: z.array(variableForm),
  /** Names of the variable groups of all of it. A run of a version before has none. */
  groups: z.array(z.string()).default([]),
  stages: z.array(stageForm),
});

export type Plan = z.output<typeof planForm>;
export type PlanStage = z.output<typeof stageForm>;
export type PlanJob = z.output<typeof jobForm>;
export type StepRestrictions = z.output<typeof restrictionsForm>;
export type PlanStep = z.output<typeof stepForm>;
export type PlanContainer = z.output<typeof containerForm>;
export type PlanVariable = z.output<typeof variableForm>;

/** The variable groups of the pipeline, its stages and its jobs, each once. */
export function groupsIn(variables: PlanVariable[], stages: PlanStage[]): string[] {
  const below = stages.flatMap((stage) => [stage.variables, ...stage.jobs.map((job) => job.variables)]);
  const groups = [variables, ...below].flat().flatMap((variable) => ("group" in variable ? variable.group : []));
  return [...new Set(groups)];
}
