import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});
afterEach(() => azureDevOps.close());

describe("a request of another form than its API's is refused in words that say where", () => {
  const repositories = "mlops/_apis/git/repositories";
  it.each<[string, string, unknown, string]>([
    [`${repositories}/x/pushes`, "POST", {}, "body must have required property 'refUpdates'"],
    [`${repositories}/x/pushes`, "POST", { refUpdates: [{}] }, "body/refUpdates/0 must have required property 'name'"],
    [`${repositories}/x/pushes`, "POST", { refUpdates: [] }, "body/refUpdates must NOT have fewer than 1 items"],
    [repositories, "POST", { name: null }, "body/name must be string"],
    [repositories, "POST", { name: 7 }, "body/name must be string"],
    [repositories, "POST", { isDisabled: "false" }, "body/isDisabled must be boolean"],
    [repositories, "POST", [], "body must be object"],
    [`${repositories}/x/refs`, "POST", {}, "body must be array"],
    ["mlops/_apis/build/retention/leases", "POST", [{ daysValid: "1" }], "body/0/daysValid must be number"],
    ["mlops/_apis/build/builds", "POST", { reason: "schedule" }, "body/reason must be equal to one of the allowed"],
    ["mlops/_apis/build/builds", "POST", { demands: [] }, "does not take the property 'demands' here"],
    [
      "mlops/_apis/pipelines",
      "POST",
      { name: "a", configuration: { type: [] } },
      "body/configuration/type must be the",
    ],
    [`${repositories}?includeHidden=a&includeHidden=b`, "GET", undefined, "querystring/includeHidden must be string"],
  ])("%s %s %j", async (path, method, body, message) => {
    expect(await azureDevOps.request(method, path, body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message), typeKey: "ArgumentException" },
    });
  });
});

test("what the API does not know of a variable is kept as it came", async () => {
  const variables = { key: { value: "v", isReadOnly: true } };
  const { body } = await azureDevOps.request("POST", "_apis/distributedtask/variablegroups", {
    ...{ name: "settings", type: "Vsts", variables },
    variableGroupProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name: "settings" }],
  });
  expect(body.variables).toEqual(variables);
});
