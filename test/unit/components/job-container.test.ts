import { type BaseArgs, type BranchArgs, JobContainer, type JobContainerArgs } from "../../../components/job-container";
import type { PipelineSource } from "../../../src/lookups/pipeline-source";
import type { EnvironmentDefinition } from "../../../src/rules/environment-definition";
import { registryRole } from "../../../src/rules/roles";
import { type MockCloud, only, type Registered, registered } from "../support/mock-cloud";
import { value } from "../support/output";
import { saidByProgram } from "../support/said";
import { tokenExchange } from "../support/token-exchange";

const registryType = "azure-native:containerregistry:Registry";
const endpointType = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";
const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";
const authorizationType = "azuredevops:index/pipelineAuthorization:PipelineAuthorization";
const checkType = "azuredevops:index/checkBranchControl:CheckBranchControl";
const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const roleType = "azure-native:authorization:RoleAssignment";
const imageType = "docker-build:index:Image";
const digest = `sha256:${"c".repeat(64)}`;

const registryAddress = tokenExchange();

const azureRepos: PipelineSource = {
  projectId: "project-id",
  projectUrl: "https://dev.azure.com/contoso/mlops",
  repositoryUrl: "https://dev.azure.com/contoso/mlops/_git/diabetes",
  repository: { repoType: "TfsGit", repoId: "repository-id", branchName: "refs/heads/main" },
};

const base: BaseArgs = {
  kind: "base",
  resourceGroup: "rg-own",
  registry: { kind: "new", name: "mlopsregistry" },
  connection: { name: "acrconnection", scheme: "workloadIdentityFederation", separatePush: true },
  repository: "mlops/diabetes_regression",
  protect: true,
};

/** The same, with one connection for both pipelines. */
const sharing: BaseArgs = { ...base, connection: { ...base.connection, separatePush: false } };

const branch: BranchArgs = {
  kind: "branch",
  name: "tensorflow",
  branch: "feature/tensorflow",
  shared: {
    registry: { id: "registry-id", name: "mlopsregistry", loginServer: "" },
    image: { repository: "mlops/diabetes_regression" },
    serviceConnection: { id: "connection-id", name: "acrconnection" },
  },
};

const minimalDefinition: EnvironmentDefinition = {
  dockerfile: "docker/Dockerfile",
  baseImage: "base:1@sha256:b",
  condaFile: "docker/ci_dependencies.yml",
  condaChannel: "conda-forge",
};

async function create(args: Partial<JobContainerArgs> = {}, roleAssignmentMode?: string) {
  const cloud: MockCloud = {
    outputs: {
      "azure-native:resources:ResourceGroup": { name: "rg-own" },
      [registryType]: { name: "mlopsregistry", loginServer: registryAddress() },
      [imageType]: { digest },
    },
    functions: {
      "azure-native:resources:getResource": { properties: { roleAssignmentMode } },
      "azure-native:authorization:getClientToken": { token: "azure-token" },
    },
  };
  const created: JobContainer[] = [];
  const resources = await registered(cloud, async () => {
    created.push(
      new JobContainer("jc", {
        environment: base,
        account: { subscriptionId: "subscription", tenantId: "tenant" },
        source: azureRepos,
        definition: minimalDefinition,
        image: {
          revision: "0123abc",
          tagValues: { build: "7", amlSdk: "1.20.0", release: "3.0.0" },
        },
        comparison: {
          trainingFiles: ["docker/training.yml"],
          scoringFiles: ["docker/scoring.yml"],
          environmentPolicy: "error",
        },
        pipelines: {
          folder: "\\ml",
          imageBuild: "docker/docker-image-pipeline.yml",
          models: [{ kind: "new", path: "pipelines/model-ci.yml", key: "model", role: "model" }],
        },
        ...args,
      }),
    );
  });
  const [jobContainer] = created;
  if (!jobContainer) throw new Error("nothing was created");
  const named = (type: string, name: string) => {
    const found = resources.find((resource) => resource.type === type && resource.name === name);
    if (!found) throw new Error(`there is no ${type} ${name}`);
    return found;
  };
  return { jobContainer, resources, named };
}

