import type { AzureIdentity, SignedIn } from "../connection";
import type { StepHost } from "../containers/step-host";
import type { Builder } from "../docker/buildctl";
import type { DockerState } from "../docker/state";
import type { StepLog } from "../log/step-log";
import type { Artifacts, Caches } from "../run";
import type { Variables } from "../variables";
import type { Workspace } from "../workspace";

/** An input of a task, as far as this agent knows it. */
export interface TaskInput {
  /** Other names of the same input. */
  aliases?: readonly string[];
  /**
   * What it is where it is left out or empty; macros in it are expanded. A Boolean for an input that is on or off.
   *
   * @default "" an empty text
   */
  default?: string | boolean;
  /** The values that it may have, which are compared without regard to case; left out where it may have any. */
  values?: readonly string[];
  /** Whether the compiler refuses a step without it. */
  required?: boolean;
  /** Whether an empty text is a value of its own. The default is then for a step that leaves it out. */
  mayBeEmpty?: boolean;
  /** Whether spaces around it belong to it. */
  verbatim?: boolean;
}

/** Inputs by their names in Microsoft's reference. */
export type TaskInputs = Readonly<Record<string, TaskInput>>;

/**
 * A task that the agent runs: all that there is to know of it. The compiler checks a step's inputs against it, so `run`
 * gets no others; a value that a macro stands for is only known there.
 */
export interface Task {
  /** As a pipeline has it before the `@`. */
  name: string;
  /** The major version, after the `@`. */
  version: number;
  inputs: TaskInputs;
  /** Runs a step to its end. @throws Error with the reason that it fails for */
  run: (step: TaskStep<string>) => void | Promise<void>;
  /** What it does when all steps of the job are over, however they went; it has the step's `state`. */
  postJob?: (step: TaskStep<string>) => void | Promise<void>;
}

/** A step, as its task sees it. @typeParam Name of the task's inputs */
export interface TaskStep<Name extends string> {
  /** An input, or its default: macros expanded, without spaces around it unless they belong to it. */
  input: (name: Name) => string;
  /** Whether an input is on that may be on or off. What is neither is its default. */
  isOn: (name: Name) => boolean;
  /** What a step leaves for what its task does after the job: the agent's task variables. */
  state: Map<string, string>;
  /** The step's environment variables. */
  environment: Readonly<Record<string, string>>;
  variables: Variables;
  log: Pick<StepLog, "line" | "output" | "warn" | "publish" | "publishCoverage">;
  /** The job's work folder: the only files of the job that a task may touch from outside of the job's container. */
  workspace: Pick<Workspace, keyof Workspace>;
  /** Runs a command where the job's steps run. @returns its exit code */
  exec: StepHost["exec"];
  /** Puts a folder, as steps know it, before all others of the PATH of later steps. */
  prependPath: (folder: string) => void;
  /** Whether the job's steps run in a container. */
  inContainer: boolean;
  artifacts: Artifacts;
  caches: Caches;
  builder: Builder;
  docker: DockerState;
  /** A directory on this machine for the step alone. It is not there yet, and is removed after the job. */
  directory: string;
  /** Signs in through the service connection of a name to its registry. */
  signIn: (connection: string) => Promise<SignedIn>;
  /** The identity of the service connection of a name to Azure. */
  azureIdentity: (connection: string) => Promise<AzureIdentity>;
  signal: AbortSignal;
}

/** A task as pipelines name it. */
export function referenceOf({ name, version }: Task): string {
  return `${name}@${version}`;
}
