import { InfrastructurePipeline, type InfrastructurePipelineArgs } from "../../../components/infrastructure-pipeline";
import { findInfrastructureAccess, type InfrastructureAccess } from "../../../src/lookups/infrastructure-access";
import type { PipelineSource } from "../../../src/lookups/pipeline-source";
import { settingsSchema } from "../../../src/settings/schema";
import { type MockCloud, only, refusal, registered } from "../support/mock-cloud";

const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";
const authorizationType = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";
const policyType = "azuredevops:index/branchPolicyBuildValidation:BranchPolicyBuildValidation";

const azureRepos: PipelineSource = {
  projectId: "project-id",
  projectUrl: "https://dev.azure.com/contoso/mlops",
  repositoryUrl: "https://dev.azure.com/contoso/mlops/_git/diabetes",
  repository: { repoType: "TfsGit", repoId: "repository-id", branchName: "refs/heads/develop" },
};
const gitHub: PipelineSource = {
  ...azureRepos,
  repository: { repoType: "GitHub", repoId: "contoso/diabetes", branchName: "main", serviceConnectionId: "github-id" },
};

function create(args: Partial<InfrastructurePipelineArgs> = {}) {
  return registered({}, async () => {
    new InfrastructurePipeline("infrastructure", {
      pipelineName: "infrastructure",
      folder: "\\ml",
      source: azureRepos,
      yamlPath: "pipelines/infrastructure.yml",
      connection: { id: "connection-id", name: "azure" },
      stack: "dev",
      ...args,
    });
  });
}

describe("the infrastructure pipeline", () => {
  test("is a definition on its YAML file, which learns the connection and the stack from variables", async () => {
    const { parent, inputs } = only(await create(), definitionType);
    expect(parent).toBe("mlops:index:InfrastructurePipeline");
    expect(inputs).toMatchObject({
      name: "infrastructure",
      path: "\\ml",
      repository: { repoId: "repository-id", ymlPath: "pipelines/infrastructure.yml" },
      ciTrigger: { useYaml: true },
      variables: [
        { name: "azureConnection", value: "azure", allowOverride: false },
        { name: "baseStack", value: "dev", allowOverride: false },
      ],
    });
    expect(inputs).not.toHaveProperty("variableGroups");
  });

  test("may use the service connection, and no variable group unless the team has one", async () => {
    expect(only(await create(), authorizationType).inputs).toMatchObject({
      projectId: "project-id",
      type: "endpoint",
      resourceId: "connection-id",
    });
  });

  test("may use the variable group with what the state's backend needs", async () => {
    const resources = await create({ variableGroup: { id: "7" } });
    expect(only(resources, definitionType).inputs.variableGroups).toEqual([7]);
    const authorizations = resources.filter(({ type }) => type === authorizationType);
    expect(authorizations.map(({ inputs }) => `${inputs.type} ${inputs.resourceId}`).sort()).toEqual([
      "endpoint connection-id",
      "variablegroup 7",
    ]);
  });

  test("runs on pull requests in Azure Repos by a policy on the default branch, which waits for it", async () => {
    const policy = only(await create(), policyType);
    expect(policy).toMatchObject({ parent: "mlops:index:InfrastructurePipeline", dependencies: [definitionType] });
    expect(policy.inputs).toMatchObject({
      projectId: "project-id",
      enabled: true,
      blocking: true,
      settings: {
        scopes: [{ repositoryId: "repository-id", repositoryRef: "refs/heads/develop", matchType: "Exact" }],
      },
    });
  });

  test("runs on pull requests on GitHub by its own trigger, and not for forks", async () => {
    const resources = await create({ source: gitHub });
    expect(only(resources, definitionType).inputs.pullRequestTrigger).toEqual({
      useYaml: true,
      forks: { enabled: false, shareSecrets: false },
    });
    expect(resources.map(({ type }) => type)).not.toContain(policyType);
  });

  test("may use the connection through which a repository on GitHub is read, besides its own", async () => {
    const permitted = async (source: PipelineSource) =>
      (await create({ source })).flatMap(({ type, inputs }) => (type === authorizationType ? [inputs.resourceId] : []));
    expect(await permitted(gitHub)).toEqual(expect.arrayContaining(["connection-id", "github-id"]));
    expect(await permitted(azureRepos)).toEqual(["connection-id"]);
  });

  test("has a transform for each of its resources", async () => {
    const resources = await create({
      variableGroup: { id: "7" },
      transform: {
        definition: { name: "other" },
        branchPolicy: { blocking: false },
        groupAuthorization: (args) => ({ ...args, resourceId: "8" }),
      },
    });
    expect(only(resources, definitionType).inputs.name).toBe("other");
    expect(only(resources, policyType).inputs.blocking).toBe(false);
    expect(resources.map(({ inputs }) => inputs.resourceId)).toContain("8");
  });
});

