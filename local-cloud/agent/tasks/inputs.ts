import type { Variables } from "../variables";
import { referenceOf, type Task, type TaskInput, type TaskStep } from "./task";

/** What a step's YAML says of its inputs, by the names that it writes. */
export type GivenInputs = Readonly<Record<string, string>>;

/** The functions that a task reads a step's inputs with. */
export function readersOf(
  task: Task,
  given: GivenInputs,
  variables: Variables,
): Pick<TaskStep<string>, "input" | "isOn"> {
  const declared = (name: string): TaskInput => {
    const input = task.inputs[name];
    if (input === undefined) throw new Error(`${referenceOf(task)} reads '${name}', which is not among its inputs.`);
    return input;
  };
  const input = (name: string): string => {
    const { default: otherwise = "", mayBeEmpty, verbatim } = declared(name);
    const written = writtenFor(task, name, given);
    const expanded = variables.expand(written ?? "");
    const value = verbatim ? expanded : expanded.trim();
    return value !== "" || (mayBeEmpty && written !== undefined) ? value : variables.expand(`${otherwise}`);
  };
  const isOn = (name: string): boolean => {
    const value = input(name).toLowerCase();
    return declared(name).default === true ? value !== "false" : value === "true";
  };
  return { input, isOn };
}

/** What a step has for an input, under any of its names. */
export function writtenFor({ inputs }: Task, name: string, given: GivenInputs): string | undefined {
  const names = [name, ...(inputs[name]?.aliases ?? [])];
  return Object.entries(given).find(([key]) => names.some((each) => sameText(each, key)))?.[1];
}

/** Names and values of tasks and inputs are compared without regard to case. */
export function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
