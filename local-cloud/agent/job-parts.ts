import { randomUUID } from "node:crypto";
import type { PlanJob, PlanStep } from "../pipelines/plan";
import type { RunPart } from "./run";
import { hasPostJob } from "./tasks";

/** A job's parts: what has a line of its own on the run's page. */
export interface JobParts {
  job: RunPart;
  initialize: RunPart;
  containers: RunPart | undefined;
  steps: StepPart[];
  /** What tasks do when all steps are over, the last step's first. */
  postJob: StepPart[];
  finalize: RunPart;
}

export interface StepPart {
  step: PlanStep;
  part: RunPart;
}

/** The parts of a job, in their order. */
export function partsOfJob(job: PlanJob, stageId: string, order: number): JobParts {
  const own: RunPart = {
    ...{ id: randomUUID(), parentId: stageId, type: "Job", order },
    ...{ name: job.displayName, identifier: job.name },
  };
  let count = 0;
  const task = (name: string, identifier: string): RunPart => {
    count++;
    return { id: randomUUID(), parentId: own.id, type: "Task", name, identifier, order: count };
  };
  const steps = job.steps.filter((step) => step.kind !== "checkout" || step.repository === "self");
  const after = steps.filter((step) => step.kind === "task" && hasPostJob(step.task)).reverse();
  return {
    job: own,
    initialize: task("Initialize job", ""),
    containers: job.container && task("Initialize containers", ""),
    steps: steps.map((step) => ({ step, part: task(step.displayName, step.name ?? "") })),
    postJob: after.map((step) => ({ step, part: task(`Post-job: ${step.displayName}`, "") })),
    finalize: task("Finalize Job", ""),
  };
}

/** All of a job's parts, the job first. */
export function allParts({ job, initialize, containers, steps, postJob, finalize }: JobParts): RunPart[] {
  const own = [...steps, ...postJob].map(({ part }) => part);
  return [job, initialize, ...(containers ? [containers] : []), ...own, finalize];
}
