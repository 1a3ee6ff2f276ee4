import type { Plan } from "../pipelines/plan";

export type Result = "succeeded" | "succeededWithIssues" | "failed" | "canceled" | "skipped";

/** A part of a run that has a line of its own on the run's page: Azure DevOps' timeline record. */
export interface Part {
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
  planned(parts: Part[]): void;
  started(partId: string): void;
  /** A line of a part's log, without secrets. */
  log(partId: string, line: string): void;
  issue(partId: string, type: "error" | "warning", message: string): void;
  finished(partId: string, result: Result): void;
  /** A tag that the run gave itself, or an artefact of the test results' kind. */
  published(what: { kind: "testResults"; title: string; total: number; failed: number }): void;
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
  /** A token of Azure DevOps about this connection (issuer and subject as on the connection), for Entra ID. */
  federatedToken: () => Promise<string>;
}

/** What a run is of, and what it may reach. */
export interface RunContext {
  id: number;
  /** Build.BuildNumber. */
  number: string;
  reason: "manual";
  definition: { id: number; name: string; path: string };
  project: { id: string; name: string };
  organizationUrl: string;
  repository: { id: string; name: string; url: string; provider: "TfsGit" };
  /** refs/heads/… */
  branch: string;
  /** Commit. */
  version: string;
  /** Values of the definition and of who queued the run; those of the YAML win over them. */
  variables: { name: string; value: string; secret: boolean }[];
  /** The repository's files at that commit. */
  files: { path: string; content: Buffer; executable: boolean }[];
  /**
   * The service connection of a name.
   *
   * @throws Error in Azure DevOps' words if there is none in the project or the pipeline has no permission to use it
   */
  connection: (name: string) => Connection;
  /** Entra ID's token endpoint for a tenant. */
  tokenUrl: (tenantId: string) => string;
}

/** Runs a plan to its end. Never throws: what goes wrong is the run's result, and said in its log. */
export type ExecuteRun = (
  plan: Plan,
  context: RunContext,
  recorder: Recorder,
  signal: AbortSignal,
) => Promise<Exclude<Result, "skipped">>;
