import { randomUUID } from "node:crypto";
import type { Part, Result, RunContext, TestRun } from "../agent/run";
import type { Plan } from "../pipelines/plan";
import type { SharedProject } from "./common/project-sharing";
import { blobId, type Commit, makeCommit, type Tree } from "./git/objects";

/** Everything that the local Azure DevOps knows: one organization. */
export interface AzureDevOpsState {
  organizationId: string;
  projects: Project[];
  repositories: Repository[];
  endpoints: ServiceEndpoint[];
  definitions: Definition[];
  variableGroups: VariableGroup[];
  permissions: PipelinePermission[];
  pullRequests: PullRequest[];
  policies: Policy[];
  /** The last number given out, by kind. A number is never given twice, not even after a deletion. */
  last: {
    definition: number;
    variableGroup: number;
    push: number;
    pullRequest: number;
    thread: number;
    policy: number;
  };
}

export interface Project {
  id: string;
  name: string;
  description: string;
  lastUpdateTime: string;
}

export interface Repository {
  id: string;
  projectId: string;
  name: string;
  /** "refs/heads/main"; absent while the repository is empty. */
  defaultBranch?: string;
  isDisabled: boolean;
  /** Branches and tags by full name: the commit each points to. */
  refs: Record<string, string>;
  commits: Record<string, Commit>;
  /** Contents by blob id, in base64. */
  blobs: Record<string, string>;
}

/** A service connection. */
export interface ServiceEndpoint {
  id: string;
  type: string;
  url: string;
  scheme: string;
  /** What may be read back. */
  parameters: Record<string, string>;
  /** What may only be written. */
  secrets: Record<string, string>;
  data: Record<string, string>;
  projects: SharedProject[];
}

export interface DefinitionVariable {
  value: string | null;
  isSecret?: boolean;
  allowOverride?: boolean;
}

/** A pipeline: what the build API calls a definition. */
export interface Definition {
  id: number;
  projectId: string;
  name: string;
  /** "\" or "\folder\folder". */
  path: string;
  revision: number;
  createdDate: string;
  queueStatus: string;
  queueName: string;
  repository: {
    id: string;
    type: string;
    name: string;
    url: string;
    defaultBranch: string;
    properties: Record<string, string>;
  };
  process: Record<string, unknown>;
  variables: Record<string, DefinitionVariable>;
  variableGroupIds: number[];
  triggers: Record<string, unknown>[];
  /** Properties that the service keeps and gives back as they came. */
  settings: Record<string, unknown>;
}

export interface VariableGroup {
  id: number;
  type: string;
  variables: Record<string, { value: string | null; isSecret?: boolean; isReadOnly?: boolean }>;
  providerData: Record<string, unknown> | null;
  createdOn: string;
  modifiedOn: string;
  projects: SharedProject[];
}

/** Leave for one pipeline, or for every pipeline of the project, to use a protected resource. */
export interface PipelinePermission {
  projectId: string;
  resourceType: string;
  resourceId: string;
  pipelineId: number | "all";
  authorizedOn: string;
}

export interface PullRequest {
  id: number;
  repositoryId: string;
  title: string;
  description: string;
  /** Full names of the branches: "refs/heads/…". */
  sourceRefName: string;
  targetRefName: string;
  isDraft: boolean;
  status: "active" | "abandoned" | "completed";
  creationDate: string;
  closedDate?: string;
  /** The branches' last known commits: a closed pull request keeps those that it had. */
  sourceCommit: string;
  targetCommit: string;
  /** What completing it made. */
  mergeCommit?: string;
  threads: CommentThread[];
}

/** A discussion in a pull request. */
export interface CommentThread {
  id: number;
  status: string;
  publishedDate: string;
  lastUpdatedDate: string;
  /** Where in a file it is, and what clients keep with it: given back as they came. */
  threadContext: Record<string, unknown> | null;
  pullRequestThreadContext: Record<string, unknown> | null;
  properties: Record<string, unknown> | null;
  comments: Comment[];
}

export interface Comment {
  /** From 1 in each thread. */
  id: number;
  /** 0 for none. */
  parentCommentId: number;
  content: string;
  commentType: string;
  publishedDate: string;
  lastUpdatedDate: string;
  /** Deleted comments keep their place, without their text. */
  isDeleted: boolean;
}

