import type { ITaskAgentApi } from "azure-devops-node-api/TaskAgentApi";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let taskAgent: ITaskAgentApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  taskAgent = await azureDevOps.client.getTaskAgentApi();
});

afterEach(() => azureDevOps.close());

const path = "mlops/_apis/pipelines/environments";
const create = (body: object) => azureDevOps.request("POST", path, body);

describe("an environment", () => {
  it("is created, found by number and by name, and changed", async () => {
    const { id = 0 } = await taskAgent.addEnvironment({ name: "production" }, "mlops");
    expect(await taskAgent.getEnvironments("mlops", "PRODUCTION")).toMatchObject([{ id }]);
    expect(await taskAgent.getEnvironments("mlops", "test")).toEqual([]);
    await taskAgent.updateEnvironment({ name: "prod", description: "Ours" }, "mlops", id);
    expect(await taskAgent.getEnvironmentById("mlops", id)).toMatchObject({
      name: "prod",
      description: "Ours",
      project: { id: azureDevOps.projectId, name: "mlops" },
    });
    expect(azureDevOps.savedState().environments).toHaveLength(1);
  });

  it("is listed page by page, by name", async () => {
    for (const name of ["c", "a", "b"]) await create({ name });
    const names = async (query: string) => {
      const { value } = (await azureDevOps.request("GET", `${path}?${query}`)).body;
      return Array.isArray(value) ? value.map(({ name }) => name) : [];
    };
    expect(await names("$top=2")).toEqual(["a", "b"]);
    expect(await names("continuationToken=c")).toEqual(["c"]);
  });

  it("goes, and takes its permissions with it", async () => {
    const { id } = (await create({ name: "production" })).body;
    const permissions = `mlops/_apis/pipelines/pipelinepermissions/environment/${id}`;
    expect((await azureDevOps.request("PATCH", permissions, { allPipelines: { authorized: true } })).status).toBe(200);
    expect((await azureDevOps.request("DELETE", `${path}/${id}`)).status).toBe(204);
    expect(azureDevOps.savedState()).toMatchObject({ environments: [], permissions: [] });
    expect(await azureDevOps.request("GET", `${path}/${id}`)).toMatchObject({
      status: 404,
      body: { typeKey: "EnvironmentNotFoundException" },
    });
  });
});

describe("an environment is refused", () => {
  it("whose name another one of the project has", async () => {
    await create({ name: "production" });
    const { id } = (await create({ name: "test" })).body;
    const refusal = { status: 409, body: { typeKey: "EnvironmentExistsException" } };
    expect(await create({ name: "Production" })).toMatchObject(refusal);
    expect(await azureDevOps.request("PATCH", `${path}/${id}`, { name: "production" })).toMatchObject(refusal);
    await azureDevOps.createProject("models");
    expect((await azureDevOps.request("POST", path.replace("mlops", "models"), { name: "production" })).status).toBe(
      200,
    );
  });

  it.each(["", "a/b", "a".repeat(128), "a\u0007"])("of the name %j", async (name) => {
    expect(await create({ name })).toMatchObject({ status: 400 });
  });
});
