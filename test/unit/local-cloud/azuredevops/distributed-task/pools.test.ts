import { TaskAgentPoolType } from "azure-devops-node-api/interfaces/TaskAgentInterfaces";
import type { ITaskAgentApi } from "azure-devops-node-api/TaskAgentApi";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let taskAgent: ITaskAgentApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  taskAgent = await azureDevOps.client.getTaskAgentApi();
});

afterEach(() => azureDevOps.close());

const pools = "_apis/distributedtask/pools";
const queues = "mlops/_apis/distributedtask/queues";

const createPool = (body: object) => azureDevOps.request("POST", pools, body);
const createQueue = (body: object, query = "") => azureDevOps.request("POST", `${queues}${query}`, body);

describe("an agent pool", () => {
  it("is created, found by name and changed", async () => {
    const { id = 0, ...pool } = await taskAgent.addAgentPool({ name: "gpu", autoProvision: true });
    expect(pool).toMatchObject({
      name: "gpu",
      poolType: TaskAgentPoolType.Automation,
      isHosted: false,
      autoProvision: true,
    });
    expect(await taskAgent.getAgentPools("GPU")).toMatchObject([{ id }]);
    await taskAgent.updateAgentPool({ name: "gpus", autoUpdate: false }, id);
    expect(await taskAgent.getAgentPool(id)).toMatchObject({ name: "gpus", autoUpdate: false, autoProvision: true });
    expect(azureDevOps.savedState().agentPools).toHaveLength(3);
  });

  it("updates its agents until that is switched off in a second step", async () => {
    expect((await createPool({ name: "gpu", autoUpdate: false })).body).toMatchObject({ autoUpdate: true });
  });

  it("is one of two that every organization has", async () => {
    expect(await taskAgent.getAgentPools()).toMatchObject([
      { name: "Azure Pipelines", isHosted: true },
      { name: "Default", isHosted: false },
    ]);
  });

  it("goes with its queues and their permissions", async () => {
    const { id } = (await createPool({ name: "gpu" })).body;
    await createQueue({ name: "gpu", pool: { id } }, "?authorizePipelines=true");
    expect(azureDevOps.state.permissions).toHaveLength(1);
    expect((await azureDevOps.request("DELETE", `${pools}/${id}`)).status).toBe(204);
    expect(azureDevOps.savedState()).toMatchObject({ permissions: [], agentQueues: [{ id: 1 }, { id: 2 }] });
    expect(await azureDevOps.request("GET", `${pools}/${id}`)).toMatchObject({
      status: 404,
      body: { message: `No agent pool found with identifier ${id}.`, typeKey: "TaskAgentPoolNotFoundException" },
    });
  });
});

describe("an agent pool is refused", () => {
  it("whose name another one has", async () => {
    expect(await createPool({ name: "DEFAULT" })).toMatchObject({
      status: 409,
      body: { message: "Agent pool DEFAULT already exists.", typeKey: "TaskAgentPoolExistsException" },
    });
  });

  it.each([
    ["without a name", { name: " " }, "is not valid"],
    ["of another type", { name: "gpu", poolType: "elastic" }, "'elastic' is not one of automation, deployment."],
    ["with a property that is not emulated", { name: "gpu", agentCloudId: 1 }, "'agentCloudId'"],
  ])("%s", async (_, body, message) => {
    expect(await createPool(body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });

  it("a change of its type, and any change of Microsoft's own", async () => {
    const { id } = (await createPool({ name: "gpu" })).body;
    for (const [method, path, body] of [
      ["PATCH", `${pools}/${id}`, { poolType: "deployment" }],
      ["PATCH", `${pools}/1`, { autoUpdate: false }],
      ["DELETE", `${pools}/1`, undefined],
    ] as const) {
      expect(await azureDevOps.request(method, path, body)).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining("cannot be changed") },
      });
    }
  });
});

describe("an agent queue", () => {
  it("connects a project to a pool", async () => {
    const { id: poolId = 0 } = await taskAgent.addAgentPool({ name: "gpu" });
    const queue = await taskAgent.addAgentQueue({ name: "gpus", pool: { id: poolId } }, "mlops");
    expect(queue).toMatchObject({ name: "gpus", projectId: azureDevOps.projectId, pool: { id: poolId, name: "gpu" } });
    expect(await taskAgent.getAgentQueues("mlops", "GPUS")).toMatchObject([{ id: queue.id }]);
    expect(await taskAgent.getAgentQueue(queue.id ?? 0, "mlops")).toMatchObject({ name: "gpus" });
    expect(azureDevOps.savedState().agentQueues).toHaveLength(3);
  });

  it("makes the pool of its name if it names none", async () => {
    expect((await createQueue({ name: "gpu" })).body).toMatchObject({ pool: { name: "gpu" } });
    expect(await taskAgent.getAgentPools("gpu")).toHaveLength(1);
  });

  it("comes with a new project, for each pool that says so", async () => {
    await createPool({ name: "own" });
    await createPool({ name: "everybody's", autoProvision: true });
    await azureDevOps.createProject("models");
    const names = (await taskAgent.getAgentQueues("models")).map(({ name }) => name);
    expect(names).toEqual(["Azure Pipelines", "Default", "everybody's"]);
  });

  it("is a pipeline's, until it is deleted", async () => {
    const { id } = (await createQueue({ name: "gpu" })).body;
    const definition = {
      name: "ci",
      queue: { name: "GPU" },
      repository: { id: azureDevOps.repositoryId, type: "TfsGit" },
      process: { yamlFilename: "docker/docker-image-pipeline.yml" },
    };
    const definitions = "mlops/_apis/build/definitions";
    const { body } = await azureDevOps.request("POST", definitions, definition);
    expect(body.queue).toMatchObject({ id, name: "gpu", pool: { name: "gpu", isHosted: false } });
    const permissions = `mlops/_apis/pipelines/pipelinepermissions/queue/${id}`;
    await azureDevOps.request("PATCH", permissions, { pipelines: [{ id: body.id, authorized: true }] });
    expect((await azureDevOps.request("GET", permissions)).body.pipelines).toMatchObject([{ id: body.id }]);
    expect((await azureDevOps.request("DELETE", `${queues}/${id}`)).status).toBe(204);
    expect((await azureDevOps.request("GET", `${definitions}/${body.id}`)).body).not.toHaveProperty("queue");
    expect(azureDevOps.savedState().permissions).toEqual([]);
  });
});

describe("an agent queue is refused", () => {
  it("whose name another one of the project has", async () => {
    expect(await createQueue({ name: "default" })).toMatchObject({
      status: 409,
      body: { typeKey: "TaskAgentQueueExistsException" },
    });
  });

  it("of a pool that does not exist", async () => {
    expect(await createQueue({ name: "gpu", pool: { id: 9 } })).toMatchObject({
      status: 404,
      body: { typeKey: "TaskAgentPoolNotFoundException" },
    });
  });

  it("without a name and a pool", async () => {
    expect(await createQueue({})).toMatchObject({ status: 400 });
  });

  it("in a project that does not have it", async () => {
    await azureDevOps.createProject("models");
    expect(await azureDevOps.request("GET", "models/_apis/distributedtask/queues/1")).toMatchObject({
      status: 404,
      body: { message: "No agent queue found with identifier 1.", typeKey: "TaskAgentQueueNotFoundException" },
    });
  });
});