/** What everything has in common does not say what it is: the components. */
function parents(resources: Registered[]) {
  return Object.fromEntries(resources.map(({ type, name, parent }) => [`${type} ${name}`, parent]));
}

test("a project's job container is all of this, each part under its component", async () => {
  const { resources } = await create();
  expect(parents(resources)).toEqual({
    "mlops:index:JobContainer jc": undefined,
    "azure-native:resources:ResourceGroup jc": "mlops:index:JobContainer",
    "mlops:index:ContainerRegistry jc": "mlops:index:JobContainer",
    "azure-native:containerregistry:Registry jc": "mlops:index:ContainerRegistry",
    "mlops:index:RegistryConnection jc": "mlops:index:JobContainer",
    "azure-native:managedidentity:UserAssignedIdentity jc": "mlops:index:RegistryConnection",
    [`${endpointType} jc`]: "mlops:index:RegistryConnection",
    "azure-native:managedidentity:FederatedIdentityCredential jc": "mlops:index:RegistryConnection",
    "azure-native:authorization:RoleAssignment jc": "mlops:index:RegistryConnection",
    "mlops:index:RegistryConnection jc-push": "mlops:index:JobContainer",
    "azure-native:managedidentity:UserAssignedIdentity jc-push": "mlops:index:RegistryConnection",
    [`${endpointType} jc-push`]: "mlops:index:RegistryConnection",
    "azure-native:managedidentity:FederatedIdentityCredential jc-push": "mlops:index:RegistryConnection",
    "azure-native:authorization:RoleAssignment jc-push": "mlops:index:RegistryConnection",
    [`${checkType} jc-push`]: "mlops:index:RegistryConnection",
    "mlops:index:ContainerImage jc": "mlops:index:JobContainer",
    [`${imageType} jc`]: "mlops:index:ContainerImage",
    "mlops:index:ImageBuildPipeline jc-image-build": "mlops:index:JobContainer",
    [`${definitionType} jc-image-build`]: "mlops:index:ImageBuildPipeline",
    [`${authorizationType} jc-image-build`]: "mlops:index:ImageBuildPipeline",
    "mlops:index:ModelPipeline jc-model": "mlops:index:JobContainer",
    [`${definitionType} jc-model`]: "mlops:index:ModelPipeline",
    [`${authorizationType} jc-model`]: "mlops:index:ModelPipeline",
  });
});

test("what cannot be had back is protected, unless it is not to be", async () => {
  const isProtected = ({ type, name, protect }: Registered) =>
    protect && !type.startsWith("mlops:") ? [`${type} ${name}`] : [];
  expect((await create()).resources.flatMap(isProtected).sort()).toEqual([
    `${registryType} jc`,
    "azure-native:managedidentity:UserAssignedIdentity jc",
    "azure-native:managedidentity:UserAssignedIdentity jc-push",
    "azure-native:resources:ResourceGroup jc",
    `${endpointType} jc`,
    `${endpointType} jc-push`,
  ]);
  const { resources } = await create({ environment: { ...base, protect: false } });
  expect(resources.filter(({ protect }) => protect)).toEqual([]);
});

test("the resource group holds the new registry and the identities", async () => {
  const { resources } = await create();
  const created = resources.filter(({ inputs }) => inputs.resourceGroupName === "rg-own").map(({ type }) => type);
  expect(created.sort()).toEqual([
    "azure-native:containerregistry:Registry",
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure-native:managedidentity:FederatedIdentityCredential",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:resources:ResourceGroup",
  ]);
});

test("the registry comes first, since its name may be taken", async () => {
  const { resources } = await create({ environment: sharing });
  expect(only(resources, "azure-native:managedidentity:UserAssignedIdentity").dependencies).toContain(registryType);
});

test("a registry that exists is used, and none is created", async () => {
  const source = {
    kind: "existing",
    id: "id",
    name: "teamacr",
    resourceGroup: "rg-team",
    loginServer: registryAddress(),
  } as const;
  const { resources } = await create({ environment: { ...sharing, registry: source } });
  expect(resources.map(({ type }) => type)).not.toContain(registryType);
  expect(only(resources, endpointType).inputs).toMatchObject({ azurecrName: "teamacr", resourceGroup: "rg-team" });
});

