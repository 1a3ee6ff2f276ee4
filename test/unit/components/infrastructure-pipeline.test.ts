import { InfrastructurePipeline, type InfrastructurePipelineArgs } from "../../../components/infrastructure-pipeline";
import {
  findInfrastructureAccess,
  type InfrastructureAccess,
  type InfrastructureNames,
} from "../../../src/lookups/infrastructure-access";
import type { PipelineSource } from "../../../src/lookups/pipeline-source";
import { settingsSchema } from "../../../src/settings/schema";
import { type MockCloud, only, refusal, registered } from "../support/mock-cloud";

const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";
const authorizationType = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";
const checkType = "azuredevops:index/checkBranchControl:CheckBranchControl";
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
      previewConnection: { id: "preview-id", name: "azure-preview" },
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
      // Not as the file says: on a branch it is whoever's who pushes there.
      ciTrigger: { override: { branchFilters: [{ includes: ["develop"] }] } },
      variables: [
        { name: "azureConnection", value: "azure", allowOverride: false },
        { name: "previewConnection", value: "azure-preview", allowOverride: false },
        { name: "baseStack", value: "dev", allowOverride: false },
      ],
    });
    expect(inputs).not.toHaveProperty("variableGroups");
  });

  const permitted = async (args: Partial<InfrastructurePipelineArgs>) =>
    (await create(args))
      .flatMap(({ type, inputs }) => (type === authorizationType ? `${inputs.type} ${inputs.resourceId}` : []))
      .sort();

  test("may use both service connections, and no variable group unless the team has one", async () => {
    expect(await permitted({})).toEqual(["endpoint connection-id", "endpoint preview-id"]);
  });

  test("may use the variable groups, and has none of them on its definition, where it would be every run's", async () => {
    const groups = { variableGroup: { id: "7" }, previewVariableGroup: { id: "8" } };
    expect(await permitted(groups)).toEqual([
      "endpoint connection-id",
      "endpoint preview-id",
      "variablegroup 7",
      "variablegroup 8",
    ]);
    expect(only(await create(groups), definitionType).inputs).not.toHaveProperty("variableGroups");
  });

  test("keeps what deploys to the default branch, and what previews to none", async () => {
    const groups = { variableGroup: { id: "7" }, previewVariableGroup: { id: "8" } };
    const kept = async (args: Partial<InfrastructurePipelineArgs>) =>
      (await create(args)).flatMap(({ type, inputs }) =>
        type === checkType ? `${inputs.targetResourceType} ${inputs.targetResourceId}: ${inputs.allowedBranches}` : [],
      );
    expect(await kept(groups)).toEqual([
      "endpoint connection-id: refs/heads/develop",
      "variablegroup 7: refs/heads/develop",
    ]);
    expect(await kept({ source: gitHub })).toEqual(["endpoint connection-id: refs/heads/main"]);
    const names = (await create(groups)).flatMap(({ type, inputs }) => (type === checkType ? inputs.displayName : []));
    expect(new Set(names)).toEqual(new Set(["Branch control for \\ml\\infrastructure (managed by Pulumi)"]));
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
    expect(await permitted({ source: gitHub })).toEqual([
      "endpoint connection-id",
      "endpoint github-id",
      "endpoint preview-id",
    ]);
  });

  test("has a transform for each of its resources", async () => {
    const resources = await create({
      ...{ variableGroup: { id: "7" }, previewVariableGroup: { id: "8" } },
      transform: {
        definition: { name: "other" },
        branchPolicy: { blocking: false },
        previewAuthorization: (args) => ({ ...args, resourceId: "other-preview" }),
        groupAuthorization: (args) => ({ ...args, resourceId: "17" }),
        previewGroupAuthorization: (args) => ({ ...args, resourceId: "18" }),
        branchControl: { displayName: "ours" },
        groupBranchControl: { displayName: "the group's" },
      },
    });
    expect(only(resources, definitionType).inputs.name).toBe("other");
    expect(only(resources, policyType).inputs.blocking).toBe(false);
    expect(resources.flatMap(({ type, inputs }) => (type === checkType ? inputs.displayName : []))).toEqual([
      "ours",
      "the group's",
    ]);
    expect(resources.map(({ inputs }) => inputs.resourceId)).toEqual(
      expect.arrayContaining(["other-preview", "17", "18"]),
    );
  });
});

