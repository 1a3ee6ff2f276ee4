import { type CheckTask, compilePipeline, PipelineError } from "../../../local-cloud/pipelines/compile";
import type { Plan, PlanJob, PlanStep } from "../../../local-cloud/pipelines/plan";

export interface Repository {
  /** Files beside the pipeline's, by their paths. */
  files?: Record<string, string>;
  parameters?: Record<string, string>;
  variables?: Record<string, string>;
  checkTask?: CheckTask;
}

/** Compiles the pipeline `ci.yml`. */
export function compile(yaml: string, repository: Repository = {}): Plan {
  const { files = {}, parameters = {}, variables = {}, checkTask = () => [] } = repository;
  const all: Record<string, string> = { ...files, "ci.yml": yaml };
  return compilePipeline({ path: "ci.yml", readFile: (path) => all[path], parameters, variables, checkTask });
}

/** What is wrong with the pipeline `ci.yml`. */
export function problemsOf(yaml: string, repository: Repository = {}): readonly string[] {
  try {
    compile(yaml, repository);
  } catch (error) {
    if (error instanceof PipelineError) return error.problems;
    throw error;
  }
  return [];
}

export function jobsOf(plan: Plan): PlanJob[] {
  return plan.stages.flatMap(({ jobs }) => jobs);
}

/** The steps of the jobs, without those that get the repository's files. */
export function stepsOf(plan: Plan): PlanStep[] {
  return jobsOf(plan).flatMap(({ steps }) => steps.filter(({ kind }) => kind !== "checkout"));
}

/** What the steps run. */
export function scriptsOf(plan: Plan): string[] {
  return stepsOf(plan).map((step) => (step.kind === "task" ? (step.inputs.script ?? step.kind) : step.kind));
}
