import type { Plan, PlanJob } from "../pipelines/plan";

export type Result = "succeeded" | "succeededWithIssues" | "failed" | "canceled" | "skipped";

/** A part of a run that has a line of its own on the run's page: Azure DevOps' timeline record. */
export interface RunPart {
  id: string;
  /** None for a stage. */
  parentId: string | undefined;
  type: "Stage" | "Job" | "Task";
  name: string;
  /** The name in the YAML. */
  identifier: string;
  /** Among its siblings, from 1. */
  order: number;
}

/** Takes down what happens in a run, as it happens. */
export interface Recorder {
  /** All parts that there will be, before the first starts. */
  planned(parts: RunPart[]): void;
  started(partId: string): void;
  /** A line of a part's log, without secrets. */
  log(partId: string, line: string): void;
  issue(partId: string, type: "error" | "warning", message: string): void;
  finished(partId: string, result: Result): void;
  /** @throws Error in Azure DevOps' words if it does not take it */
  published(what: Publication): void;
}

/** What a run says of itself. */
export type Publication =
  | { kind: "testResults"; run: TestRun }
  | { kind: "coverage"; statistics: CoverageStatistic[] }
  | { kind: "tag"; tag: string }
  /** A new Build.BuildNumber. */
  | { kind: "number"; number: string };

/** What Azure DevOps keeps of some tests that ran together. */
export interface TestRun {
  title: string;
  /** What they ran on, and how it was built; empty if nobody says. */
  platform: string;
  configuration: string;
  /** ISO 8601. */
  started: string;
  completed: string;
  results: TestResult[];
}

/** How much of something tests have covered: of the lines of a program, for example. */
export interface CoverageStatistic {
  /** What is counted, as `Lines`. */
  label: string;
  /** Its place among the others. */
  position: number;
  covered: number;
  total: number;
}

/** What came of one test. */
export interface TestResult {
  name: string;
  /** The class or module that it is in. */
  storage?: string;
  outcome: "Passed" | "Failed" | "NotExecuted";
  durationInMs: number;
  errorMessage?: string;
  stackTrace?: string;
}

/** A service connection, as the agent gets it for a run. */
export interface Connection {
  id: string;
  name: string;
  type: string;
  scheme: string;
  /** Login server of the registry, for a container registry's. */
  loginServer: string | undefined;
  tenantId: string;
  /** Client id of the identity that Azure trusts it for. */
  clientId: string | undefined;
  /** What Entra ID is asked a token for, as a URL: the service adds it to a connection to Azure. */
  resourceId: string | undefined;
  /** Of a connection to Azure: its subscription, and its cloud's name. */
  subscriptionId: string | undefined;
  environment: string | undefined;
  /** A token of Azure DevOps about this connection (issuer and subject as on the connection), for Entra ID. */
  federatedToken: () => Promise<string>;
}

/** A variable that the YAML does not set. */
export interface RunVariable {
  name: string;
  value: string;
  secret: boolean;
}

/** What a run is of, and what it may reach. */
export interface RunContext {
  id: number;
  /** Build.BuildNumber, as it is now: a step may change it. */
  readonly number: string;
  /** The variables that say what started it: `Build.Reason`, and those of a pull request. */
  started: Readonly<Record<string, string>>;
  definition: { id: number; name: string; path: string };
  project: { id: string; name: string };
  organizationUrl: string;
  /** `url`: where Git clones it from, with the run's token. */
  repository: { id: string; name: string; url: string; provider: "TfsGit" };
  /** refs/heads/…, refs/pull/…/merge */
  branch: string;
  /** Commit: what is checked out. */
  version: string;
  /** System.AccessToken: lets the run into Azure DevOps' API until it ends. */
  accessToken: string;
  /** Values of the definition and of who queued the run; those of the YAML win over them. */
  variables: RunVariable[];
  /** The variables of a variable group that the YAML names. */
  groupVariables: (name: string) => RunVariable[];
  /**
   * The service connection of a name.
   *
   * @throws Error in Azure DevOps' words if there is none in the project or the pipeline has no permission to use it
   */
  connection: (name: string) => Connection;
  /**
   * What no log shows of the service connections that a job names: the agent takes more for a secret than is one.
   *
   * @param expand replaces macros in their names
   */
  secretsOf: (job: PlanJob, expand: (name: string) => string) => string[];
  /** Entra ID's token endpoint for a tenant. */
  tokenUrl: (tenantId: string) => string;
  artifacts: Artifacts;
  caches: Caches;
}

/** The pipeline artifacts of a run, which its later jobs and others can have. */
export interface Artifacts {
  /** Sorted. */
  names(): string[];
  /** An artifact's folder on this machine; undefined if there is none of the name. */
  folderOf(name: string): string | undefined;
  /** A new one's folder on this machine, empty. @throws Error in the service's words if there is one of the name */
  add(name: string): string;
}

/** What a pipeline's runs keep for later ones. A key is a list of segments. */
export interface Caches {
  /**
   * The first that there is.
   *
   * @param keys that of the cache itself first; one that ends in `**` is any that begins with the rest
   * @param branches whose caches are looked through, in this order
   */
  find(keys: readonly string[][], branches: readonly string[]): { key: string[]; folder: string } | undefined;
  /** Keeps what is put into a folder. */
  save(key: string[], branch: string, fill: (folder: string) => void): void;
}

/** Runs a plan to its end. Never throws: what goes wrong is the run's result, and said in its log. */
export type ExecuteRun = (
  plan: Plan,
  context: RunContext,
  recorder: Recorder,
  signal: AbortSignal,
) => Promise<Exclude<Result, "skipped">>;