test("the image-build pipeline gets its variables; a run may set the SDK's version and the release", async () => {
  const { named } = await create();
  expect(named(definitionType, "jc-image-build").inputs).toMatchObject({
    projectId: "project-id",
    name: "mlops-diabetes_regression-image-build",
    path: "\\ml",
    repository: {
      repoType: "TfsGit",
      repoId: "repository-id",
      branchName: "refs/heads/main",
      ymlPath: "docker/docker-image-pipeline.yml",
    },
    variables: [
      { name: "registryConnection", value: "acrconnection-push", allowOverride: false },
      { name: "loginServer", value: registryAddress(), allowOverride: false },
      { name: "imageRepository", value: "mlops/diabetes_regression", allowOverride: false },
      { name: "dockerfile", value: "docker/Dockerfile", allowOverride: false },
      { name: "baseImage", value: "base:1@sha256:b", allowOverride: false },
      { name: "condaFile", value: "ci_dependencies.yml", allowOverride: false },
      { name: "lockFolder", value: "", allowOverride: false },
      { name: "condaChannel", value: "conda-forge", allowOverride: false },
      { name: "trainingFiles", value: "docker/training.yml", allowOverride: false },
      { name: "scoringFiles", value: "docker/scoring.yml", allowOverride: false },
      { name: "environmentPolicy", value: "error", allowOverride: false },
      { name: "amlsdkversion", value: "1.20.0", allowOverride: true },
      { name: "githubrelease", value: "3.0.0", allowOverride: true },
    ],
  });
});

/** Their conda files, and what is made of them. */
const trainingAndScoring = ["/docker/training", "/docker/scoring"].flatMap((name) =>
  [".yml", ".linux-64.lock", ".linux-64.azureml.yml"].map((end) => name + end),
);

describe("whoever pushes another branch than the default one", () => {
  const onDevelop: PipelineSource = {
    ...azureRepos,
    repository: { ...azureRepos.repository, branchName: "refs/heads/develop" },
  };

  test("starts no run that pushes the image, whatever the YAML file says there", async () => {
    const { named } = await create({ source: onDevelop });
    expect(named(definitionType, "jc-image-build").inputs.ciTrigger).toEqual({
      override: {
        branchFilters: [{ includes: ["develop"] }],
        pathFilters: [{ includes: ["/docker"], excludes: trainingAndScoring }],
      },
    });
    // It has nothing that is worth to be kept from, and teams test their branches by it.
    expect(named(definitionType, "jc-model").inputs.ciTrigger).toEqual({ useYaml: true });
  });

  test("cannot use the connection that pushes in a run that was queued", async () => {
    const { named, resources } = await create({ source: onDevelop });
    expect(resources.filter(({ type }) => type === checkType)).toHaveLength(1);
    expect(named(checkType, "jc-push").inputs).toMatchObject({
      projectId: "project-id",
      targetResourceType: "endpoint",
      targetResourceId: "jc-push-id",
      allowedBranches: "refs/heads/develop",
    });
  });

  test("is not stopped where both pipelines share a connection: branches pull through it", async () => {
    expect((await create({ environment: sharing })).resources.map(({ type }) => type)).not.toContain(checkType);
  });
});

test("the image-build pipeline is told the platforms if they are others than the usual one", async () => {
  const variables = async (...platforms: EnvironmentDefinition["platforms"] & object) => {
    const { named } = await create({ definition: { ...minimalDefinition, platforms } });
    return named(definitionType, "jc-image-build").inputs.variables;
  };
  expect(await variables("linux/amd64")).not.toContainEqual(expect.objectContaining({ name: "platforms" }));
  const both = { name: "platforms", value: "linux/amd64,linux/arm64", allowOverride: false };
  expect(await variables("linux/amd64", "linux/arm64")).toContainEqual(both);
});

