import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { PlanStep } from "../pipelines/plan";
import { checkOut } from "./checkout";
import type { StepHost } from "./containers/step-host";
import type { StepLog } from "./log/step-log";
import type { RunContext } from "./run";
import { type Phase, runTask } from "./tasks";
import type { TaskStep } from "./tasks/task";

/** What a step gets of its job. */
export interface StepSurroundings
  extends Pick<
    TaskStep<never>,
    "variables" | "inContainer" | "builder" | "docker" | "signIn" | "azureIdentity" | "signal" | "state"
  > {
  log: StepLog;
  host: StepHost;
  context: RunContext;
  /** The job's directory on this machine. */
  directory: string;
}

/** Runs a step to its end. @throws Error with the reason that it fails for */
export async function runStep(step: PlanStep, surroundings: StepSurroundings, phase: Phase): Promise<void> {
  const { host, context, directory, ...job } = surroundings;
  const { log, variables } = job;
  if (step.kind === "checkout") {
    return checkOut(step, { context, log, directory, workspace: host.workspace, signal: job.signal });
  }
  log.line(`Task         : ${step.task}`);
  const { artifacts, caches } = context;
  const surrounded = {
    ...{ ...job, artifacts, caches },
    environment: { ...variables.environment(), ...variables.expandAll(step.env) },
    workspace: host.workspace,
    exec: (command: Parameters<StepHost["exec"]>[0]) => host.exec(command),
    prependPath: (folder: string) => host.prependPath(folder),
    directory: join(directory, `task-${randomUUID()}`),
  };
  await runTask(step.task, step.inputs, surrounded, phase);
}