describe("what the infrastructure pipeline may use", () => {
  const identities: Record<string, string> = { azure: "deployer", "azure-preview": "reader", again: "Deployer" };
  const schemes = (of: Record<string, string> = {}): MockCloud => ({
    functions: {
      "azuredevops:index/getServiceEndpointAzureRM:getServiceEndpointAzureRM": ({ projectId, serviceEndpointName }) => {
        const servicePrincipalId = identities[String(serviceEndpointName)];
        if (projectId !== "project-id" || servicePrincipalId === undefined) throw refusal("no service endpoint found");
        const serviceEndpointAuthenticationScheme = of[String(serviceEndpointName)] ?? "WorkloadIdentityFederation";
        return {
          serviceEndpointId: `${serviceEndpointName}-id`,
          serviceEndpointAuthenticationScheme,
          servicePrincipalId,
        };
      },
      "azuredevops:index/getVariableGroup:getVariableGroup": ({ name }) => {
        const id = { state: "7", "state-preview": "8" }[String(name)];
        if (id === undefined) throw refusal("VariableGroup with name does not exist");
        return { id };
      },
    },
  });
  const connections = { azureConnection: "azure", previewConnection: "azure-preview" };

  async function find(names: InfrastructureNames, cloud = schemes()) {
    const found: InfrastructureAccess[] = [];
    await registered(cloud, async () => {
      found.push(await findInfrastructureAccess("project-id", names));
    });
    return found[0];
  }

  test("is found by name", async () => {
    const found = {
      connection: { id: "azure-id", name: "azure" },
      previewConnection: { id: "azure-preview-id", name: "azure-preview" },
    };
    expect(await find(connections)).toEqual(found);
    expect(await find({ ...connections, variableGroup: "state", previewVariableGroup: "state-preview" })).toEqual({
      ...found,
      variableGroup: { id: "7" },
      previewVariableGroup: { id: "8" },
    });
  });

  test.each([
    [{ azureConnection: "aws" }, 'service connection "aws" (argument infrastructurePipeline.azureConnection)'],
    [{ previewConnection: "aws" }, 'service connection "aws" (argument infrastructurePipeline.previewConnection)'],
    [{ variableGroup: "none" }, 'the variable group "none" (argument infrastructurePipeline.variableGroup)'],
    [
      { previewVariableGroup: "none" },
      'the variable group "none" (argument infrastructurePipeline.previewVariableGroup)',
    ],
  ])("is missed before anything is created: %j", async (names, message) => {
    await expect(find({ ...connections, ...names })).rejects.toThrow(message);
  });

  test.each(["azureConnection", "previewConnection"] as const)(
    "is no connection that has a secret: %s",
    async (name) => {
      await expect(find(connections, schemes({ [connections[name]]: "ServicePrincipal" }))).rejects.toThrow(
        `the service connection "${connections[name]}" (argument infrastructurePipeline.${name}) signs in to Azure by ` +
          "ServicePrincipal. Convert it to workload identity federation",
      );
    },
  );

  test("is not the same identity under two names", async () => {
    await expect(find({ ...connections, previewConnection: "again" })).rejects.toThrow(
      'the service connections "azure" and "again" (argument infrastructurePipeline) both sign in as the identity deployer',
    );
  });
});

describe("the setting infrastructurePipeline", () => {
  const read = (value: unknown) => settingsSchema.shape.infrastructurePipeline.safeParse(value);
  const connections = { azureConnection: "azure", previewConnection: "azure-preview" };

  test("is off unless it is set", () => {
    expect(read({})).toEqual({ success: true, data: undefined });
  });

  test("names the service connections to Azure; its YAML file has a default", () => {
    expect(read(connections).data).toEqual({ path: "pipelines/infrastructure.yml", ...connections });
    const all = {
      ...{ path: "ci/infrastructure.yml", ...connections },
      ...{ variableGroup: "state", previewVariableGroup: "state-preview" },
    };
    expect(read(all).data).toEqual(all);
  });

  test.each<[string, object, string]>([
    ["without the connection that deploys", { previewConnection: "azure-preview" }, "azureConnection"],
    ["without the one that can only read", { azureConnection: "azure" }, "previewConnection"],
    ["with one connection for both", { azureConnection: "azure", previewConnection: "Azure" }, "previewConnection"],
    [
      "with one variable group for both",
      { ...connections, variableGroup: "state", previewVariableGroup: "State" },
      "previewVariableGroup",
    ],
    ["with a blank connection", { ...connections, azureConnection: " " }, "azureConnection"],
    ["with a path out of the repository", { ...connections, path: "../infrastructure.yml" }, "path"],
    ["with what it does not know", { ...connections, group: "state" }, ""],
  ])("is refused %s", (_, value, path) => {
    expect(read(value).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});