describe("a build context that was chosen", () => {
  const definition = {
    dockerfile: "environment_setup/Dockerfile",
    buildContext: ".",
    baseImage: "base:1@sha256:b",
    condaFile: "diabetes/ci.yml",
    condaChannel: "conda-forge",
  };

  test("is told to the pipeline, and the conda file is named from it", async () => {
    const { named, resources } = await create({ definition });
    const { variables } = named(definitionType, "jc-image-build").inputs;
    expect(variables).toEqual(
      expect.arrayContaining([
        { name: "buildContext", value: ".", allowOverride: false },
        { name: "condaFile", value: "diabetes/ci.yml", allowOverride: false },
      ]),
    );
    expect(only(resources, imageType).inputs).toMatchObject({
      context: { location: "." },
      dockerfile: { location: "environment_setup/Dockerfile" },
      buildArgs: { CONDA_FILE: "diabetes/ci.yml" },
    });
  });

  test.each([
    ["the root, which a filter calls /", definition, ["/"]],
    ["the root, with a Dockerfile in it", { ...definition, dockerfile: "Dockerfile", buildContext: undefined }, ["/"]],
    [
      "a folder without the Dockerfile",
      { ...definition, buildContext: "diabetes/" },
      ["/diabetes", `/${definition.dockerfile}`],
    ],
    ["a folder above the Dockerfile's", { ...definition, buildContext: "environment_setup" }, ["/environment_setup"]],
  ])("starts a branch's image build when it changes: %s", async (_, chosen, includes) => {
    const shared = { ...branch.shared, registry: { ...branch.shared.registry, loginServer: registryAddress() } };
    const { named } = await create({ definition: chosen, environment: { ...branch, shared } });
    expect(named(definitionType, "jc-image-build").inputs).toMatchObject({
      ciTrigger: { override: { pathFilters: [{ includes }] } },
    });
  });
});

test("a version that is not known is an empty variable, which the pipeline says it leaves out", async () => {
  const { named } = await create({ image: { tagValues: {} } });
  expect(named(definitionType, "jc-image-build").inputs.variables).toEqual(
    expect.arrayContaining([
      { name: "amlsdkversion", value: "", allowOverride: true },
      { name: "githubrelease", value: "", allowOverride: true },
    ]),
  );
});

test("the model pipeline's jobs run in the image by its digest, which nobody may override", async () => {
  const { named } = await create();
  const definition = named(definitionType, "jc-model");
  expect(definition.inputs).toMatchObject({
    name: "mlops-diabetes_regression-model",
    repository: { ymlPath: "pipelines/model-ci.yml" },
    variables: [{ name: "jobContainerImage", value: `mlops/diabetes_regression@${digest}`, allowOverride: false }],
  });
  expect(definition.dependencies).toEqual([imageType]);
});

test("the image is checked before the model pipeline gets it, and before nothing else", async () => {
  const { resources } = await create();
  const hooks = ["contract of jc-model's image"];
  expect(resources.filter(({ hooks }) => hooks.beforeCreate.length + hooks.beforeUpdate.length > 0)).toEqual([
    expect.objectContaining({
      type: definitionType,
      name: "jc-model",
      hooks: expect.objectContaining({ beforeCreate: hooks, beforeUpdate: hooks, onError: [] }),
    }),
  ]);
});

test("the image's source is the repository's page", async () => {
  const { resources } = await create();
  expect(only(resources, imageType).inputs.labels).toMatchObject({
    "org.opencontainers.image.source": "https://dev.azure.com/contoso/mlops/_git/diabetes",
  });
});

test("nothing refers to the tag latest but the image itself", async () => {
  const { resources } = await create();
  const referring = resources.filter(({ inputs }) => JSON.stringify(inputs).includes("latest"));
  expect(referring.map(({ type }) => type)).toEqual([imageType]);
});

