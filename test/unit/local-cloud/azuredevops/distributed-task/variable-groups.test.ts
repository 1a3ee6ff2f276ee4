import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});

afterEach(() => azureDevOps.close());

function group(name: string, variables: object = { location: { value: "westeurope" } }) {
  const reference = { name, description: "", projectReference: { id: azureDevOps.projectId, name: "mlops" } };
  return { name, type: "Vsts", variables, variableGroupProjectReferences: [reference] };
}

const path = "_apis/distributedtask/variablegroups";
const create = (body: object) => azureDevOps.request("POST", path, body);

describe("a variable group", () => {
  it("is found by number and by name", async () => {
    await create(group("settings"));
    const taskAgent = await azureDevOps.client.getTaskAgentApi();
    expect(await taskAgent.getVariableGroup("mlops", 1)).toMatchObject({
      id: 1,
      name: "settings",
      variables: { location: { value: "westeurope" } },
      isShared: false,
    });
    expect(await taskAgent.getVariableGroups("mlops", "SETTINGS")).toHaveLength(1);
    expect(await taskAgent.getVariableGroups("mlops", "other")).toHaveLength(0);
    expect(await taskAgent.getVariableGroup("mlops", 9)).toBeNull();
    expect(azureDevOps.savedState().variableGroups).toEqual(azureDevOps.state.variableGroups);
  });

  it("shows no secret, and keeps one that is not sent again", async () => {
    const { body } = await create(group("settings", { token: { value: "hush", isSecret: true } }));
    expect(body.variables).toEqual({ token: { value: null, isSecret: true } });
    const { status } = await azureDevOps.request("PUT", `${path}/1`, { ...body, name: "renamed" });
    expect(status).toBe(200);
    expect(azureDevOps.state.variableGroups[0]?.variables.token?.value).toBe("hush");
  });

  it("is open to every pipeline by the older API too", async () => {
    await create(group("settings"));
    const resources = "mlops/_apis/build/authorizedresources";
    const list = async () => (await azureDevOps.request("GET", `${resources}?type=variablegroup&id=1`)).body.value;
    expect(await list()).toEqual([]);
    await azureDevOps.request("PATCH", resources, [{ type: "variablegroup", id: "1", authorized: true }]);
    expect(await list()).toEqual([{ type: "variablegroup", id: "1", authorized: true }]);
    const permissions = await azureDevOps.request("GET", "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1");
    expect(permissions.body).toMatchObject({ allPipelines: { authorized: true } });
  });

  it("is open to one pipeline by the older API too", async () => {
    await create(group("settings"));
    const { body } = await azureDevOps.request("POST", "mlops/_apis/build/definitions", {
      name: "ci",
      repository: { id: azureDevOps.repositoryId, type: "TfsGit" },
      process: { yamlFilename: "azure-pipelines.yml" },
    });
    const resources = `mlops/_apis/build/definitions/${body.id}/resources`;
    const authorize = (authorized: boolean) =>
      azureDevOps.request("PATCH", resources, [{ type: "variablegroup", id: "1", authorized }]);
    await authorize(true);
    const listed = (await azureDevOps.request("GET", resources)).body.value;
    expect(listed).toEqual([{ type: "variablegroup", id: "1", authorized: true }]);
    const permissions = await azureDevOps.request("GET", "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1");
    expect(permissions.body).toMatchObject({ pipelines: [{ id: body.id, authorized: true }] });
    await authorize(false);
    expect((await azureDevOps.request("GET", resources)).body.value).toEqual([]);
  });

  it("goes, and takes its permissions with it", async () => {
    await create(group("settings"));
    const permissions = "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1";
    await azureDevOps.request("PATCH", permissions, { allPipelines: { authorized: true } });
    const { status } = await azureDevOps.request("DELETE", `${path}/1?projectIds=${azureDevOps.projectId}`);
    expect(status).toBe(204);
    expect(azureDevOps.savedState()).toMatchObject({ variableGroups: [], permissions: [] });
  });
});

describe("a variable group is refused", () => {
  it("whose name another one in the project has", async () => {
    await create(group("settings"));
    expect(await create(group("Settings"))).toMatchObject({
      status: 409,
      body: { message: "Variable group 'Settings' already exists.", typeKey: "VariableGroupExistsException" },
    });
  });

  it.each([
    ["without a variable", { variables: {} }, "Variable group must have at least one variable defined."],
    ["without a project", { variableGroupProjectReferences: [] }, "fewer than 1 items"],
    ["with variables of another form", { variables: { a: 1 } }, "must be object"],
  ])("%s", async (_, more, message) => {
    const answer = await create({ ...group("settings"), ...more });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  });

  it("with a blank name", async () => {
    expect(await create(group(" "))).toMatchObject({ status: 400 });
  });

  it("that does not exist, or is to be deleted from no project", async () => {
    expect(await azureDevOps.request("PUT", `${path}/9`, group("settings"))).toMatchObject({ status: 404 });
    await create(group("settings"));
    expect(await azureDevOps.request("DELETE", `${path}/1`)).toMatchObject({ status: 400 });
  });
});
