import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import type { IServiceEndpointApi } from "azure-devops-node-api/ServiceEndpointApi";
import { previewer } from "../../../../local-cloud/cloud/identity";
import { readState, type StateResource } from "../../../../src/cli/env/state";
import { deleteOrphans } from "../../../../src/cli/recover/azure-devops";
import { LocalAzureDevOps, tenantId } from "../../support/local-azure-devops";
import { contextOf, TestStack, TestStacks } from "../../support/test-stacks";

let azureDevOps: LocalAzureDevOps;
let builds: IBuildApi;
let connections: IServiceEndpointApi;
let stack: TestStack;
let context: ReturnType<typeof contextOf>;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  builds = await azureDevOps.client.getBuildApi();
  connections = await azureDevOps.client.getServiceEndpointApi();
  stack = new TestStack("dev");
  context = contextOf(new TestStacks(azureDevOps.url));
});
afterEach(() => azureDevOps.close());

const recover = async (...planned: StateResource[]) => deleteOrphans(context, await readState(stack), planned);

const own = "a3c1e5f7-9b2d-4e6f-8a0c-1d3e5f7a9b2c";
const name = "acrconnection";

async function connect(serviceprincipalid = own): Promise<string> {
  const { id = "" } = await connections.createServiceEndpoint({
    name,
    type: "dockerregistry",
    url: "https://mlopsacr.azurecr.io",
    owner: "library",
    authorization: {
      scheme: "WorkloadIdentityFederation",
      parameters: {
        ...{ tenantId, serviceprincipalid, loginServer: "mlopsacr.azurecr.io" },
        scope: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/mlopsacr",
      },
    },
    data: { registrytype: "ACR", creationMode: "Manual" },
    serviceEndpointProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name }],
  });
  return id;
}

describe("a service connection that is to be created, and exists", () => {
  const type = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";
  const urn = `urn:pulumi:dev::job-container::${type}::job-container`;
  const planned = (serviceprincipalid?: string): StateResource => ({
    ...{ urn, type },
    inputs: {
      ...{ projectId: azureDevOps.projectId, serviceEndpointName: name },
      ...(serviceprincipalid && { credentials: { serviceprincipalid } }),
    },
  });

  test("is deleted if it signs in as the stack's identity", async () => {
    const id = await connect();
    expect(await recover(planned(own))).toBe(1);
    expect(azureDevOps.state.endpoints).toEqual([]);
    expect(context.said).toEqual([
      `The service connection ${name} (${id}) signs in as this stack's identity: deleted, and will be created again.`,
    ]);
  });

  test.each([
    ["signs in as another identity", "b4c1e5f7-9b2d-4e6f-8a0c-1d3e5f7a9b2c"],
    ["is to sign in as nobody knows whom", undefined],
  ])("is named and left alone if it %s", async (_, identity) => {
    const id = await connect();
    expect(await recover(planned(identity))).toBe(0);
    expect(azureDevOps.state.endpoints).toHaveLength(1);
    expect(context.said).toEqual([
      `There is a service connection ${name} (${id}) that does not sign in as this stack's identity: left alone.`,
    ]);
  });

  test("is not looked at if the stack knows it", async () => {
    stack.resources = [{ urn, type, id: await connect() }];
    expect(await recover(planned(own))).toBe(0);
    expect(azureDevOps.state.endpoints).toHaveLength(1);
  });

  test("is nothing to do if there is none", async () => {
    expect(await recover(planned(own))).toBe(0);
    expect(context.said).toEqual([]);
  });
});

