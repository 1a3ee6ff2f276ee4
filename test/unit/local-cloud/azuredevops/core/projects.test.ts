import { existsSync } from "node:fs";
import { ProjectVisibility } from "azure-devops-node-api/interfaces/CoreInterfaces";
import { OperationStatus } from "azure-devops-node-api/interfaces/common/OperationsInterfaces";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});

afterEach(() => azureDevOps.close());

const agile = "adcc42ab-9882-485e-a3ed-7678f01f66bc";
const scrum = "6b724908-ef14-45cf-84f8-768b5384da45";

const capabilities = {
  versioncontrol: { sourceControlType: "Git" },
  processTemplate: { templateTypeId: agile },
};

const create = (body: object) => azureDevOps.request("POST", "_apis/projects", { capabilities, ...body });

/** Waits until an operation is over. */
async function result(operationId: unknown) {
  for (;;) {
    const { body } = await azureDevOps.request("GET", `_apis/operations/${operationId}`);
    if (body.status !== "queued") return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function createAndWait(body: object) {
  return result((await create(body)).body.id);
}

describe("a project", () => {
  it("is created by an operation that Microsoft's client waits for", async () => {
    const core = await azureDevOps.client.getCoreApi();
    const queued = await core.queueCreateProject({
      name: "models",
      description: "Our models",
      visibility: ProjectVisibility.Private,
      capabilities: { ...capabilities, processTemplate: { templateTypeId: scrum } },
    });
    expect(queued).toMatchObject({
      status: OperationStatus.Queued,
      url: expect.stringContaining("/_apis/operations/"),
    });
    expect(await result(queued.id)).toMatchObject({ id: queued.id, status: "succeeded" });
    expect(await core.getProject("models", true)).toMatchObject({
      name: "models",
      description: "Our models",
      visibility: ProjectVisibility.Private,
      revision: 1,
      capabilities: {
        processTemplate: { templateName: "Scrum", templateTypeId: scrum },
        versioncontrol: { sourceControlType: "Git" },
      },
    });
    expect(azureDevOps.savedState().projects).toHaveLength(2);
  });

  it("comes with an empty repository of its name", async () => {
    await createAndWait({ name: "models" });
    const git = await azureDevOps.client.getGitApi();
    const repository = await git.getRepository("models", "models");
    expect(repository).toMatchObject({ name: "models", project: { name: "models" }, size: 0 });
    expect(await git.getRefs(repository.id ?? "")).toEqual([]);
  });

  it("is changed by an operation, and keeps what is not sent", async () => {
    await createAndWait({ name: "models", description: "Our models" });
    const core = await azureDevOps.client.getCoreApi();
    const { id = "" } = await core.getProject("models");
    const queued = await core.updateProject({ name: "Models", visibility: ProjectVisibility.Public }, id);
    expect(await result(queued.id)).toMatchObject({ status: "succeeded" });
    expect(await core.getProject(id)).toMatchObject({
      name: "Models",
      description: "Our models",
      visibility: ProjectVisibility.Public,
      revision: 2,
    });
  });

  it("is listed page by page", async () => {
    await createAndWait({ name: "models" });
    const names = async (query: string) => {
      const { body } = await azureDevOps.request("GET", `_apis/projects?${query}`);
      return Array.isArray(body.value) ? body.value.map(({ name }) => name) : [];
    };
    expect(await names("$top=1")).toEqual(["mlops"]);
    expect(await names("$top=1&$skip=1")).toEqual(["models"]);
    expect(await names("continuationToken=1")).toEqual(["models"]);
    expect(await names("stateFilter=all")).toEqual(["mlops", "models"]);
    expect(await names("stateFilter=deleting")).toEqual([]);
  });

  it("goes by an operation, with all that is in it", async () => {
    await createAndWait({ name: "models" });
    const { id: projectId } = (await azureDevOps.request("GET", "_apis/projects/models")).body;
    const repository = (await azureDevOps.request("GET", "models/_apis/git/repositories/models")).body;
    const files = { "/azure-pipelines.yml": "steps: []\n" };
    const changes = Object.entries(files).map(([path, content]) => ({
      changeType: "add",
      item: { path },
      newContent: { content, contentType: "rawtext" },
    }));
    const push = {
      refUpdates: [{ name: "refs/heads/main", oldObjectId: "0".repeat(40) }],
      commits: [{ comment: "Begin", changes }],
    };
    await azureDevOps.request("POST", `models/_apis/git/repositories/${repository.id}/pushes`, push);
    await azureDevOps.request("POST", "models/_apis/build/definitions", {
      name: "ci",
      repository: { id: repository.id, type: "TfsGit" },
      process: { yamlFilename: "azure-pipelines.yml" },
    });
    const references = (...ids: unknown[]) =>
      ids.map((id) => ({ name: "settings", description: "", projectReference: { id } }));
    for (const [name, ...ids] of [["own", projectId] as const, ["shared", projectId, azureDevOps.projectId] as const]) {
      const variableGroupProjectReferences = references(...ids).map((reference) => ({ ...reference, name }));
      const body = { name, type: "Vsts", variables: { a: { value: "1" } }, variableGroupProjectReferences };
      expect((await azureDevOps.request("POST", "_apis/distributedtask/variablegroups", body)).status).toBe(200);
    }
    const permission = "models/_apis/pipelines/pipelinepermissions/variablegroup/1";
    await azureDevOps.request("PATCH", permission, { allPipelines: { authorized: true } });
    const contents = azureDevOps.stores.repositories.of({ id: String(repository.id) }).directory;
    expect(existsSync(contents)).toBe(true);

    const { status, body } = await azureDevOps.request("DELETE", `_apis/projects/${projectId}`);
    expect({ status, result: (await result(body.id)).status }).toEqual({ status: 202, result: "succeeded" });
    expect((await azureDevOps.request("GET", `_apis/projects/${projectId}`)).status).toBe(404);
    expect(azureDevOps.savedState()).toMatchObject({
      projects: [{ name: "mlops" }],
      repositories: [{ projectId: azureDevOps.projectId }],
      definitions: [],
      permissions: [],
      variableGroups: [{ projects: [{ id: azureDevOps.projectId, name: "shared" }] }],
    });
    expect(existsSync(contents)).toBe(false);
  });
});

describe("a project is refused", () => {
  const exists =
    "TF200019: The following project already exists on the Azure DevOps Server: MLOPS. You cannot create a new project " +
    "with the same name as an existing project. Provide a different name.";

  it("whose name another one has", async () => {
    const refusal = { status: 400, body: { message: exists, typeKey: "ProjectAlreadyExistsException" } };
    expect(await create({ name: "MLOPS" })).toMatchObject(refusal);
    await createAndWait({ name: "models" });
    const { id } = (await azureDevOps.request("GET", "_apis/projects/models")).body;
    expect(await azureDevOps.request("PATCH", `_apis/projects/${id}`, { name: "MLOPS" })).toMatchObject(refusal);
  });

  it("when another one gets its name before it is made", async () => {
    const [first, second] = [await create({ name: "models" }), await create({ name: "models" })];
    expect(await result(first.body.id)).toMatchObject({ status: "succeeded" });
    expect(await result(second.body.id)).toMatchObject({
      status: "failed",
      resultMessage: expect.stringContaining("TF200019"),
    });
  });

  it.each(["", " models", "a/b", "_models", ".models", "models.", "a".repeat(65), "AUX", "app_data", "a\u0007b"])(
    "of the name %j",
    async (name) => {
      expect(await create({ name })).toMatchObject({ status: 400, body: { typeKey: "InvalidProjectNameException" } });
    },
  );

  it.each([
    ["without capabilities", { capabilities: undefined }, "capabilities"],
    ["with TFVC", { capabilities: { ...capabilities, versioncontrol: { sourceControlType: "Tfvc" } } }, "'Tfvc'"],
    ["of another visibility", { visibility: "organization" }, "'organization' is not one of private, public."],
    ["with a property that is not emulated", { abbreviation: "m" }, "'abbreviation'"],
  ])("%s", async (_, more, message) => {
    const answer = await create({ name: "models", ...more });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it("with a process that does not exist", async () => {
    const unknown = { ...capabilities, processTemplate: { templateTypeId: azureDevOps.projectId } };
    const answer = await create({ name: "models", capabilities: unknown });
    expect(answer).toMatchObject({ status: 404, body: { typeKey: "ProcessNotFoundException" } });
  });
});

it("no operation is known but those that were begun", async () => {
  expect(await azureDevOps.request("GET", `_apis/operations/${azureDevOps.projectId}`)).toMatchObject({
    status: 404,
    body: { typeKey: "OperationNotFoundException" },
  });
});
