/** What a pipeline's YAML comes to for one run: every template expression is evaluated, every template included. */
export interface Plan {
  /** The run number's format (`name:`); undefined for Azure Pipelines' own, `$(Date:yyyyMMdd).$(Rev:r)`. */
  runName: string | undefined;
  /** Variables of the whole pipeline, in the order in which they override each other. */
  variables: PlanVariable[];
  stages: PlanStage[];
}

/** A variable that the YAML sets. Its value may hold macros (`$(name)`) and be a runtime expression (`$[ … ]`). */
export interface PlanVariable {
  name: string;
  value: string;
}

/** Where something is in the YAML. Lines count from 1. */
export interface PlanPlace {
  file: string;
  line: number;
}

export interface PlanStage extends PlanPlace {
  name: string;
  displayName: string;
  /** Names of stages. */
  dependsOn: string[];
  /** A runtime condition; undefined for `succeeded()`. */
  condition: string | undefined;
  variables: PlanVariable[];
  jobs: PlanJob[];
}

export interface PlanJob extends PlanPlace {
  name: string;
  displayName: string;
  /** Names of jobs of the same stage. */
  dependsOn: string[];
  condition: string | undefined;
  variables: PlanVariable[];
  /** Whether the run only has issues where the job fails; false unless it says so. */
  continueOnError?: boolean;
  /** undefined for no limit of its own. */
  timeoutInMinutes?: number | undefined;
  /** What its steps run in; undefined for the agent's own machine. */
  container: PlanContainer | undefined;
  steps: PlanStep[];
}

/** A container resource. Its texts may hold macros: the agent expands them before the job starts. */
export interface PlanContainer extends PlanPlace {
  image: string;
  /** Name of the service connection that it is pulled through. */
  endpoint: string | undefined;
  env: Record<string, string>;
}

interface PlanStepBase extends PlanPlace {
  /** By which other steps refer to its output variables. */
  name: string | undefined;
  displayName: string;
  condition: string | undefined;
  continueOnError: boolean;
  env: Record<string, string>;
  /** undefined for no limit of its own. */
  timeoutInMinutes?: number | undefined;
}

export type PlanStep =
  /** The repository's files, or none. */
  | (PlanStepBase & { kind: "checkout"; repository: "self" | "none" })
  /** `task:`, and a shortcut for one: `script:`, `bash:`. */
  | (PlanStepBase & { kind: "task"; task: string; inputs: Record<string, string> });
