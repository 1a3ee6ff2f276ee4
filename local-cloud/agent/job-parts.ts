import { randomUUID } from "node:crypto";
import type { PlanJob, PlanStep } from "../pipelines/plan";
import type { RunPart } from "./run";

/** A job's parts: what has a line of its own on the run's page. */
export interface JobParts {
  job: RunPart;
  initialize: RunPart;
  containers: RunPart | undefined;
  steps: { step: PlanStep; part: RunPart }[];
  finalize: RunPart;
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
  return {
    job: own,
    initialize: task("Initialize job", ""),
    containers: job.container && task("Initialize containers", ""),
    steps: job.steps
      .filter((step) => step.kind !== "checkout" || step.repository === "self")
      .map((step) => ({ step, part: task(step.displayName, step.name ?? "") })),
    finalize: task("Finalize Job", ""),
  };
}

/** All of a job's parts, the job first. */
export function allParts({ job, initialize, containers, steps, finalize }: JobParts): RunPart[] {
  return [job, initialize, ...(containers ? [containers] : []), ...steps.map(({ part }) => part), finalize];
}
