import { type GivenInputs, sameText, writtenFor } from "./inputs";
import type { Task } from "./task";

/** What is wrong with a step, and with which of its inputs. */
export interface TaskProblem {
  input?: string;
  message: string;
}

/**
 * What a step's inputs ask for that this agent does not do.
 *
 * @param reference the task as the step names it
 * @param given as they are written: they may hold macros, which are not looked at
 */
export function checkInputs(task: Task, reference: string, given: GivenInputs): TaskProblem[] {
  const leftOut = Object.entries(task.inputs).filter(([name]) => writtenFor(task, name, given) === undefined);
  const missing = leftOut
    .filter(([, { required }]) => required)
    .map(([name]) => ({ message: `Input required: ${name}` }));
  // What a step leaves out has a value as well, and this agent need not know it.
  const defaults = leftOut.flatMap(([name, { default: value }]): [string, string][] =>
    typeof value === "string" ? [[name, value]] : [],
  );
  const unknown = [...Object.entries(given), ...defaults].flatMap(([input, value]) => {
    const known = knownAs(task, input);
    if (known === undefined)
      return [{ input, message: `The input '${input}' of the task '${reference}' is not emulated` }];
    const { name, values } = known;
    if (values === undefined || value.includes("$(") || values.some((each) => sameText(each, value.trim()))) return [];
    const message = `The ${name} '${value}' of the task '${reference}' is not emulated. There are ${values.join(", ")}`;
    return [{ input, message }];
  });
  return [...missing, ...unknown];
}

/** The name or alias that an input is written with, as Microsoft's reference spells it, and its values. */
function knownAs(
  { inputs }: Task,
  written: string,
): { name: string; values: readonly string[] | undefined } | undefined {
  for (const [input, { aliases = [], values }] of Object.entries(inputs)) {
    const name = [input, ...aliases].find((each) => sameText(each, written));
    if (name !== undefined) return { name, values };
  }
  return undefined;
}
