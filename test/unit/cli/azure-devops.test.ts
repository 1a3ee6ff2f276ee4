import { findPipelineSource, type PipelineSource, type RepositorySource } from "../../../src/lookups/pipeline-source";
import { type MockCloud, refusal, registered } from "../support/mock-cloud";

const cloud: MockCloud = {
  functions: {
    "azuredevops:index/getProject:getProject": ({ name }) => {
      if (name !== "ml ops") throw refusal("TF200016: The following project does not exist");
      return { id: "project-id" };
    },
    "azuredevops:index/getGitRepository:getGitRepository": ({ projectId, name }) => {
      if (projectId !== "project-id" || name !== "diabetes")
        throw refusal("TF401019: The Git repository does not exist");
      return { id: "repository-id", webUrl: "https://dev.azure.com/contoso/ml%20ops/_git/diabetes" };
    },
    "azuredevops:index/getServiceEndpointGithub:getServiceEndpointGithub": ({ projectId, serviceEndpointName }) => {
      if (projectId !== "project-id" || serviceEndpointName !== "github") throw refusal("no service endpoint found");
      return { id: "github-id" };
    },
  },
};

async function find(project: string, repository: RepositorySource): Promise<PipelineSource> {
  const found: PipelineSource[] = [];
  const resources = await registered(cloud, async () => {
    found.push(await findPipelineSource("https://dev.azure.com/contoso/", project, repository));
  });
  expect(resources).toEqual([]);
  const [source] = found;
  if (!source) throw new Error("nothing was found");
  return source;
}

test("a repository in Azure Repos is found by its name", async () => {
  expect(await find("ml ops", { kind: "azureRepos", name: "diabetes", defaultBranch: "develop" })).toEqual({
    projectId: "project-id",
    projectUrl: "https://dev.azure.com/contoso/ml%20ops",
    repositoryUrl: "https://dev.azure.com/contoso/ml%20ops/_git/diabetes",
    repository: { repoType: "TfsGit", repoId: "repository-id", branchName: "refs/heads/develop" },
  });
});

test("a repository on GitHub is read through its service connection; its branch is main unless it is set", async () => {
  const source = { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "github" } as const;
  expect(await find("ml ops", source)).toMatchObject({
    repositoryUrl: "https://github.com/contoso/diabetes",
    repository: {
      repoType: "GitHub",
      repoId: "contoso/diabetes",
      branchName: "main",
      serviceConnectionId: "github-id",
    },
  });
});

test.each<[string, string, RepositorySource, string]>([
  [
    "project",
    "mlops",
    { kind: "azureRepos", name: "diabetes" },
    'the Azure DevOps project "mlops" in https://dev.azure.com/contoso/ (argument project) cannot be read: TF200016',
  ],
  [
    "repository",
    "ml ops",
    { kind: "azureRepos", name: "nothing" },
    'the repository "nothing" in the Azure DevOps project "ml ops" (argument repository.name) cannot be read: TF401019',
  ],
  [
    "GitHub service connection",
    "ml ops",
    { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "gitlab" },
    'the GitHub service connection "gitlab" in the Azure DevOps project "ml ops" (argument repository.serviceConnection)',
  ],
])("a %s that does not exist is named, with where it was set", async (_, project, repository, message) => {
  await expect(find(project, repository)).rejects.toThrow(message);
});