/** A branch policy: what the policy API calls a configuration. */
export interface Policy {
  id: number;
  projectId: string;
  typeId: string;
  isEnabled: boolean;
  isBlocking: boolean;
  /** Deleted ones are still found by their number. */
  isDeleted: boolean;
  revision: number;
  createdDate: string;
  settings: Record<string, unknown>;
}

/** The runs of an organization's pipelines. Kept apart from the rest: a run changes every moment. */
export interface RunsState {
  builds: Build[];
  leases: RetentionLease[];
  /** The last number given out, by kind. */
  last: { build: number; lease: number; testRun?: number };
  /** The last `$(Rev:r)` of a definition's run numbers, by the rest of the number. */
  revisions: { definitionId: number; rest: string; last: number }[];
}

/** A run of a pipeline: what the build API calls a build. */
export interface Build {
  id: number;
  projectId: string;
  definitionId: number;
  /** Build.BuildNumber. Times are ISO 8601 everywhere. */
  number: string;
  status: "notStarted" | "inProgress" | "cancelling" | "completed";
  result?: "succeeded" | "partiallySucceeded" | "failed" | "canceled";
  queueTime: string;
  startTime?: string;
  finishTime?: string;
  /** refs/heads/… */
  branch: string;
  /** Commit. */
  version: string;
  /** What was set when it was queued, without secrets. */
  parameters: Record<string, string>;
  templateParameters: Record<string, string>;
  /** The definition's variables as they were then, with what was set. */
  variables: RunContext["variables"];
  plan: Plan;
  /** Why it did not start, or could not go on. */
  problems: string[];
  tags: string[];
  testResults: TestRunSummary[];
  /** The timeline. Empty until it starts. */
  records: TimelineRecord[];
}

/** Test results that a run has published: what the test API calls a test run. Each test's result is kept beside the logs. */
export interface TestRunSummary extends Omit<TestRun, "results"> {
  id: number;
  total: number;
  passed: number;
  failed: number;
  /** Not executed. */
  skipped: number;
}

/** What a run's timeline has of a stage, a job or a step. Azure DevOps has a phase between a stage and its job. */
export interface TimelineRecord extends Omit<Part, "type"> {
  type: Part["type"] | "Phase";
  state: "pending" | "inProgress" | "completed";
  result?: Result | "abandoned";
  startTime?: string;
  finishTime?: string;
  issues: { type: "error" | "warning"; message: string }[];
  /** Its log among those of the run, from 1. */
  logId?: number;
}

/** Keeps a run from being deleted, and its pipeline if it protects that as well. */
export interface RetentionLease {
  id: number;
  projectId: string;
  definitionId: number;
  buildId: number;
  /** Who keeps it: "User:<id>", "RM:…" for a release, or any text. */
  ownerId: string;
  protectPipeline: boolean;
  createdOn: string;
  validUntil: string;
}

/** No run yet. */
export function noRuns(): RunsState {
  return { builds: [], leases: [], last: { build: 0, lease: 0 }, revisions: [] };
}

/** A new organization: project "mlops" with one repository, "diabetes_regression", that holds the files on its main branch. */
export function seedState(files: { path: string; content: string }[]): AzureDevOpsState {
  const now = new Date();
  const projectId = randomUUID();
  const tree: Tree = {};
  const blobs: Record<string, string> = {};
  for (const file of files) {
    const content = Buffer.from(file.content);
    const id = blobId(content);
    blobs[id] = content.toString("base64");
    tree[`/${file.path.replace(/^\/+/, "")}`] = id;
  }
  const commit = makeCommit(tree, [], "Initial commit", now);
  return {
    organizationId: randomUUID(),
    projects: [{ id: projectId, name: "mlops", description: "", lastUpdateTime: now.toISOString() }],
    repositories: [
      {
        id: randomUUID(),
        projectId,
        name: "diabetes_regression",
        defaultBranch: "refs/heads/main",
        isDisabled: false,
        refs: { "refs/heads/main": commit.id },
        commits: { [commit.id]: commit },
        blobs,
      },
    ],
    endpoints: [],
    definitions: [],
    variableGroups: [],
    permissions: [],
    pullRequests: [],
    policies: [],
    last: { definition: 0, variableGroup: 0, push: 1, pullRequest: 0, thread: 0, policy: 0 },
  };
}

/** Adds to a state what the local Azure DevOps did not know yet when it was written down. */
export function complete(state: AzureDevOpsState): AzureDevOpsState {
  state.pullRequests ??= [];
  state.policies ??= [];
  state.last = { ...{ pullRequest: 0, thread: 0, policy: 0 }, ...state.last };
  return state;
}
