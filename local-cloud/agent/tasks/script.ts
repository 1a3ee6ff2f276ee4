import { randomUUID } from "node:crypto";
import type { TaskInputs, TaskStep } from "./task";

/** The inputs of every task that runs a script. */
export const scriptInputs = {
  script: { required: true, verbatim: true },
  workingDirectory: {},
  failOnStderr: { default: false, values: ["false"] },
} satisfies TaskInputs;

type ScriptStep = TaskStep<keyof typeof scriptInputs>;

/**
 * Runs the script that a step has.
 *
 * @throws Error with its exit code, if that is not 0
 */
export async function runScript(step: ScriptStep): Promise<void> {
  const { input, log } = step;
  const script = input("script");
  if (!script.includes("\n")) {
    log.line("Script contents:");
    log.line(script);
  }
  await runBash(step, script);
}

/** Runs a text with bash in the step's folder. @throws Error with its exit code, if that is not 0 */
export async function runBash({ input, environment, workspace, log, exec, signal }: ScriptStep, text: string) {
  log.line("========================== Starting Command Output ===========================");
  const code = await exec({
    args: ["bash", "--noprofile", "--norc", workspace.writeTemporary(`${randomUUID()}.sh`, text)],
    environment,
    directory: workspace.insidePath(input("workingDirectory")),
    signal,
    line: (line) => log.output(line),
  });
  if (code !== 0) throw new Error(`Bash exited with code '${code}'.`);
}
