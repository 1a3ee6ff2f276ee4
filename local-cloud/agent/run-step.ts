import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { PlanStep } from "../pipelines/plan";
import { checkOut } from "./checkout";
import type { StepHost } from "./containers/step-host";
import type { StepLog } from "./log/step-log";
import type { RunContext } from "./run";
import { runTask } from "./tasks";
import type { TaskStep } from "./tasks/task";

/** What a step gets of its job. */
export interface StepSurroundings
  extends Pick<TaskStep<never>, "variables" | "inContainer" | "builder" | "docker" | "signIn" | "signal"> {
  log: StepLog;
  host: StepHost;
  context: RunContext;
  /** The job's directory on this machine. */
  directory: string;
}

/** Runs a step to its end. @throws Error with the reason that it fails for */
export async function runStep(step: PlanStep, surroundings: StepSurroundings): Promise<void> {
  const { host, context, directory, ...job } = surroundings;
  const { log, variables } = job;
  if (step.kind === "checkout") {
    return checkOut(step, { context, log, directory, workspace: host.workspace, signal: job.signal });
  }
  log.line(`Task         : ${step.task}`);
  await runTask(step.task, step.inputs, {
    ...job,
    environment: { ...variables.environment(), ...variables.expandAll(step.env) },
    workspace: host.workspace,
    exec: (command) => host.exec(command),
    directory: join(directory, `task-${randomUUID()}`),
  });
}
