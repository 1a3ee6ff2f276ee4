import { azureCli1, azureCli2 } from "./azure-cli";
import { bash } from "./bash";
import { cache } from "./cache";
import { checkInputs, type TaskProblem } from "./check";
import { cmdLine } from "./cmd-line";
import { copyFiles } from "./copy-files";
import { docker } from "./docker";
import { downloadPipelineArtifact } from "./download-pipeline-artifact";
import { type GivenInputs, readersOf, sameText } from "./inputs";
import { nodeTool } from "./node-tool";
import { publishCodeCoverageResults1, publishCodeCoverageResults2 } from "./publish-code-coverage-results";
import { publishPipelineArtifact } from "./publish-pipeline-artifact";
import { publishTestResults } from "./publish-test-results";
import { referenceOf, type Task, type TaskStep } from "./task";
import { useNode } from "./use-node";
import { usePythonVersion } from "./use-python-version";

/** The tasks that the local cloud's agent knows. */
const tasks: readonly Task[] = [
  azureCli1,
  azureCli2,
  bash,
  cache,
  cmdLine,
  copyFiles,
  docker,
  downloadPipelineArtifact,
  nodeTool,
  publishCodeCoverageResults1,
  publishCodeCoverageResults2,
  publishPipelineArtifact,
  publishTestResults,
  useNode,
  usePythonVersion,
];

/**
 * What a step asks for that this agent does not do: the compiler refuses a run that asks for it.
 *
 * @param reference the task's name and version, as `Docker@2`
 * @param given its inputs, as they are written
 */
export function checkTask(reference: string, given: GivenInputs): TaskProblem[] {
  const task = findTask(reference);
  return task === undefined ? [{ message: unknownTask(reference) }] : checkInputs(task, reference, given);
}

/** When a task does something: at its step, or when all steps of the job are over. */
export type Phase = "step" | "post-job";

/** Runs a step that is a task. @throws Error with the reason that it fails for */
export function runTask(
  reference: string,
  given: GivenInputs,
  surroundings: Omit<TaskStep<string>, "input" | "isOn">,
  phase: Phase = "step",
): void | Promise<void> {
  const task = findTask(reference);
  if (task === undefined) throw new Error(unknownTask(reference));
  const step = { ...surroundings, ...readersOf(task, given, surroundings.variables) };
  return phase === "step" ? task.run(step) : task.postJob?.(step);
}

/** Whether a task does something after the job. */
export function hasPostJob(reference: string): boolean {
  return findTask(reference)?.postJob !== undefined;
}

function findTask(reference: string): Task | undefined {
  return tasks.find((task) => sameText(referenceOf(task), reference));
}

function unknownTask(reference: string): string {
  const known = tasks.map(referenceOf).join(", ");
  return `The task '${reference}' is not emulated by the local cloud's agent, which knows ${known}`;
}
