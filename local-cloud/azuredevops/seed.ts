import { randomUUID } from "node:crypto";
import { type Author, commitFiles, type RepositoryFile } from "../git/commit-files";
import { defaultProcess } from "./core/processes";
import { newProject } from "./core/state";
import type { RepositoriesOnDisk } from "./git/repositories-on-disk";
import type { AzureDevOpsState } from "./state";

/** The one repository that a new organization has. */
export interface Seed {
  /** Name of the repository. */
  name: string;
  /** Without `refs/heads/`. */
  defaultBranch: string;
  /** What its default branch holds. */
  files: RepositoryFile[];
  /** Of the commit that holds them. */
  author: Author;
}

/** Name of the project that a new organization has. */
export const seedProject = "mlops";

/** The agent pools that every organization has. */
const pools = [
  { id: 1, name: "Azure Pipelines", isHosted: true },
  { id: 2, name: "Default", isHosted: false },
];

/** A new organization: one project with one repository, whose default branch holds the files. */
export async function seedOrganization(
  repositories: RepositoriesOnDisk,
  { name, defaultBranch, files, author }: Seed,
): Promise<AzureDevOpsState> {
  const now = new Date();
  const about = { name: seedProject, description: "", visibility: "private", processId: defaultProcess.id } as const;
  const project = newProject(about, now);
  const projectId = project.id;
  const repositoryId = randomUUID();
  const git = repositories.of({ id: repositoryId });
  git.create();
  const ref = `refs/heads/${defaultBranch}`;
  await commitFiles(git.directory, { ref, message: "Initial commit", author, files, without: [] });
  git.setDefaultBranch(ref);
  return {
    organizationId: randomUUID(),
    projects: [project],
    repositories: [
      {
        id: repositoryId,
        projectId,
        name,
        isDisabled: false,
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
    denials: [],
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
