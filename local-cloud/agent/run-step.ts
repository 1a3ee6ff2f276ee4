import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { PlanStep } from "../pipelines/plan";
import type { SignedIn } from "./connection";
import type { StepHost } from "./containers/step-host";
import type { Builder } from "./docker/buildctl";
import type { StepLog } from "./log/step-log";
import type { RunContext } from "./run";
import { type DockerState, runDocker } from "./tasks/docker";
import { publishTestResults } from "./tasks/publish-test-results";
import type { Variables } from "./variables";

/** What a step gets of its job. */
export interface StepSurroundings {
  log: StepLog;
  host: StepHost;
  inContainer: boolean;
  variables: Variables;
  context: RunContext;
  builder: Builder;
  docker: DockerState;
  /** The job's directory on this machine. */
  directory: string;
  /** Signs in through the service connection of a name. */
  signIn: (connection: string) => Promise<SignedIn>;
  signal: AbortSignal;
}

/** Runs a step to its end. @throws Error with the reason that it fails for */
export async function runStep(step: PlanStep, surroundings: StepSurroundings): Promise<void> {
  const { log, host, inContainer, variables, context, builder, docker, directory, signIn, signal } = surroundings;
  const { workspace } = host;
  const line = (text: string) => log.line(text);
  const environment = { ...variables.environment(), ...variables.expandAll(step.env) };
  switch (step.kind) {
    case "checkout":
      line(`Syncing repository: ${context.repository.name} (Git)`);
      workspace.checkOut(context.files);
      line(`The files of commit ${context.version}. The local cloud's agent checks out no history: there is no .git.`);
      return;
    case "bash": {
      const script = variables.expand(step.script);
      if (!script.includes("\n")) {
        line("Script contents:");
        line(script);
      }
      line("========================== Starting Command Output ===========================");
      const code = await host.exec({
        args: ["bash", "--noprofile", "--norc", workspace.writeTemporary(`${randomUUID()}.sh`, script)],
        environment,
        directory: workspace.insidePath(variables.expand(step.workingDirectory ?? "")),
        signal,
        line: (text) => log.output(text),
      });
      if (code !== 0) throw new Error(`Bash exited with code '${code}'.`);
      return;
    }
    case "task":
      line(`Task         : ${step.task}`);
      if (/^PublishTestResults@/i.test(step.task)) {
        return publishTestResults({
          ...{ inputs: step.inputs, variables, workspace, line },
          warn: (message) => log.warn(message),
          publish: (run) => log.publish(run),
        });
      }
      // As in a container without Docker's client, which the agent does not bring.
      if (inContainer) throw new Error("Unable to locate executable file: 'docker'.");
      await runDocker({
        ...{ environment, workspace, variables, signal, line, builder, signIn },
        ...{ inputs: step.inputs, state: docker },
        directory: join(directory, `task-${randomUUID()}`),
        warn: (message) => log.warn(message),
      });
  }
}
