import { isWithin } from "../../../../local-cloud/azure/state";
import { azureDevOpsAudience, deployer, operator, previewer, tenantId } from "../../../../local-cloud/cloud/identity";
import { LocalAzure, operatorSecret, subscription } from "../../support/local-azure";

let azure: LocalAzure;

beforeEach(async () => {
  azure = await LocalAzure.start();
});

afterEach(() => azure.stop());

describe("signing in", () => {
  const signIn = (form: Record<string, string>, tenant = tenantId) =>
    azure.fetch(`/${tenant}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: operator.clientId,
        client_secret: operatorSecret,
        scope: "https://management.azure.com//.default",
        ...form,
      }),
    });

  it("gives the operator a token that Resource Manager takes", async () => {
    const { access_token, token_type } = (await signIn({})).body;
    expect(token_type).toBe("Bearer");
    const headers = { authorization: `Bearer ${access_token}` };
    const { body } = await azure.fetch(`${subscription}?api-version=2022-12-01`, { headers });
    expect(body).toMatchObject({ displayName: "Local cloud", tenantId });
  });

  it("gives whoever deploys and whoever previews tokens for Azure DevOps, by the number that it has for Entra", async () => {
    for (const { clientId, objectId } of [deployer, previewer]) {
      const scope = `${azureDevOpsAudience}/.default`;
      const { access_token } = (await signIn({ client_id: clientId, scope })).body;
      expect(await azure.tokens.verifyAzureToken(access_token, azureDevOpsAudience)).toMatchObject({ oid: objectId });
    }
  });

  it.each([
    ["a wrong secret", { client_secret: "guess" }, 401, "invalid_client", 7000215],
    ["an unknown application", { client_id: "nobody" }, 400, "unauthorized_client", 700016],
    ["another flow", { grant_type: "password" }, 400, "unsupported_grant_type", 70003],
    ["a scope that names no resource", { scope: "user.read" }, 400, "invalid_scope", 1002012],
  ])("refuses %s as Entra ID does", async (_, form, status, error, code) => {
    const answer = await signIn(form);
    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
    expect(answer.body.error_description).toContain(`AADSTS${code}: `);
  });

  it("refuses another tenant", async () => {
    expect((await signIn({}, "contoso")).body.error_codes).toEqual([90002]);
  });

  it("tells its endpoints", async () => {
    const { body } = await azure.fetch("/metadata/endpoints?api-version=2022-09-01");
    expect(body).toMatchObject({ resourceManager: `http://${azure.address}/` });
  });
});

describe("every request", () => {
  const url = `${subscription}?api-version=2022-12-01`;

  it("needs a token", async () => {
    const answer = await azure.fetch(url);
    expect(answer).toMatchObject({ status: 401, body: { error: { code: "AuthenticationFailed" } } });
  });

  it("needs a token for Resource Manager, not for another service", async () => {
    const token = await azure.tokens.issueAzureToken(operator, "https://vault.azure.net/");
    const { body } = await azure.fetch(url, { headers: { authorization: `Bearer ${token}` } });
    expect(body.error.code).toBe("InvalidAuthenticationToken");
  });

  it.each([
    ["no API version", subscription, "", 400, "MissingApiVersionParameter"],
    ["a malformed API version", subscription, "latest", 400, "InvalidApiVersionParameter"],
    [
      "another subscription",
      "/subscriptions/00000000-0000-0000-0000-000000000000",
      "2022-12-01",
      404,
      "SubscriptionNotFound",
    ],
    [
      "a type that is not emulated",
      `${subscription}/providers/Microsoft.Storage/storageAccounts`,
      "2023-01-01",
      501,
      "NotImplemented",
    ],
    ["a path that is none", "/providers", "2023-01-01", 501, "NotImplemented"],
    [
      "an API version that the type lacks",
      `${subscription}/providers/Microsoft.ContainerRegistry/registries`,
      "1999-01-01",
      400,
      "NoRegisteredProviderFound",
    ],
  ])("with %s is refused", async (_, path, apiVersion, status, code) => {
    const answer = await azure.request("GET", path, apiVersion);
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  it("needs a role: an identity without one may not even read", async () => {
    const group = await azure.createGroup();
    const identity = await azure.createIdentity(group);
    const answer = await azure.request("GET", group, "2024-03-01", undefined, identity);
    expect(answer).toMatchObject({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
  });
});

describe("a resource group", () => {
  it("is created, read whatever the casing, updated, listed and deleted", async () => {
    const id = `${subscription}/resourceGroups/MLOps`;
    expect(await azure.request("PUT", id, "2024-03-01", { location: "West Europe" })).toMatchObject({
      status: 201,
      body: { id, name: "MLOps", location: "westeurope", properties: { provisioningState: "Succeeded" } },
    });
    const tagged = { location: "westeurope", tags: { team: "ml" } };
    expect(await azure.request("PUT", id.toLowerCase(), "2024-03-01", tagged)).toMatchObject({
      status: 200,
      body: { id },
    });
    expect((await azure.request("GET", `${subscription}/resourcegroups/mlops`, "2024-03-01")).body.tags).toEqual({
      team: "ml",
    });
    expect((await azure.request("GET", `${subscription}/resourceGroups`, "2024-03-01")).body.value).toHaveLength(1);
    expect((await azure.request("DELETE", id, "2024-03-01")).status).toBe(200);
    expect(await azure.request("GET", id, "2024-03-01")).toMatchObject({
      status: 404,
      body: { error: { code: "ResourceGroupNotFound", message: "Resource group 'MLOps' could not be found." } },
    });
  });

  it.each([
    ["without a location", "mlops", {}, "LocationRequired"],
    ["in a place that is no region", "mlops", { location: "atlantis" }, "LocationNotAvailableForResourceGroup"],
    ["whose name ends in a dot", "mlops.", { location: "westeurope" }, "InvalidResourceGroup"],
  ])("%s is refused", async (_, name, body, code) => {
    const answer = await azure.request("PUT", `${subscription}/resourceGroups/${name}`, "2024-03-01", body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it("cannot be moved", async () => {
    const group = await azure.createGroup();
    const answer = await azure.request("PUT", group, "2024-03-01", { location: "eastus" });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "InvalidResourceGroupLocation" } } });
  });

  it("takes what is in it along, and the roles on that", async () => {
    const group = await azure.createGroup();
    const registry = await azure.createRegistry(group);
    const { objectId } = await azure.createIdentity(group);
    await azure.request(
      "PUT",
      `${registry}/providers/Microsoft.Authorization/roleAssignments/11111111-1111-4111-8111-111111111111`,
      "2022-04-01",
      {
        properties: {
          principalId: objectId,
          roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d`,
        },
      },
    );
    await azure.request("DELETE", group, "2024-03-01");
    expect(azure.registries.running.size).toBe(0);
    expect(azure.store.data.resources).toEqual({});
    expect(azure.store.data.roleAssignments.filter(({ scope }) => isWithin(scope, group))).toEqual([]);
  });
});