test("the model pipeline may use the connection that pulls, the image-build pipeline the one that pushes", async () => {
  const { resources, named } = await create();
  expect(resources.filter(({ type }) => type === authorizationType)).toHaveLength(2);
  for (const [pipeline, resourceId] of [
    ["jc-model", "jc-id"],
    ["jc-image-build", "jc-push-id"],
  ] as const) {
    const { inputs, dependencies } = named(authorizationType, pipeline);
    expect(inputs).toMatchObject({ projectId: "project-id", type: "endpoint", resourceId });
    expect(inputs).toHaveProperty("pipelineId", Number.NaN); // a mocked definition's id is no number
    expect(dependencies).toEqual([definitionType, endpointType].sort());
  }
  const role = (name: string) => named("azure-native:authorization:RoleAssignment", name).inputs.roleDefinitionId;
  expect(role("jc")).toMatch(/7f951dda-4ed3-4680-a7ca-43fe172d538d$/);
  expect(role("jc-push")).toMatch(/8311e382-0749-4cb8-b61a-304f252e45ec$/);
});

test("one connection for both is called the same, and can push", async () => {
  const { jobContainer, resources, named } = await create({ environment: sharing });
  expect(jobContainer.pushConnection).toBe(jobContainer.connection);
  expect(only(resources, endpointType).inputs).toMatchObject({ serviceEndpointName: "acrconnection" });
  expect(only(resources, "azure-native:authorization:RoleAssignment").inputs.roleDefinitionId).toMatch(
    /8311e382-0749-4cb8-b61a-304f252e45ec$/,
  );
  for (const name of ["jc-model", "jc-image-build"]) {
    expect(named(authorizationType, name).inputs).toMatchObject({ resourceId: "jc-id" });
  }
  expect(named(definitionType, "jc-image-build").inputs.variables).toContainEqual({
    name: "registryConnection",
    value: "acrconnection",
    allowOverride: false,
  });
});

test("on GitHub the definitions run on pull requests as the YAML file says, but not for forks", async () => {
  const repository = {
    repoType: "GitHub",
    repoId: "contoso/diabetes",
    branchName: "main",
    serviceConnectionId: "github-id",
  } as const;
  const { named } = await create({ source: { ...azureRepos, repository } });
  expect(named(definitionType, "jc-model").inputs).toMatchObject({
    repository: { ...repository, ymlPath: "pipelines/model-ci.yml" },
    pullRequestTrigger: { useYaml: true, forks: { enabled: false, shareSecrets: false } },
  });
  // The file is the pull request's, and this one pushes.
  expect(named(definitionType, "jc-image-build").inputs).not.toHaveProperty("pullRequestTrigger");
});

test("its pipelines' URLs are pages in Azure DevOps", async () => {
  const { jobContainer } = await create();
  expect(await Promise.all(jobContainer.modelPipelines.map(({ url }) => value(url)))).toEqual([
    "https://dev.azure.com/contoso/mlops/_build?definitionId=jc-model-id",
  ]);
});

test("whatever its arguments did not foresee can be changed in every part", async () => {
  const { resources, named } = await create({
    environment: sharing,
    transform: {
      resourceGroup: { tags: { team: "ml" } },
      registry: { registry: { zoneRedundancy: "Enabled" } },
      connection: { serviceEndpoint: { description: "ours" } },
      image: { image: { noCache: true } },
      imageBuildPipeline: { definition: { agentPoolName: "ours" } },
      modelPipeline: { definition: (args) => ({ ...args, agentPoolName: "theirs" }) },
    },
  });
  expect(only(resources, "azure-native:resources:ResourceGroup").inputs).toMatchObject({ tags: { team: "ml" } });
  expect(only(resources, registryType).inputs).toMatchObject({ zoneRedundancy: "Enabled" });
  expect(only(resources, endpointType).inputs).toMatchObject({ description: "ours" });
  expect(only(resources, imageType).inputs).toMatchObject({ noCache: true });
  expect(named(definitionType, "jc-image-build").inputs).toMatchObject({ agentPoolName: "ours" });
  expect(named(definitionType, "jc-model").inputs).toMatchObject({ agentPoolName: "theirs" });
});

