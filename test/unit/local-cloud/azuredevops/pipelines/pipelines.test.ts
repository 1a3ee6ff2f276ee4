import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import {
  type BuildDefinition,
  type ContinuousIntegrationTrigger,
  DefinitionQueueStatus,
  DefinitionTriggerType,
  type YamlProcess,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IBuildApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getBuildApi();
});

afterEach(() => azureDevOps.close());

function yaml(yamlFilename: string): YamlProcess {
  return { type: 2, yamlFilename };
}

function definition(name: string, more: Partial<BuildDefinition> = {}): BuildDefinition {
  const trigger: ContinuousIntegrationTrigger = {
    triggerType: DefinitionTriggerType.ContinuousIntegration,
    settingsSourceType: 2,
    branchFilters: [],
    pathFilters: [],
  };
  return {
    name,
    path: "\\mlops",
    repository: { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" },
    process: yaml("docker/docker-image-pipeline.yml"),
    triggers: [trigger],
    variables: { amlsdkversion: { value: "1.2", allowOverride: true } },
    ...more,
  };
}

/** A trigger that overrides the YAML file's. */
const ci = (more: object) => ({ triggerType: 2, settingsSourceType: 1, branchFilters: ["+refs/heads/main"], ...more });

const refused = (more: object) =>
  azureDevOps.request("POST", "mlops/_apis/build/definitions", { ...definition("image"), ...more });

describe("a pipeline through the build API", () => {
  it("comes back with what the service adds to it", async () => {
    const made = await api.createDefinition(definition("image"), "mlops");
    expect(made).toMatchObject({
      id: 1,
      revision: 1,
      path: "\\mlops",
      queueStatus: DefinitionQueueStatus.Enabled,
      process: { type: 2, yamlFilename: "docker/docker-image-pipeline.yml" },
      repository: {
        id: azureDevOps.repositoryId,
        name: "diabetes_regression",
        defaultBranch: "refs/heads/main",
        url: `${azureDevOps.url}/mlops/_git/diabetes_regression`,
      },
      queue: { name: "Azure Pipelines" },
      variables: { amlsdkversion: { value: "1.2", allowOverride: true } },
      _links: {
        web: { href: `${azureDevOps.url}/${azureDevOps.projectId}/_build/definition?definitionId=1` },
      },
    });
    expect(made.triggers).toMatchObject([
      { triggerType: DefinitionTriggerType.ContinuousIntegration, settingsSourceType: 2 },
    ]);
    expect(await api.getDefinition("mlops", 1)).toEqual(made);
    expect(azureDevOps.savedState().definitions).toEqual(azureDevOps.state.definitions);
  });

  it("may name a YAML file that is not there: the service finds out when it runs", async () => {
    const process = yaml("not/yet.yml");
    expect((await api.createDefinition(definition("image", { process }), "mlops")).id).toBe(1);
  });

  it("is found by name, folder and repository", async () => {
    await api.createDefinition(definition("image"), "mlops");
    await api.createDefinition(definition("model", { path: "\\mlops\\tensorflow" }), "mlops");
    const names = async (...query: [name?: string, repositoryId?: string, path?: string]) => {
      const [name, repositoryId, path] = query;
      const none = undefined;
      const type = repositoryId ? "TfsGit" : none;
      const found = await api.getDefinitions("mlops", name, repositoryId, type, none, none, none, none, none, path);
      return found.map((item) => item.name);
    };
    expect(await names()).toEqual(["image", "model"]);
    expect(await names("IMAGE")).toEqual(["image"]);
    expect(await names("mo*")).toEqual(["model"]);
    expect(await names(undefined, undefined, "\\mlops\\tensorflow")).toEqual(["model"]);
    expect(await names(undefined, azureDevOps.repositoryId)).toEqual(["image", "model"]);
    expect(await names("other")).toEqual([]);
  });

  it("goes up a revision with every change", async () => {
    const made = await api.createDefinition(definition("image"), "mlops");
    const next = await api.updateDefinition({ ...made, name: "job container", path: "\\" }, "mlops", 1);
    expect(next).toMatchObject({ id: 1, revision: 2, name: "job container", path: "\\" });
  });

  it("shows no secret variable, and keeps one that is not sent again", async () => {
    const variables = { token: { value: "hush", isSecret: true } };
    const made = await api.createDefinition(definition("image", { variables }), "mlops");
    expect(made.variables?.token).toEqual({ value: null, isSecret: true });
    await api.updateDefinition(made, "mlops", 1);
    expect(azureDevOps.state.definitions[0]?.variables.token?.value).toBe("hush");
  });

  it("goes, and its number is not given out again", async () => {
    await api.createDefinition(definition("image"), "mlops");
    await api.deleteDefinition("mlops", 1);
    expect(await api.getDefinition("mlops", 1)).toBeNull();
    expect(await api.createDefinition(definition("image"), "mlops")).toMatchObject({ id: 2 });
  });

  it("may have a trigger of its own instead of the YAML file's, whose filters are lists when they come back", async () => {
    const trigger = {
      triggerType: "continuousIntegration",
      branchFilters: ["+refs/heads/tensorflow"],
      pathFilters: null,
    };
    const { status, body } = await refused({ triggers: [trigger] });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { triggers: [{ ...trigger, pathFilters: [] }] },
    });
    expect(azureDevOps.savedState().definitions).toEqual(azureDevOps.state.definitions);
  });

  it("uses a repository on GitHub through a connection of the project", async () => {
    const repository = (connectedServiceId: string) => ({
      id: "contoso/diabetes",
      type: "GitHub",
      url: "https://github.com/contoso/diabetes.git",
      properties: { connectedServiceId },
    });
    const missing = await refused({ repository: repository("00000000-0000-0000-0000-000000000001") });
    expect(missing).toMatchObject({ status: 400, body: { message: expect.stringContaining("does not exist") } });

    const endpoints = await azureDevOps.client.getServiceEndpointApi();
    const connection = await endpoints.createServiceEndpoint({
      name: "github",
      type: "github",
      url: "https://github.com",
      authorization: { scheme: "PersonalAccessToken", parameters: { accessToken: "hush" } },
      serviceEndpointProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name: "github" }],
    });
    const made = await api.createDefinition(
      definition("image", { repository: repository(connection.id ?? "") }),
      "mlops",
    );
    expect(made.repository).toMatchObject({ id: "contoso/diabetes", defaultBranch: "refs/heads/main" });
  });
});

