import { randomUUID } from "node:crypto";
import { defaultProcess } from "./core/processes";
import { newProject } from "./core/state";
import type { Repositories } from "./git/contents";
import { type FileMode, makeCommit } from "./git/objects";
import type { AzureDevOpsState } from "./state";

/** A file that a repository begins with, or that is committed to it. */
export interface RepositoryFile {
  /** From the repository's root, without a slash before it. */
  path: string;
  mode: FileMode;
  /** Read when it is asked for: all files together may not fit into memory. */
  content(): Buffer;
}

/** The one repository that a new organization has. */
export interface Seed {
  /** Name of the repository. */
  name: string;
  /** Without `refs/heads/`. */
  defaultBranch: string;
  /** What its default branch holds. */
  files: RepositoryFile[];
}

/** Name of the project that a new organization has. */
export const seedProject = "mlops";

/** The agent pools that every organization has. */
const pools = [
  { id: 1, name: "Azure Pipelines", isHosted: true },
  { id: 2, name: "Default", isHosted: false },
];

/** A new organization: one project with one repository, whose default branch holds the files. */
export function seedOrganization(repositories: Repositories, { name, defaultBranch, files }: Seed): AzureDevOpsState {
  const now = new Date();
  const about = { name: seedProject, description: "", visibility: "private", processId: defaultProcess.id } as const;
  const project = newProject(about, now);
  const projectId = project.id;
  const repositoryId = randomUUID();
  const contents = repositories.contentsOf({ id: repositoryId });
  const tree = files.map(({ path, mode, content }) => [`/${path}`, { id: contents.addBlob(content()), mode }] as const);
  const commit = makeCommit(Object.fromEntries(tree), [], "Initial commit", now);
  contents.addCommit(commit);
  const branch = `refs/heads/${defaultBranch}`;
  return {
    organizationId: randomUUID(),
    projects: [project],
    repositories: [
      {
        id: repositoryId,
        projectId,
        name,
        defaultBranch: branch,
        isDisabled: false,
        refs: { [branch]: commit.id },
      },
    ],
    endpoints: [],
    definitions: [],
    variableGroups: [],
    agentPools: pools.map((pool) => ({
      ...pool,
      poolType: "automation",
      autoProvision: true,
      autoUpdate: true,
      createdOn: now.toISOString(),
    })),
    agentQueues: pools.map(({ id, name }) => ({ id, projectId, poolId: id, name })),
    environments: [],
    permissions: [],
    checks: [],
    pullRequests: [],
    policies: [],
    last: {
      definition: 0,
      variableGroup: 0,
      agentPool: pools.length,
      agentQueue: pools.length,
      environment: 0,
      push: 1,
      pullRequest: 0,
      thread: 0,
      policy: 0,
      check: 0,
    },
  };
}