describe("a definition that was adopted", () => {
  const adopt = () =>
    create({
      pipelines: {
        ...{ folder: "\\ml", imageBuild: "docker/docker-image-pipeline.yml" },
        models: [
          {
            ...{ kind: "adopted", path: "pipelines/ci.yml" },
            definition: { id: 12, name: "ci", folder: "\\team" },
            api: { projectUrl: azureRepos.projectUrl, token: "token" },
          },
        ],
      },
    });
  const name = "jc-adopted-12";

  test("is imported, is never deleted, and keeps each input as it is", async () => {
    const { named } = await adopt();
    const { importId, retainOnDelete, ignoreChanges, inputs } = named(definitionType, name);
    expect({ importId, retainOnDelete }).toEqual({ importId: "project-id/12", retainOnDelete: true });
    const own = Object.keys(named(definitionType, "jc-image-build").inputs);
    const needed = ["projectId", ...ignoreChanges];
    expect([...own, ...Object.keys(inputs)].filter((input) => !needed.includes(input))).toEqual([]);
    expect(inputs).not.toHaveProperty("variables");
  });

  test("may use the connection that pulls, and gets the image by its digest, which is checked first", async () => {
    const { jobContainer, named } = await adopt();
    expect(named(authorizationType, name).inputs).toMatchObject({ resourceId: "jc-id", pipelineId: 12 });
    const stash = named("pulumi:index:Stash", name);
    expect(stash.inputs).toEqual({ input: { definition: 12, image: `mlops/diabetes_regression@${digest}` } });
    expect(stash.dependencies).toEqual([definitionType, imageType].sort());
    const hooks = [`contract of ${name}'s image`, `variable of ${name}`];
    expect(stash.hooks).toMatchObject({ beforeCreate: hooks, beforeUpdate: hooks, onError: [] });
    expect(jobContainer.modelPipelines).toMatchObject([{ path: "pipelines/ci.yml", isAdopted: true }]);
  });
});

