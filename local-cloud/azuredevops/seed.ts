import { randomUUID } from "node:crypto";
import type { Repositories } from "./git/contents";
import { makeCommit } from "./git/objects";
import type { AzureDevOpsState } from "./state";

/**
 * A new organization: project "mlops" with one repository, "diabetes_regression", that holds the files on its main
 * branch.
 */
export function seedOrganization(
  repositories: Repositories,
  files: { path: string; content: string | Buffer }[],
): AzureDevOpsState {
  const now = new Date();
  const projectId = randomUUID();
  const repositoryId = randomUUID();
  const contents = repositories.contentsOf({ id: repositoryId });
  const tree = files.map(({ path, content }) => [
    `/${path.replace(/^\/+/, "")}`,
    contents.addBlob(Buffer.isBuffer(content) ? content : Buffer.from(content)),
  ]);
  const commit = makeCommit(Object.fromEntries(tree), [], "Initial commit", now);
  contents.addCommit(commit);
  return {
    organizationId: randomUUID(),
    projects: [{ id: projectId, name: "mlops", description: "", lastUpdateTime: now.toISOString() }],
    repositories: [
      {
        id: repositoryId,
        projectId,
        name: "diabetes_regression",
        defaultBranch: "refs/heads/main",
        isDisabled: false,
        refs: { "refs/heads/main": commit.id },
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