describe("a branch control check on the stack's connection", () => {
  const type = "azuredevops:index/checkBranchControl:CheckBranchControl";
  const urn = `urn:pulumi:dev::job-container::${type}::job-container-push`;
  const displayName = "Branch control (managed by Pulumi)";
  let connection: string;
  beforeEach(async () => {
    connection = await connect();
    const endpoint = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";
    stack.resources = [
      { urn: `urn:pulumi:dev::job-container::${endpoint}::job-container`, type: endpoint, id: connection },
      // A number like a check's says nothing of that.
      { urn: "urn:pulumi:dev::job-container::a:b:Definition::1", type: "a:b:Definition", id: "1" },
    ];
  });

  const planned = (targetResourceId = connection): StateResource => ({
    ...{ urn, type },
    inputs: { projectId: azureDevOps.projectId, targetResourceType: "endpoint", targetResourceId, displayName },
  });

  async function check(name = displayName): Promise<number> {
    const { body } = await azureDevOps.request("POST", "mlops/_apis/pipelines/checks/configurations", {
      type: { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7" },
      resource: { type: "endpoint", id: connection },
      settings: {
        displayName: name,
        definitionRef: {
          id: "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
          name: "evaluatebranchProtection",
          version: "0.0.1",
        },
        inputs: { allowedBranches: "refs/heads/main", ensureProtectionOfBranch: "false" },
      },
    });
    return Number(body.id);
  }
  const left = () => azureDevOps.state.checks.map(({ id }) => id);

  test("is deleted if it is to be created, and exists", async () => {
    const id = await check();
    const somebodys = await check("Only at night");
    expect(await recover(planned())).toBe(1);
    expect(left()).toEqual([somebodys]);
    expect(context.said).toEqual([
      `The check "${displayName}" (${id}) is this stack's, which does not know it: deleted.`,
    ]);
  });

  test("is deleted if the stack knows another one that it has made since", async () => {
    await check();
    const known = await check();
    stack.resources.push({ ...planned(), id: String(known) });
    expect(await recover()).toBe(1);
    expect(left()).toEqual([known]);
  });

  test("is left alone on a connection that is not the stack's", async () => {
    const id = await check();
    stack.resources = [];
    expect(await recover(planned())).toBe(0);
    expect(left()).toEqual([id]);
  });

  test("is deleted there too, if it is called by the stack's pipeline", async () => {
    const id = await check("Branch control for \\ml\\infrastructure (managed by Pulumi)");
    const others = await check("Branch control for \\ml\\other (managed by Pulumi)");
    stack.resources = [];
    const { inputs, ...resource } = planned();
    const name = "Branch control for \\ml\\infrastructure (managed by Pulumi)";
    expect(await recover({ ...resource, inputs: { ...inputs, displayName: name } })).toBe(1);
    expect(left()).toEqual([others]);
    expect(id).not.toBe(others);
  });

  test("is not looked for where the connection is still to be created, or gone", async () => {
    const { inputs: { targetResourceId: _, ...inputs } = {} } = planned();
    expect(await recover({ ...planned(), inputs })).toBe(0);
    await connections.deleteServiceEndpoint(connection, [azureDevOps.projectId]);
    expect(await recover(planned())).toBe(0);
  });
});

describe("a definition that is to be created, and exists", () => {
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const urn = `urn:pulumi:dev::job-container::${type}::job-container-model`;
  const yamlFilename = "docker/docker-image-pipeline.yml";
  const planned = (): StateResource => ({
    ...{ urn, type },
    inputs: {
      ...{ projectId: azureDevOps.projectId, name: "model", path: "\\" },
      repository: { repoId: azureDevOps.repositoryId, ymlPath: yamlFilename },
      variables: [{ name: "jobContainerImage", value: "x" }],
    },
  });

  async function define(changes: { path?: string; yaml?: string; variables?: string[] } = {}): Promise<number> {
    const { path = "\\", yaml = yamlFilename, variables = ["jobContainerImage"] } = changes;
    const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
    const process = { type: 2, yamlFilename: yaml };
    const { id = 0 } = await builds.createDefinition(
      {
        ...{ name: "model", path, repository, process },
        variables: Object.fromEntries(variables.map((variable) => [variable, { value: "y" }])),
      },
      "mlops",
    );
    return id;
  }

  test("is deleted if it is as it was created, and may use no service connection", async () => {
    const id = await define();
    await connect(); // which is there, and which it may not use
    expect(await recover(planned())).toBe(1);
    expect(azureDevOps.state.definitions).toEqual([]);
    expect(context.said).toEqual([
      `The definition model (${id}) was created by it: deleted, and will be created again.`,
    ]);
  });

  test.each<[string, (id: number) => Promise<unknown>]>([
    [
      "may use a service connection",
      async (id) => {
        const url = `_apis/pipelines/pipelinepermissions/endpoint/${await connect()}`;
        return azureDevOps.request("PATCH", `mlops/${url}`, { pipelines: [{ id, authorized: true }] });
      },
    ],
    [
      "was changed",
      async (id) => {
        const definition = await builds.getDefinition("mlops", id);
        return builds.updateDefinition({ ...definition, description: "mine" }, "mlops", id);
      },
    ],
  ])("is named and left alone if it %s", async (_, change) => {
    const id = await define();
    await change(id);
    expect(await recover(planned())).toBe(0);
    expect(azureDevOps.state.definitions).toHaveLength(1);
    expect(context.said).toEqual([
      `There is a definition model (${id}) that is in use, or not as this stack creates it: left alone.`,
    ]);
  });

  test.each([
    ["another YAML file", { yaml: "README.md" }],
    ["other variables", { variables: ["jobContainerImage", "another"] }],
  ])("is left alone if it has %s", async (_, changes) => {
    await define(changes);
    expect(await recover(planned())).toBe(0);
    expect(azureDevOps.state.definitions).toHaveLength(1);
  });

  test("is not looked at if the stack knows it, or it is in another folder", async () => {
    stack.resources = [{ urn, type, id: String(await define()) }];
    await define({ path: "\\elsewhere" });
    expect(await recover(planned())).toBe(0);
    expect(azureDevOps.state.definitions).toHaveLength(2);
    expect(context.said).toEqual([]);
  });
});

test("a right that is missing is explained, with where it comes from", async () => {
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const [name, path, ymlPath] = ["model", "\\", "docker/docker-image-pipeline.yml"];
  await builds.createDefinition(
    {
      ...{ name, path, type: 2, queue: { name: "Azure Pipelines" } },
      repository: { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "refs/heads/main" },
      process: Object.assign({}, { type: 2, yamlFilename: ymlPath }),
    },
    "mlops",
  );
  context.env.AZDO_PERSONAL_ACCESS_TOKEN = `entra:${previewer.objectId}`;
  const inputs = {
    projectId: azureDevOps.projectId,
    name,
    path,
    repository: { repoId: azureDevOps.repositoryId, ymlPath },
  };
  await expect(recover({ urn: "urn:pulumi:dev::p::t::model", type, inputs })).rejects.toThrow(
    /TF215106: .* needs Delete build pipeline permissions .* Whoever recovers a stack needs the rights of whoever deploys it/,
  );
  expect(azureDevOps.state.definitions).toHaveLength(1);
});