describe("a branch environment", () => {
  const createBranch = () =>
    create({
      environment: {
        ...branch,
        shared: { ...branch.shared, registry: { ...branch.shared.registry, loginServer: registryAddress() } },
      },
    });

  test("owns its repository, image and two pipelines, and nothing else", async () => {
    const { resources } = await createBranch();
    expect(parents(resources)).toEqual({
      "mlops:index:JobContainer jc": undefined,
      "mlops:index:ImageRepository jc": "mlops:index:JobContainer",
      "pulumi:index:Stash jc": "mlops:index:ImageRepository",
      "mlops:index:ContainerImage jc": "mlops:index:JobContainer",
      [`${imageType} jc`]: "mlops:index:ContainerImage",
      "mlops:index:ImageBuildPipeline jc-image-build": "mlops:index:JobContainer",
      [`${definitionType} jc-image-build`]: "mlops:index:ImageBuildPipeline",
      [`${authorizationType} jc-image-build`]: "mlops:index:ImageBuildPipeline",
      "mlops:index:ModelPipeline jc-model": "mlops:index:JobContainer",
      [`${definitionType} jc-model`]: "mlops:index:ModelPipeline",
      [`${authorizationType} jc-model`]: "mlops:index:ModelPipeline",
    });
  });

  test("pushes to a repository below the base's, in the base's registry, through the base's connection", async () => {
    const { resources, named } = await createBranch();
    const repository = "mlops/diabetes_regression/tensorflow";
    expect(only(resources, imageType).inputs).toMatchObject({
      tags: expect.arrayContaining([`${registryAddress()}/${repository}:latest`]),
    });
    expect(named(definitionType, "jc-image-build").inputs.variables).toEqual(
      expect.arrayContaining([
        { name: "imageRepository", value: repository, allowOverride: false },
        { name: "registryConnection", value: "acrconnection", allowOverride: false },
      ]),
    );
    expect(named(definitionType, "jc-model").inputs.variables).toEqual([
      { name: "jobContainerImage", value: `${repository}@${digest}`, allowOverride: false },
    ]);
    for (const name of ["jc-model", "jc-image-build"]) {
      expect(named(authorizationType, name).inputs).toMatchObject({ resourceId: "connection-id" });
    }
  });

  describe("with a connection of its own", () => {
    const pushing = async (roleAssignmentMode?: string) => {
      const said = saidByProgram();
      const loginServer = registryAddress();
      const shared = {
        ...{ ...branch.shared, registry: { ...branch.shared.registry, loginServer } },
        pushConnection: { id: "push-id", name: "acrconnection-push" },
      };
      const registry = { kind: "existing", id: "registry-id", name: "mlopsregistry", resourceGroup: "rg-acr" } as const;
      const push = {
        connectionName: "acrconnection-push-tensorflow",
        resourceGroup: "rg-own",
        registry: { ...registry, loginServer },
      };
      const created = await create(
        {
          environment: { ...branch, shared, push },
          source: {
            ...azureRepos,
            repository: { ...azureRepos.repository, branchName: "refs/heads/feature/tensorflow" },
          },
        },
        roleAssignmentMode,
      );
      return { ...created, said };
    };

    test("pushes through it, and no other branch's runs do", async () => {
      const { jobContainer, named, resources } = await pushing();
      expect(await value(jobContainer.pushConnection.name)).toBe("acrconnection-push-tensorflow");
      expect(named(authorizationType, "jc-image-build").inputs).toMatchObject({ resourceId: "jc-push-id" });
      expect(named(authorizationType, "jc-model").inputs).toMatchObject({ resourceId: "connection-id" });
      expect(named(definitionType, "jc-image-build").inputs.variables).toContainEqual({
        name: "registryConnection",
        value: "acrconnection-push-tensorflow",
        allowOverride: false,
      });
      expect(only(resources, checkType).inputs).toMatchObject({
        targetResourceId: "jc-push-id",
        allowedBranches: "refs/heads/feature/tensorflow",
      });
      expect(only(resources, endpointType).inputs).toMatchObject({
        serviceEndpointName: "acrconnection-push-tensorflow",
        azurecrName: "mlopsregistry",
        resourceGroup: "rg-acr",
      });
    });

    test("it reaches no other repository, and takes main's cache from that one", async () => {
      const { resources, said } = await pushing("AbacRepositoryPermissions");
      const { roleDefinitionId, condition } = registryRole(
        ...(["AbacRepositoryPermissions", "push", "mlops/diabetes_regression/tensorflow", "subscription"] as const),
        "mlops/diabetes_regression",
      );
      expect(only(resources, roleType).inputs).toMatchObject({ scope: "registry-id", roleDefinitionId, condition });
      expect(said.filter((line) => line.startsWith("warn"))).toEqual([]);
    });

    test("where the registry cannot tell repositories apart, that is said", async () => {
      const { said } = await pushing("LegacyRegistryPermissions");
      expect(said).toContainEqual(
        expect.stringMatching(
          /^warn: the registry mlopsregistry has the permission mode LegacyRegistryPermissions, in/,
        ),
      );
    });

    test("it is made when the repository was found to be new, in the base's resource group, and nothing is protected", async () => {
      const { resources } = await pushing();
      const identity = only(resources, identityType);
      expect(identity.dependencies).toContain("pulumi:index:Stash");
      expect(identity.inputs).toMatchObject({
        resourceName: "id-acrconnection-push-tensorflow",
        resourceGroupName: "rg-own",
      });
      expect(only(resources, roleType).dependencies).toContain("pulumi:index:Stash");
      expect(resources.filter(({ protect }) => protect)).toEqual([]);
    });

    test("the definition does not wait for it, so that Azure DevOps makes both at once", async () => {
      const { named } = await pushing();
      expect(named(definitionType, "jc-image-build").dependencies).not.toContain(endpointType);
    });
  });

  test("takes its caches from itself and from main, and main takes none of a branch", async () => {
    const cached = ({ resources }: { resources: Registered[] }) => only(resources, imageType).inputs.cacheFrom;
    const variable = { name: "baseRepository", value: "mlops/diabetes_regression", allowOverride: false };
    const cache = (repository: string) => ({ registry: { ref: `${registryAddress()}/${repository}:cache` } });
    const own = await createBranch();
    expect(cached(own)).toEqual([cache("mlops/diabetes_regression/tensorflow"), cache("mlops/diabetes_regression")]);
    expect(own.named(definitionType, "jc-image-build").inputs.variables).toContainEqual(variable);
    const main = await create();
    expect(cached(main)).toEqual([cache("mlops/diabetes_regression")]);
    expect(main.named(definitionType, "jc-image-build").inputs.variables).not.toContainEqual(
      expect.objectContaining({ name: "baseRepository" }),
    );
  });

  test("of a base that was last up before branches had connections, pushes through the base's", async () => {
    const { resources, named } = await create({
      environment: {
        ...branch,
        shared: {
          ...branch.shared,
          registry: { ...branch.shared.registry, loginServer: registryAddress() },
          pushConnection: { id: "push-id", name: "acrconnection-push" },
        },
      },
    });
    expect(resources.map(({ type }) => type)).not.toContain(endpointType);
    expect(named(authorizationType, "jc-model").inputs).toMatchObject({ resourceId: "connection-id" });
    expect(named(authorizationType, "jc-image-build").inputs).toMatchObject({ resourceId: "push-id" });
    expect(named(definitionType, "jc-image-build").inputs.variables).toContainEqual({
      name: "registryConnection",
      value: "acrconnection-push",
      allowOverride: false,
    });
  });

  test("its definitions have names of their own, and run for pushes to the branch only", async () => {
    const { named } = await createBranch();
    const branchFilters = [{ includes: ["feature/tensorflow"] }];
    expect(named(definitionType, "jc-model").inputs).toMatchObject({
      name: "mlops-diabetes_regression-model (tensorflow)",
      ciTrigger: { override: { branchFilters, pathFilters: [{}] } },
    });
    expect(named(definitionType, "jc-image-build").inputs).toMatchObject({
      name: "mlops-diabetes_regression-image-build (tensorflow)",
      ciTrigger: {
        override: {
          branchFilters,
          pathFilters: [{ includes: ["/docker"], excludes: trainingAndScoring }],
        },
      },
    });
  });

  test("its repository goes last: the image and both pipelines depend on it", async () => {
    const { resources } = await createBranch();
    for (const type of [imageType, definitionType]) {
      for (const resource of resources.filter((one) => one.type === type)) {
        expect(resource.dependencies).toContain("pulumi:index:Stash");
      }
    }
  });
});

