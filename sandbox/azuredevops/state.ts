import { randomUUID } from "node:crypto";
import { blobId, type Commit, makeCommit, type Tree } from "./git-objects";
import type { SharedProject } from "./project-sharing";

/** Everything that the local Azure DevOps knows: one organization. */
export interface AzureDevOpsState {
  organizationId: string;
  projects: Project[];
  repositories: Repository[];
  endpoints: ServiceEndpoint[];
  definitions: Definition[];
  variableGroups: VariableGroup[];
  permissions: PipelinePermission[];
  /** The last number given out, by kind. A number is never given twice, not even after a deletion. */
  last: { definition: number; variableGroup: number; push: number };
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
    last: { definition: 0, variableGroup: 0, push: 1 },
  };
}
