import { WebApi } from "azure-devops-node-api";
import { definitionType, readState } from "../../../../src/cli/env/state";
import { checkType, connectionType } from "../../../../src/cli/recover/azure-devops";
import { goneResources } from "../../../../src/cli/recover/gone-resources";
import { LocalAzureDevOps } from "../../support/local-azure-devops";
import { contextOf, type TestResource, TestStack, TestStacks } from "../../support/test-stacks";

const urn = `urn:pulumi:dev::job-container::${connectionType}::job-container`;
const inputs = { projectId: "mlops", serviceEndpointName: "acrconnection" };

describe("what is gone", () => {
  let azureDevOps: LocalAzureDevOps;
  let connection: string;
  let group: string;
  const noConnection = "3fcf1e70-c982-4b6d-aa21-cd4d330c0089";

  beforeAll(async () => {
    azureDevOps = await LocalAzureDevOps.start();
    const { client, projectId } = azureDevOps;
    const endpoint = await (await client.getServiceEndpointApi()).createServiceEndpoint({
      ...{ name: "there", type: "dockerregistry", url: "https://index.docker.io/v1/", owner: "library" },
      authorization: { scheme: "UsernamePassword", parameters: { username: "u", password: "p", registry: "r" } },
      data: { registrytype: "Others" },
      serviceEndpointProjectReferences: [{ projectReference: { id: projectId }, name: "there" }],
    });
    connection = String(endpoint.id);
    const made = await (await client.getTaskAgentApi()).addVariableGroup({
      ...{ name: "deploy", type: "Vsts", variables: { a: { value: "1" } } },
      variableGroupProjectReferences: [{ name: "deploy", projectReference: { id: projectId } }],
    });
    group = String(made.id);
  });
  afterAll(() => azureDevOps.close());

  const permission = (type: string, resourceId: string) => ({
    type: "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
    inputs: { projectId: azureDevOps.projectId, type, resourceId, pipelineId: 1 },
  });
  const check = (targetResourceType: string, targetResourceId: string) => ({
    type: checkType,
    inputs: { projectId: azureDevOps.projectId, targetResourceType, targetResourceId },
  });
  /** What is said of a resource, if it is gone. */
  const said = async (resource: Omit<TestResource, "urn">) => {
    const context = contextOf(new TestStacks(azureDevOps.url));
    const stack = new TestStack("dev");
    stack.resources = [
      { urn: "urn::of", ...resource },
      { urn: "urn::other", type: definitionType, id: "7" },
    ];
    const urns = await goneResources(context, await readState(stack));
    expect([...urns]).toEqual(context.said.map(() => "urn::of"));
    return context.said;
  };

  test("is a service connection of the stack's", async () => {
    const own = (id: string) => ({ type: connectionType, id, inputs: { ...inputs, projectId: azureDevOps.projectId } });
    expect(await said(own(connection))).toEqual([]);
    expect(await said(own(noConnection))).toEqual([
      `The service connection acrconnection (${noConnection}) is gone: the stack forgets it.`,
    ]);
  });

  test("is a permission on a service connection, whoever has made that", async () => {
    expect(await said(permission("endpoint", connection))).toEqual([]);
    expect(await said(permission("endpoint", noConnection))).toEqual([
      `The service connection ${noConnection} is gone: the stack forgets PipelineAuthorization of, which was on it.`,
    ]);
  });

  test("is a permission on a variable group", async () => {
    expect(await said(permission("variablegroup", group))).toEqual([]);
    expect(await said(permission("variablegroup", "4711"))).toEqual([
      "The variable group 4711 is gone: the stack forgets PipelineAuthorization of, which was on it.",
    ]);
  });

  test("is a check on a service connection or a variable group", async () => {
    expect(await said(check("endpoint", connection))).toEqual([]);
    expect(await said(check("endpoint", noConnection))).toHaveLength(1);
    expect(await said(check("variablegroup", group))).toEqual([]);
    expect(await said(check("variablegroup", "4711"))).toHaveLength(1);
  });

  test("is not a permission on something else, which a refresh can read", async () => {
    expect(await said(permission("queue", "4711"))).toEqual([]);
  });
});

/** Which connections of the state are gone, where the list has none, and the one is answered so. */
async function gone(one: () => Promise<unknown>): Promise<string[]> {
  const api: object = { getServiceEndpoints: async () => [], getServiceEndpointDetails: one };
  jest.spyOn(WebApi.prototype, "getServiceEndpointApi").mockImplementation(async () => Object.create(api));
  const stack = new TestStack("dev");
  stack.resources = [{ urn, type: connectionType, id: "1", inputs }];
  const context = contextOf(new TestStacks("http://azure-devops.test/local"));
  return [...(await goneResources(context, await readState(stack)))];
}

afterEach(() => jest.restoreAllMocks());

test("one that does not exist is gone", async () => {
  expect(await gone(async () => null)).toEqual([urn]);
});

test("one that a list leaves out, and that is there when it is asked for, is not", async () => {
  expect(await gone(async () => ({ id: "1" }))).toEqual([]);
});

test("one that this identity may not see is not", async () => {
  const refused = Object.assign(new Error("You do not have permissions on it."), { statusCode: 403 });
  await expect(gone(() => Promise.reject(refused))).rejects.toThrow(
    "looking for what the stack has in Azure DevOps failed: You do not have permissions on it.",
  );
});
