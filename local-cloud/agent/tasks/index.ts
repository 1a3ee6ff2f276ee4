import { bash } from "./bash";
import { checkInputs, type TaskProblem } from "./check";
import { cmdLine } from "./cmd-line";
import { docker } from "./docker";
import { type GivenInputs, readersOf, sameText } from "./inputs";
import { publishTestResults } from "./publish-test-results";
import { referenceOf, type Task, type TaskStep } from "./task";

/** The tasks that the local cloud's agent knows. */
const tasks: readonly Task[] = [bash, cmdLine, docker, publishTestResults];

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

/** Runs a step that is a task. @throws Error with the reason that it fails for */
export function runTask(
  reference: string,
  given: GivenInputs,
  surroundings: Omit<TaskStep<string>, "input" | "isOn">,
): void | Promise<void> {
  const task = findTask(reference);
  if (task === undefined) throw new Error(unknownTask(reference));
  return task.run({ ...surroundings, ...readersOf(task, given, surroundings.variables) });
}

function findTask(reference: string): Task | undefined {
  return tasks.find((task) => sameText(referenceOf(task), reference));
}

function unknownTask(reference: string): string {
  const known = tasks.map(referenceOf).join(", ");
  return `The task '${reference}' is not emulated by the local cloud's agent, which knows ${known}`;
}
