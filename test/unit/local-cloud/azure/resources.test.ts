import { isPublic } from "../../../../local-cloud/azure/resource-types/registries";
import { LocalAzure, subscription } from "../../support/local-azure";

let azure: LocalAzure;
let group: string;

beforeEach(async () => {
  azure = await LocalAzure.start();
  group = await azure.createGroup();
});

afterEach(() => azure.stop());

describe("a registry", () => {
  const body = { location: "westeurope", sku: { name: "Basic" }, properties: { adminUserEnabled: false } };
  const registry = (name: string) => `${group}/providers/Microsoft.ContainerRegistry/registries/${name}`;

  it("gets a login server, and loses it when it is deleted", async () => {
    const created = await azure.request("PUT", registry("mlopsRegistry"), "2023-01-01-preview", body);
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: registry("mlopsRegistry"),
        name: "mlopsRegistry",
        type: "Microsoft.ContainerRegistry/registries",
        location: "westeurope",
        sku: { name: "Basic", tier: "Basic" },
        properties: { loginServer: "127.0.0.1:9490", adminUserEnabled: false, provisioningState: "Succeeded" },
      },
    });
    expect((await azure.request("GET", registry("MLOPSREGISTRY"), "2023-01-01-preview")).body).toEqual(created.body);
    expect((await azure.request("PUT", registry("mlopsregistry"), "2023-01-01-preview", body)).status).toBe(200);
    expect((await azure.request("DELETE", registry("mlopsregistry"), "2023-01-01-preview")).status).toBe(200);
    expect((await azure.request("DELETE", registry("mlopsregistry"), "2023-01-01-preview")).status).toBe(204);
    expect(azure.registries.running.size).toBe(0);
    expect((await azure.request("GET", registry("mlopsregistry"), "2023-01-01-preview")).body.error).toEqual({
      code: "ResourceNotFound",
      message:
        "The Resource 'Microsoft.ContainerRegistry/registries/mlopsregistry' under resource group 'mlops' was not found. " +
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    });
  });

  it.each([
    ["without a sku", "mlopsregistry", { location: "westeurope" }, 400, "MissingRequiredProperty"],
    ["with a sku that does not exist", "mlopsregistry", { ...body, sku: { name: "Gold" } }, 400, "UnsupportedSku"],
    ["without a location", "mlopsregistry", { sku: body.sku }, 400, "LocationRequired"],
    ["with a hyphen in its name", "mlops-registry", body, 400, "InvalidResourceName"],
    ["with four letters", "mlop", body, 400, "InvalidResourceName"],
    [
      "with the admin user",
      "mlopsregistry",
      { ...body, properties: { adminUserEnabled: true } },
      501,
      "NotImplemented",
    ],
    [
      "without public network access and not Premium",
      "mlopsregistry",
      { ...body, properties: { publicNetworkAccess: "Disabled" } },
      400,
      "SkuNotSupported",
    ],
    [
      "with a public network access that does not exist",
      "mlopsregistry",
      { ...body, properties: { publicNetworkAccess: "Maybe" } },
      400,
      "InvalidRequestBody",
    ],
    ["with a property that is not emulated", "mlopsregistry", { ...body, properties: { x: 1 } }, 501, "NotImplemented"],
  ])("%s is refused, and nothing is made", async (_, name, request, status, code) => {
    const answer = await azure.request("PUT", registry(name), "2023-01-01-preview", request);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(azure.registries.running.size).toBe(0);
  });

  it("keeps whether it answers on the public network, which others ask about", async () => {
    const ask = () => isPublic(azure.store.data, registry("MlopsRegistry"));
    const premium = { ...body, sku: { name: "Premium" } };
    const put = (properties: object) =>
      azure.request("PUT", registry("mlopsregistry"), "2023-01-01-preview", { ...premium, properties });
    expect((await put({})).body.properties.publicNetworkAccess).toBe("Enabled");
    expect(ask()).toBe(true);
    await put({ publicNetworkAccess: "Disabled" });
    expect((await put({})).body.properties.publicNetworkAccess).toBe("Disabled");
    expect(ask()).toBe(false);
    await put({ publicNetworkAccess: "Enabled" });
    expect(ask()).toBe(true);
  });

  it("has a name that is unique in all of Azure", async () => {
    await azure.createRegistry(await azure.createGroup("other"), "mlopsregistry");
    const answer = await azure.request("PUT", registry("MLOpsRegistry"), "2023-01-01-preview", body);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "AlreadyInUse" } } });
    const check = (name: string) =>
      azure.request(
        "POST",
        `${subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability`,
        "2023-07-01",
        {
          name,
          type: "Microsoft.ContainerRegistry/registries",
        },
      );
    expect((await check("mlopsregistry")).body).toMatchObject({ nameAvailable: false, reason: "AlreadyExists" });
    expect((await check("a-b-c-d")).body).toMatchObject({ nameAvailable: false, reason: "Invalid" });
    expect((await check("another")).body).toEqual({ nameAvailable: true });
  });

  it("shows its permission mode from API version 2025-04-01 on", async () => {
    const id = await azure.createRegistry(group, "abacregistry", { roleAssignmentMode: "AbacRepositoryPermissions" });
    const mode = async (version: string) =>
      (await azure.request("GET", id, version)).body.properties.roleAssignmentMode;
    expect(await mode("2025-04-01")).toBe("AbacRepositoryPermissions");
    expect(await mode("2023-01-01-preview")).toBeUndefined();
    await azure.request("PATCH", id, "2025-04-01", { properties: { roleAssignmentMode: "LegacyRegistryPermissions" } });
    expect(await mode("2025-11-01")).toBe("LegacyRegistryPermissions");
  });

  it("is refused in a resource group that does not exist", async () => {
    const id = registry("mlopsregistry").replace("/mlops/", "/nowhere/");
    expect(await azure.request("PUT", id, "2023-01-01-preview", body)).toMatchObject({
      status: 404,
      body: { error: { code: "ResourceGroupNotFound" } },
    });
  });

  it("is made once when two ask for it at the same time", async () => {
    const answers = await Promise.all([
      azure.request("PUT", registry("mlopsregistry"), "2023-01-01-preview", body),
      azure.request("PUT", registry("mlopsregistry"), "2023-01-01-preview", body),
    ]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 201]);
  });
});