describe("a pipeline is refused", () => {
  it("whose name another one in its folder has", async () => {
    await api.createDefinition(definition("image"), "mlops");
    expect(await refused({ name: "Image" })).toMatchObject({
      status: 400,
      body: { message: "Build pipeline Image already exists for project mlops", typeKey: "DefinitionExistsException" },
    });
    expect(await refused({ path: "\\elsewhere" })).toMatchObject({ status: 200 });
  });

  it.each([
    ["with a character that a name cannot have", { name: "a/b" }, "The pipeline name 'a/b' is not valid."],
    ["without a name", { name: "" }, "The pipeline name '' is not valid."],
    ["in a folder with a forbidden character", { path: "\\a:b" }, "The folder path '\\a:b' is not valid."],
    ["without a repository", { repository: undefined }, "A pipeline must have a repository."],
    ["without a YAML file", { process: {} }, "process.yamlFilename is missing"],
    ["with a variable group that does not exist", { variableGroups: [{ id: 7 }] }, "Variable group 7 does not exist"],
    ["in an agent queue that does not exist", { queue: { name: "gpu" } }, "No agent queue gpu was found."],
    ["with a trigger that is none", { triggers: [{ triggerType: "moon" }] }, "'moon' is not one of none"],
    ["with a trigger for no branch", { triggers: [ci({ branchFilters: [] })] }, "at least one branch filter"],
    [
      "with a filter that neither includes nor excludes",
      { triggers: [ci({ pathFilters: ["docker"] })] },
      "pathFilters",
    ],
    ["with settings from nowhere", { triggers: [ci({ settingsSourceType: 3 })] }, "settingsSourceType 3"],
    ["with a status that is none", { queueStatus: "sleeping" }, "'sleeping' is not one of enabled, paused, disabled"],
  ])("%s", async (_, more, message) => {
    expect(await refused(more)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
    expect(azureDevOps.state.definitions).toHaveLength(0);
  });

  it("whose repository does not exist", async () => {
    const repository = { id: "00000000-0000-0000-0000-000000000001", type: "TfsGit" };
    expect(await refused({ repository })).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("TF401019"), typeKey: "GitRepositoryNotFoundException" },
    });
  });

  it("when it is changed by who does not know its latest revision, or under another's number", async () => {
    const made = await api.createDefinition(definition("image"), "mlops");
    await api.updateDefinition(made, "mlops", 1);
    const put = (body: object) => azureDevOps.request("PUT", "mlops/_apis/build/definitions/1", body);
    expect(await put(made)).toMatchObject({ status: 404, body: { message: "Build pipeline 1 was not found." } });
    expect(await put({ ...made, id: 2 })).toMatchObject({
      status: 400,
      body: { message: "The request specifies pipeline ID 1 but the supplied pipeline has ID 2." },
    });
  });

  it.each(["GET", "DELETE"])("that does not exist: %s", async (method) => {
    expect(await azureDevOps.request(method, "mlops/_apis/build/definitions/9")).toMatchObject({
      status: 404,
      body: { message: "Build pipeline 9 was not found.", typeKey: "DefinitionNotFoundException" },
    });
  });
});