describe("the Azure ML environment", () => {
  const versionType = "azure-native:machinelearningservices:EnvironmentVersion";
  const azureMlEnvironment = { name: "job-container", workspace: "mlw", resourceGroup: "rg-mlw" };

  test("has the image by its digest, in a version of its own", async () => {
    const { jobContainer, resources } = await create({ environment: { ...base, azureMlEnvironment } });
    const { inputs, parent } = only(resources, versionType);
    if (!jobContainer.azureMlEnvironment) throw new Error("there is no Azure ML environment");
    expect(parent).toBe("mlops:index:AzureMlEnvironment");
    expect(inputs).toMatchObject({
      ...{ workspaceName: "mlw", resourceGroupName: "rg-mlw", name: "job-container", version: "c".repeat(12) },
      properties: { image: `${registryAddress()}/mlops/diabetes_regression@${digest}`, osType: "Linux" },
    });
    expect(await value(jobContainer.azureMlEnvironment.version)).toBe("c".repeat(12));
  });

  test("of a branch is beside the base environment's, with the branch's image", async () => {
    const registry = { ...branch.shared.registry, loginServer: registryAddress() };
    const shared = { ...branch.shared, registry, azureMlEnvironment: { ...azureMlEnvironment, version: "b" } };
    const { resources } = await create({ environment: { ...branch, shared } });
    expect(only(resources, versionType).inputs).toMatchObject({
      ...{ workspaceName: "mlw", name: "job-container-tensorflow", version: "c".repeat(12) },
      properties: { image: expect.stringMatching(/\/mlops\/diabetes_regression\/tensorflow@sha256:c/) },
    });
  });

  test("is not there unless it is asked for", async () => {
    const { jobContainer, resources } = await create();
    expect(resources.map(({ type }) => type)).not.toContain(versionType);
    expect(jobContainer.azureMlEnvironment).toBeUndefined();
  });
});