describe("what the infrastructure pipeline may use", () => {
  const scheme = (serviceEndpointAuthenticationScheme: string): MockCloud => ({
    functions: {
      "azuredevops:index/getServiceEndpointAzureRM:getServiceEndpointAzureRM": ({ projectId, serviceEndpointName }) => {
        if (projectId !== "project-id" || serviceEndpointName !== "azure") throw refusal("no service endpoint found");
        return { serviceEndpointId: "connection-id", serviceEndpointAuthenticationScheme };
      },
      "azuredevops:index/getVariableGroup:getVariableGroup": ({ name }) => {
        if (name !== "state") throw refusal("VariableGroup with name does not exist");
        return { id: "7" };
      },
    },
  });

  async function find(
    names: { azureConnection: string; variableGroup?: string },
    cloud = scheme("WorkloadIdentityFederation"),
  ) {
    const found: InfrastructureAccess[] = [];
    await registered(cloud, async () => {
      found.push(await findInfrastructureAccess("project-id", names));
    });
    return found[0];
  }

  test("is found by name", async () => {
    const connection = { id: "connection-id", name: "azure" };
    expect(await find({ azureConnection: "azure" })).toEqual({ connection });
    expect(await find({ azureConnection: "azure", variableGroup: "state" })).toEqual({
      connection,
      variableGroup: { id: "7" },
    });
  });

  test.each([
    [{ azureConnection: "aws" }, 'service connection "aws" (setting infrastructurePipeline.azureConnection)'],
    [
      { azureConnection: "azure", variableGroup: "none" },
      'the variable group "none" (setting infrastructurePipeline.variableGroup)',
    ],
  ])("is missed before anything is created: %j", async (names, message) => {
    await expect(find(names)).rejects.toThrow(message);
  });

  test("is no connection that has a secret", async () => {
    await expect(find({ azureConnection: "azure" }, scheme("ServicePrincipal"))).rejects.toThrow(
      'the service connection "azure" (setting infrastructurePipeline.azureConnection) signs in to Azure by ' +
        "ServicePrincipal. Convert it to workload identity federation",
    );
  });
});

describe("the setting infrastructurePipeline", () => {
  const read = (value: unknown) => settingsSchema.shape.infrastructurePipeline.safeParse(value);

  test("is off unless it is set", () => {
    expect(read({})).toEqual({ success: true, data: undefined });
  });

  test("names the service connection to Azure; its YAML file has a default", () => {
    expect(read({ azureConnection: "azure" }).data).toEqual({
      path: "pipelines/infrastructure.yml",
      azureConnection: "azure",
    });
    const all = { path: "ci/infrastructure.yml", azureConnection: "azure", variableGroup: "state" };
    expect(read(all).data).toEqual(all);
  });

  test.each<[string, object, string]>([
    ["without a connection", { variableGroup: "state" }, "azureConnection"],
    ["with a blank connection", { azureConnection: " " }, "azureConnection"],
    ["with a path out of the repository", { azureConnection: "azure", path: "../infrastructure.yml" }, "path"],
    ["with what it does not know", { azureConnection: "azure", group: "state" }, ""],
  ])("is refused %s", (_, value, path) => {
    expect(read(value).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
