import type { PlanContainer } from "./plan";
import type { Problems } from "./problems";
import type { Part, Template } from "./template";
import type { Token } from "./token";
import type { ValueMap } from "./value";

/**
 * What a task's inputs ask for that is not emulated, or all of the task.
 *
 * @param task name and version, as `Docker@2`
 * @param inputs as they are written: they may hold macros
 * @returns a message for each, with the input that it is about; none if all of it is emulated
 */
export type CheckTask = (
  task: string,
  inputs: Readonly<Record<string, string>>,
) => readonly { input?: string; message: string }[];

/** What all parts of a compilation share. */
export interface Context {
  problems: Problems;
  template: Template;
  /** A YAML file of the repository; undefined if it cannot be read, which is reported, or is not there. */
  read: (path: string) => Token | "missing" | undefined;
  checkTask: CheckTask;
  /** Name of the checkout step that a job gets of itself. */
  checkoutName: string;
  /** Container resources by their names in lower case. */
  containers: Map<string, PlanContainer>;
  /** Names of the stages that are to be run; none for all. */
  stagesToRun: readonly string[];
}

/** Where a part of the pipeline is read. */
export interface Frame {
  /** What template paths in it are relative to. */
  file: string;
  /** How many templates led here. */
  depth: number;
  /** What its template expressions see as `variables`. */
  variables: ValueMap;
}

/** The part, as its template expressions are evaluated in a frame. */
export function within(frame: Frame, part: Part): Part;
export function within(frame: Frame, part: Part | undefined): Part | undefined;
export function within({ variables }: Frame, part: Part | undefined): Part | undefined {
  return part && { token: part.token, names: part.names && { ...part.names, variables } };
}
