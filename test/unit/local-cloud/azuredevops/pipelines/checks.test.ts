import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let endpoint: string;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  endpoint = await connect("acrconnection-push");
});

afterEach(() => azureDevOps.close());

async function connect(name: string): Promise<string> {
  const { body } = await azureDevOps.request("POST", "_apis/serviceendpoint/endpoints", {
    name,
    type: "generic",
    url: "https://test",
    authorization: { scheme: "UsernamePassword", parameters: { username: "u", password: "p" } },
    serviceEndpointProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name }],
  });
  return String(body.id);
}

const path = "mlops/_apis/pipelines/checks/configurations";

/** As the provider sends it. */
function check(allowedBranches = "refs/heads/main", more: object = {}) {
  return {
    version: 0,
    type: { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7" },
    resource: { type: "endpoint", id: endpoint },
    timeout: 60,
    settings: {
      displayName: "Only main",
      definitionRef: {
        id: "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
        name: "evaluatebranchProtection",
        version: "0.0.1",
      },
      inputs: { allowedBranches, ensureProtectionOfBranch: "false" },
    },
    ...more,
  };
}

test("a check comes back by its id, its settings only where they are asked for", async () => {
  const { body: made } = await azureDevOps.request("POST", path, check());
  const { settings, ...others } = made;
  expect(made).toMatchObject({ id: 1, version: 1, timeout: 60, type: { name: "Task Check" } });
  expect(made).toMatchObject({ resource: { type: "endpoint", id: endpoint }, settings: check().settings });
  expect((await azureDevOps.request("GET", `${path}/1?$expand=settings`)).body).toEqual(made);
  expect((await azureDevOps.request("GET", `${path}/1`)).body).toEqual(others);
  expect(azureDevOps.savedState().checks).toHaveLength(1);
});

test("the checks on one resource are listed", async () => {
  await azureDevOps.request("POST", path, check());
  const on = async (id: string) =>
    (await azureDevOps.request("GET", `${path}?resourceType=endpoint&resourceId=${id}`)).body.count;
  expect(await on(endpoint)).toBe(1);
  expect(await on(await connect("other"))).toBe(0);
});

test("a change counts the versions, and does not move it to another resource", async () => {
  await azureDevOps.request("POST", path, check());
  const changed = await azureDevOps.request("PATCH", `${path}/1`, check("refs/heads/master"));
  expect(changed.body).toMatchObject({ version: 2, settings: { inputs: { allowedBranches: "refs/heads/master" } } });
  const resource = { type: "endpoint", id: await connect("other") };
  expect(await azureDevOps.request("PATCH", `${path}/1`, check("*", { resource }))).toMatchObject({ status: 400 });
});

test("one that is deleted is not found, as the provider expects it", async () => {
  await azureDevOps.request("POST", path, check());
  expect((await azureDevOps.request("DELETE", `${path}/1`)).status).toBe(204);
  for (const method of ["GET", "DELETE"]) {
    expect(await azureDevOps.request(method, `${path}/1`)).toMatchObject({
      status: 404,
      body: { message: "Check configuration with id 1 does not exist." },
    });
  }
});

test("it goes with its resource", async () => {
  await azureDevOps.request("POST", path, check());
  await azureDevOps.request(
    "DELETE",
    `_apis/serviceendpoint/endpoints/${endpoint}?projectIds=${azureDevOps.projectId}`,
  );
  expect(azureDevOps.savedState().checks).toEqual([]);
});

test.each([
  ["of another kind", { type: { id: "8c6f20a7-a545-4486-9777-f762fafe0d4d" } }, "branch control checks only"],
  ["on what runs are not asked about", { resource: { type: "queue", id: "1" } }, "only, and not on queue"],
])("one %s is refused", async (_, more, message) => {
  const answer = await azureDevOps.request("POST", path, check("*", more));
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
});

test("one on nothing that exists is refused", async () => {
  const resource = { type: "endpoint", id: azureDevOps.projectId };
  expect(await azureDevOps.request("POST", path, check("*", { resource }))).toMatchObject({ status: 404 });
});
