import type { Build, TimelineRecord } from "../azuredevops/builds/state";
import type { PlanJob } from "../pipelines/plan";
import { stateWord } from "./words";

/** A run's stages, in their order. */
export function stagesOf(build: Build): TimelineRecord[] {
  return inOrder(build.records.filter(({ type }) => type === "Stage"));
}

/** A stage's jobs, in their order. Azure DevOps has a phase between the two. */
export function jobsOf({ records }: Build, stage: TimelineRecord): TimelineRecord[] {
  const phases = inOrder(records.filter(({ type, parentId }) => type === "Phase" && parentId === stage.id));
  return phases.flatMap((phase) => records.filter(({ type, parentId }) => type === "Job" && parentId === phase.id));
}

/** A job's steps, in their order. */
export function stepsOf({ records }: Build, job: TimelineRecord): TimelineRecord[] {
  return inOrder(records.filter(({ type, parentId }) => type === "Task" && parentId === job.id));
}

/** All steps of a run, in the order in which its page lists them. */
export function allSteps(build: Build): TimelineRecord[] {
  return stagesOf(build).flatMap((stage) => jobsOf(build, stage).flatMap((job) => stepsOf(build, job)));
}

/** What the pipeline's YAML says about a job. */
export function plannedJob({ plan }: Build, stage: TimelineRecord, job: TimelineRecord): PlanJob | undefined {
  return plan.stages.find(({ name }) => name === stage.identifier)?.jobs.find(({ name }) => name === job.identifier);
}

/** How far a run is, in a sentence: what is read out when it changes. */
export function progressOf(build: Build): string {
  if (build.status === "notStarted") return "It waits for the agent, which works on one run at a time.";
  const steps = allSteps(build);
  const done = steps.filter(({ state }) => state === "completed").length;
  if (build.status === "completed") {
    const failed = steps.filter(({ result }) => result === "failed").map(({ name }) => name);
    return failed.length > 0 ? `The run is over. Failed: ${failed.join(", ")}.` : "The run is over.";
  }
  const current = steps.find(({ state }) => state === "inProgress");
  const progress = `${done} of ${steps.length} steps done`;
  return current ? `${stateWord(current)}: ${current.name}. ${progress}.` : `${progress}.`;
}

function inOrder(records: TimelineRecord[]): TimelineRecord[] {
  return records.sort((a, b) => a.order - b.order);
}