describe("a pipeline through the pipelines API", () => {
  const configuration = (id: string) => ({
    type: "yaml",
    path: "/docker/docker-image-pipeline.yml",
    repository: { id, type: "azureReposGit" },
  });
  const create = (body: object) => azureDevOps.request("POST", "mlops/_apis/pipelines", body);

  it("is the same pipeline", async () => {
    const { status } = await create({
      name: "image",
      folder: "mlops",
      configuration: configuration(azureDevOps.repositoryId),
    });
    expect(status).toBe(200);
    const pipelines = await azureDevOps.client.getPipelinesApi();
    expect(await pipelines.getPipeline("mlops", 1)).toMatchObject({
      id: 1,
      name: "image",
      folder: "\\mlops",
      revision: 1,
      _links: { web: { href: `${azureDevOps.url}/${azureDevOps.projectId}/_build/definition?definitionId=1` } },
    });
    expect(await pipelines.listPipelines("mlops")).toHaveLength(1);
    expect(await api.getDefinition("mlops", 1)).toMatchObject({
      process: { yamlFilename: "docker/docker-image-pipeline.yml" },
      repository: { name: "diabetes_regression" },
    });
  });

  it("is refused when it is not YAML, or its repository or itself does not exist", async () => {
    const designer = { ...configuration(azureDevOps.repositoryId), type: "designerJson" };
    expect(await create({ name: "image", configuration: designer })).toMatchObject({ status: 400 });
    expect(await create({ name: "image", configuration: configuration("nowhere") })).toMatchObject({ status: 404 });
    expect(await azureDevOps.request("GET", "mlops/_apis/pipelines/9")).toMatchObject({ status: 404 });
  });
});

describe("permission to use a resource", () => {
  const path = () =>
    `mlops/_apis/pipelines/pipelinepermissions/repository/${azureDevOps.projectId}.${azureDevOps.repositoryId}`;
  const permit = (body: object) => azureDevOps.request("PATCH", path(), body);
  const granted = async () => (await azureDevOps.request("GET", path())).body;

  it("is one pipeline's, given and taken", async () => {
    await api.createDefinition(definition("image"), "mlops");
    await permit({ pipelines: [{ id: 1, authorized: true }] });
    expect(await granted()).toMatchObject({
      resource: { type: "repository" },
      pipelines: [{ id: 1, authorized: true, authorizedBy: { displayName: "Local operator" } }],
    });
    await permit({ pipelines: [{ id: 1, authorized: false }] });
    expect(await granted()).toMatchObject({ pipelines: [] });
  });

  it("is every pipeline's, given and taken", async () => {
    await permit({ allPipelines: { authorized: true } });
    expect(await granted()).toMatchObject({ allPipelines: { authorized: true }, pipelines: [] });
    await permit({ allPipelines: { authorized: false } });
    expect(await granted()).not.toHaveProperty("allPipelines");
  });

  it("goes with the pipeline", async () => {
    await api.createDefinition(definition("image"), "mlops");
    await permit({ pipelines: [{ id: 1, authorized: true }] });
    await api.deleteDefinition("mlops", 1);
    expect(azureDevOps.savedState().permissions).toEqual([]);
  });

  it("is refused to a pipeline that does not exist, and then nobody gets it", async () => {
    await api.createDefinition(definition("image"), "mlops");
    const answer = await permit({
      pipelines: [
        { id: 1, authorized: true },
        { id: 9, authorized: true },
      ],
    });
    expect(answer).toMatchObject({ status: 404, body: { message: "Build pipeline 9 was not found." } });
    expect(await granted()).toMatchObject({ pipelines: [] });
  });

  it.each([
    ["endpoint/00000000-0000-0000-0000-000000000001", 404, "The endpoint with id"],
    ["variablegroup/3", 404, "The variablegroup with id 3 does not exist in project mlops."],
    ["spaceship/3", 400, "The resource type 'spaceship' is not one of"],
  ])("is refused for %s", async (resource, status, message) => {
    for (const [method, body] of [
      ["GET", undefined],
      ["PATCH", { allPipelines: { authorized: true } }],
    ] as const) {
      const answer = await azureDevOps.request(method, `mlops/_apis/pipelines/pipelinepermissions/${resource}`, body);
      expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
    }
  });
});
