import { randomUUID } from "node:crypto";
import { LocalAzure, subscription } from "../../support/local-azure";

let azure: LocalAzure;
let group: string;

beforeEach(async () => {
  azure = await LocalAzure.start();
  group = await azure.createGroup();
});
afterEach(() => azure.stop());

const modeVersion = "2025-04-01";

/** A template that puts a registry in the newer permission mode. */
const template = (properties: object = {}, more: object = {}) => ({
  $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  contentVersion: "1.0.0.0",
  resources: [
    {
      type: "Microsoft.ContainerRegistry/registries",
      apiVersion: modeVersion,
      name: "mlopsregistry",
      location: "westeurope",
      sku: { name: "Basic" },
      properties: { roleAssignmentMode: "AbacRepositoryPermissions", ...properties },
    },
  ],
  ...more,
});

const deployments = (scope = group) => `${scope}/providers/Microsoft.Resources/deployments`;
const registry = () => `${group}/providers/Microsoft.ContainerRegistry/registries/mlopsregistry`;

function deploy(properties: object = { mode: "Incremental", template: template() }, identity?: Identity) {
  return azure.request("PUT", `${deployments()}/mode`, "2024-03-01", { properties }, identity);
}
type Identity = { objectId: string; clientId: string };

describe("a deployment", () => {
  it("puts what its template says, and leaves it when it is deleted", async () => {
    expect(await deploy()).toMatchObject({
      status: 201,
      body: { type: "Microsoft.Resources/deployments", properties: { provisioningState: "Succeeded" } },
    });
    const { body } = await azure.request("GET", registry(), modeVersion);
    expect(body.properties.roleAssignmentMode).toBe("AbacRepositoryPermissions");
    expect((await azure.request("GET", `${deployments()}/mode`, "2024-03-01")).body.properties.outputResources).toEqual(
      [{ id: registry() }],
    );
    expect((await azure.request("DELETE", `${deployments()}/mode`, "2024-03-01")).status).toBe(200);
    expect((await azure.request("GET", `${deployments()}/mode`, "2024-03-01")).status).toBe(404);
    expect((await azure.request("GET", registry(), modeVersion)).status).toBe(200);
  });

  it("changes the mode of a registry in place, which an older API version then keeps", async () => {
    await azure.createRegistry(group);
    const before = (await azure.request("GET", registry(), modeVersion)).body;
    await deploy();
    const put = { location: "westeurope", sku: { name: "Basic" }, properties: { adminUserEnabled: false } };
    expect((await azure.request("PUT", registry(), "2023-01-01-preview", put)).status).toBe(200);
    const after = (await azure.request("GET", registry(), modeVersion)).body;
    expect(after.properties).toMatchObject({
      roleAssignmentMode: "AbacRepositoryPermissions",
      creationDate: before.properties.creationDate,
      loginServer: before.properties.loginServer,
    });
  });

  it("does what its author may do, and no more", async () => {
    const identity = await azure.createIdentity(group);
    expect((await deploy(undefined, identity)).body.error.code).toBe("AuthorizationFailed");
    const role = `${registry()}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    await azure.createRegistry(group);
    const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c`;
    await azure.request("PUT", role, "2022-04-01", {
      properties: { principalId: identity.objectId, roleDefinitionId },
    });
    expect((await deploy(undefined, identity)).body.error.code).toBe("AuthorizationFailed");
  });

  it.each([
    ["another mode", { mode: "Complete", template: template() }, 'the deployment mode "Complete"'],
    [
      "parameters",
      { mode: "Incremental", template: template(), parameters: {} },
      "the deployment property 'parameters'",
    ],
    [
      "a template's outputs",
      { mode: "Incremental", template: template({}, { outputs: {} }) },
      "the template member 'outputs'",
    ],
    [
      "an expression",
      { mode: "Incremental", template: template({ publicNetworkAccess: "[parameters('access')]" }) },
      "the template expression '[parameters('access')]'",
    ],
  ])("with %s is not emulated, and says so", async (_, properties, what) => {
    const { status, body } = await deploy(properties);
    expect([status, body.error.message]).toEqual([501, expect.stringContaining(what)]);
    expect((await azure.request("GET", registry(), modeVersion)).status).toBe(404);
  });

  it("without resources is no template", async () => {
    const { status, body } = await deploy({ mode: "Incremental", template: {} });
    expect([status, body.error.code]).toEqual([400, "InvalidTemplate"]);
  });
});

describe("a registry's retention policy", () => {
  const put = (sku: string, retentionPolicy: object) =>
    azure.request("PUT", registry(), modeVersion, {
      location: "westeurope",
      sku: { name: sku },
      properties: { policies: { retentionPolicy } },
    });

  it("is kept in the SKU Premium, also by a request that does not speak of it", async () => {
    expect(
      (await put("Premium", { days: 30, status: "enabled" })).body.properties.policies.retentionPolicy,
    ).toMatchObject({
      days: 30,
      status: "enabled",
    });
    const { body } = await azure.request("PATCH", registry(), modeVersion, { tags: { team: "ml" } });
    expect(body.properties.policies).toMatchObject({
      retentionPolicy: { days: 30, status: "enabled" },
      exportPolicy: { status: "enabled" },
    });
  });

  it.each([
    ["in another SKU", "Standard", { days: 30, status: "enabled" }, "SkuNotSupported"],
    ["of too many days", "Premium", { days: 366, status: "enabled" }, "InvalidRequestBody"],
    ["in no state that there is", "Premium", { days: 3, status: "on" }, "InvalidRequestBody"],
  ])("%s is refused", async (_, sku, policy, code) => {
    expect((await put(sku, policy)).body.error.code).toBe(code);
  });
});
