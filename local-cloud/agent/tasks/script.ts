import { randomUUID } from "node:crypto";
import type { TaskInputs, TaskStep } from "./task";

/** The inputs of every task that runs a script. */
export const scriptInputs = {
  script: { required: true, verbatim: true },
  workingDirectory: {},
  failOnStderr: { default: false, values: ["false"] },
} satisfies TaskInputs;

/**
 * Runs a script with bash.
 *
 * @throws Error with its exit code, if that is not 0
 */
export async function runScript(step: TaskStep<keyof typeof scriptInputs>): Promise<void> {
  const { input, environment, workspace, log, exec, signal } = step;
  const script = input("script");
  if (!script.includes("\n")) {
    log.line("Script contents:");
    log.line(script);
  }
  log.line("========================== Starting Command Output ===========================");
  const code = await exec({
    args: ["bash", "--noprofile", "--norc", workspace.writeTemporary(`${randomUUID()}.sh`, script)],
    environment,
    directory: workspace.insidePath(input("workingDirectory")),
    signal,
    line: (text) => log.output(text),
  });
  if (code !== 0) throw new Error(`Bash exited with code '${code}'.`);
}