describe("a workspace", () => {
  const workspace = () => `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws`;

  it("has no registry until one is set", async () => {
    const created = await azure.request("PUT", workspace(), "2024-10-01", { location: "westeurope", properties: {} });
    expect(created).toMatchObject({ status: 201, body: { properties: { containerRegistry: null } } });
    const registry = await azure.createRegistry(group);
    await azure.request("PATCH", workspace(), "2024-10-01", { properties: { containerRegistry: registry } });
    const { body } = await azure.request("GET", workspace(), "2025-12-01");
    expect(body.properties.containerRegistry).toBe(registry);
    expect(body.properties.workspaceId).toBe(created.body.properties.workspaceId);
  });

  it("does not take a registry that does not exist", async () => {
    const properties = { containerRegistry: `${group}/providers/Microsoft.ContainerRegistry/registries/nowhere` };
    const answer = await azure.request("PUT", workspace(), "2024-10-01", { location: "westeurope", properties });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "BadRequest" } } });
  });
});

describe("an identity and its federated credentials", () => {
  const federation = {
    properties: {
      issuer: "https://vstoken.dev.azure.com/local",
      subject: "sc://local/mlops/acrconnection",
      audiences: ["api://AzureADTokenExchange"],
    },
  };

  it("keeps the principal that it got at first", async () => {
    const first = await azure.createIdentity(group);
    expect(await azure.createIdentity(group)).toEqual(first);
  });

  it("takes a credential, shows and lists it, and takes it along", async () => {
    const { id } = await azure.createIdentity(group);
    const credential = `${id}/federatedIdentityCredentials/azure-devops`;
    expect(await azure.request("PUT", credential, "2023-01-31", federation)).toMatchObject({
      status: 201,
      body: { id: credential, name: "azure-devops", ...federation },
    });
    expect((await azure.request("GET", `${id}/federatedIdentityCredentials`, "2023-01-31")).body.value).toHaveLength(1);
    const twin = await azure.request("PUT", `${credential}-2`, "2023-01-31", federation);
    expect(twin).toMatchObject({ status: 409, body: { error: { code: "Conflict" } } });
    await azure.request("DELETE", id, "2023-01-31");
    expect((await azure.request("GET", credential, "2023-01-31")).status).toBe(404);
  });

  it.each([
    ["no subject", { ...federation.properties, subject: "" }],
    ["an issuer that is no URL", { ...federation.properties, issuer: "devops" }],
    ["an issuer that is not secure", { ...federation.properties, issuer: "http://example.com" }],
    ["two audiences", { ...federation.properties, audiences: ["a", "b"] }],
  ])("refuses a credential with %s", async (_, properties) => {
    const { id } = await azure.createIdentity(group);
    const answer = await azure.request("PUT", `${id}/federatedIdentityCredentials/azure-devops`, "2023-01-31", {
      properties,
    });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "BadRequest" } } });
  });

  it("refuses a credential of an identity that does not exist", async () => {
    const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody/federatedIdentityCredentials/x-y`;
    expect(await azure.request("PUT", id, "2023-01-31", federation)).toMatchObject({
      status: 404,
      body: { error: { code: "ParentResourceNotFound" } },
    });
  });
});
