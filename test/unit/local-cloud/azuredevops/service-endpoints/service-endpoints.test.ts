import type { ServiceEndpoint } from "azure-devops-node-api/interfaces/ServiceEndpointInterfaces";
import type { IServiceEndpointApi } from "azure-devops-node-api/ServiceEndpointApi";
import { LocalAzureDevOps, tenantId } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IServiceEndpointApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getServiceEndpointApi();
});

afterEach(() => azureDevOps.close());

/** A federated connection to a registry, as the provider sends it. */
function federated(name: string): ServiceEndpoint {
  return {
    name,
    type: "dockerregistry",
    url: "https://mlopsacr.azurecr.io",
    owner: "library",
    description: "Registry of the job containers",
    authorization: {
      scheme: "WorkloadIdentityFederation",
      parameters: {
        tenantId,
        serviceprincipalid: "a3c1e5f7-9b2d-4e6f-8a0c-1d3e5f7a9b2c",
        loginServer: "mlopsacr.azurecr.io",
        scope: "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/mlopsacr",
      },
    },
    data: { registrytype: "ACR", creationMode: "Manual" },
    serviceEndpointProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name }],
  };
}

function withSecret(name: string): ServiceEndpoint {
  return {
    ...federated(name),
    authorization: {
      scheme: "UsernamePassword",
      parameters: { username: "robot", password: "hush", registry: "https://index.docker.io/v1/" },
    },
  };
}

async function refusal(endpoint: ServiceEndpoint) {
  return azureDevOps.request("POST", "_apis/serviceendpoint/endpoints", endpoint);
}

describe("a federated service connection", () => {
  it("gets its issuer and its subject from the service", async () => {
    const { id, authorization, isReady, operationStatus } = await api.createServiceEndpoint(federated("acrconnection"));
    expect(authorization?.parameters).toMatchObject({
      loginServer: "mlopsacr.azurecr.io",
      workloadIdentityFederationIssuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      // Tenant and application as their bytes, the first three groups of a GUID little-endian.
      workloadIdentityFederationSubject:
        "/eid1/c/pub/t/PSwbb04KW0-MbX6PkKGyww/a/rISbSSETf0KqFyZ8ppdXmA" +
        `/sc/${azureDevOps.state.organizationId}/${id}`,
    });
    expect({ isReady, operationStatus }).toEqual({
      isReady: true,
      operationStatus: { state: "Ready", statusMessage: "" },
    });
  });

  it("keeps both when it is renamed", async () => {
    const made = await api.createServiceEndpoint(federated("acrconnection"));
    const renamed = await api.updateServiceEndpoint({ ...federated("registry"), id: made.id }, made.id ?? "");
    expect(renamed.name).toBe("registry");
    expect(renamed.authorization).toEqual(made.authorization);
  });

  it("needs an identity, unless the service makes one", async () => {
    const endpoint = federated("acrconnection");
    delete endpoint.authorization?.parameters?.serviceprincipalid;
    expect(await refusal(endpoint)).toMatchObject({
      status: 400,
      body: { message: "Service connection: the authorization parameter serviceprincipalid is required." },
    });
    const made = await api.createServiceEndpoint({ ...endpoint, data: { creationMode: "Automatic" } });
    expect(made.authorization?.parameters?.serviceprincipalid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.data?.spnObjectId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe("a service connection", () => {
  it("is found by id and by name, and is written down", async () => {
    const { id = "" } = await api.createServiceEndpoint(federated("acrconnection"));
    const found = await api.getServiceEndpointDetails("mlops", id);
    expect(found).toMatchObject({
      id,
      name: "acrconnection",
      description: "Registry of the job containers",
      owner: "Library",
      isShared: false,
      serviceEndpointProjectReferences: [{ name: "acrconnection", projectReference: { name: "mlops" } }],
    });
    expect(await api.getServiceEndpointsByNames("mlops", ["ACRconnection"])).toHaveLength(1);
    expect(await api.getServiceEndpointsByNames("mlops", ["other"])).toHaveLength(0);
    expect(await api.getServiceEndpoints("mlops", "dockerregistry", ["WorkloadIdentityFederation"])).toHaveLength(1);
    expect(await api.getServiceEndpoints("mlops", "github")).toHaveLength(0);
    expect(azureDevOps.savedState().endpoints).toEqual(azureDevOps.state.endpoints);
  });

  it("shows no secret, and keeps one that is not sent again", async () => {
    const { id = "", authorization } = await api.createServiceEndpoint(withSecret("hub"));
    expect(authorization?.parameters).toMatchObject({ username: "robot", password: null });
    const next = withSecret("hub");
    Object.assign(next.authorization?.parameters ?? {}, { password: null, username: "another" });
    const updated = await api.updateServiceEndpoint(next, id);
    expect(updated.authorization?.parameters).toMatchObject({ username: "another", password: null });
    expect(azureDevOps.state.endpoints[0]?.secrets).toEqual({ password: "hush" });
  });

  it.each<[string, string, Record<string, string>, Record<string, string | null>]>([
    ["generic", "UsernamePassword", {}, {}],
    ["generic", "UsernamePassword", { username: "robot", password: "hush" }, { username: "robot", password: null }],
    ["git", "UsernamePassword", { username: "robot", password: "hush" }, { username: "robot", password: null }],
    ["github", "Token", { AccessToken: "hush" }, { AccessToken: null }],
    ["github", "OAuth", { ConfigurationId: "c", AccessToken: "" }, { ConfigurationId: "c" }],
    ["azurerm", "ManagedServiceIdentity", { tenantid: tenantId }, { tenantid: tenantId }],
  ])("may be of the type %s, and sign in by %s", async (type, scheme, parameters, shown) => {
    const { body } = await refusal({ ...federated("other"), type, data: {}, authorization: { scheme, parameters } });
    expect(body).toMatchObject({ type, data: {} });
    expect(body.authorization).toEqual({ scheme, parameters: shown });
  });

  it("that does not exist is a null to who reads it and an error to who changes it", async () => {
    const id = "00000000-0000-0000-0000-000000000001";
    expect(await api.getServiceEndpointDetails("mlops", id)).toBeNull();
    const path = `_apis/serviceendpoint/endpoints/${id}`;
    for (const answer of [
      await azureDevOps.request("PUT", path, federated("x")),
      await azureDevOps.request("DELETE", `${path}?projectIds=${azureDevOps.projectId}`),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { typeKey: "EndpointNotFoundException" } });
    }
    expect((await azureDevOps.request("GET", "mlops/_apis/serviceendpoint/endpoints/acrconnection")).status).toBe(400);
  });

  it("goes, and takes its permissions with it", async () => {
    const { id = "" } = await api.createServiceEndpoint(federated("acrconnection"));
    const { id: kept = "" } = await api.createServiceEndpoint(federated("other"));
    for (const resource of [id, kept]) {
      const path = `mlops/_apis/pipelines/pipelinepermissions/endpoint/${resource}`;
      await azureDevOps.request("PATCH", path, { allPipelines: { authorized: true } });
    }
    await api.deleteServiceEndpoint(id, [azureDevOps.projectId]);
    expect(await api.getServiceEndpointDetails("mlops", id)).toBeNull();
    expect(azureDevOps.state.permissions.map(({ resourceId }) => resourceId)).toEqual([kept]);
  });

  it("is deleted from the projects that are named, so one must be", async () => {
    const { id } = await api.createServiceEndpoint(federated("acrconnection"));
    const answer = await azureDevOps.request("DELETE", `_apis/serviceendpoint/endpoints/${id}`);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("projectIds") } });
  });

  it("is shared with another project, under a name that is free there", async () => {
    const other = { id: "11111111-1111-1111-1111-111111111111", name: "other" };
    azureDevOps.state.projects.push(...azureDevOps.state.projects.map((project) => ({ ...project, ...other })));
    const { id = "" } = await api.createServiceEndpoint(federated("acrconnection"));
    await api.shareServiceEndpoint([{ projectReference: { id: other.id }, name: "shared" }], id);
    expect(await api.getServiceEndpointDetails("other", id)).toMatchObject({ name: "shared", isShared: true });
    expect(await api.getServiceEndpointDetails("mlops", id)).toMatchObject({ name: "acrconnection" });
    await api.updateServiceEndpoint(federated("renamed"), id);
    expect(await api.getServiceEndpointDetails("other", id)).toMatchObject({ name: "shared" });
    await api.deleteServiceEndpoint(id, [azureDevOps.projectId]);
    expect(await api.getServiceEndpointDetails("mlops", id)).toBeNull();
    expect(await api.getServiceEndpointDetails("other", id)).toMatchObject({ isShared: false });
  });
});

describe("a service connection is refused", () => {
  it("whose name another one in the project has", async () => {
    await api.createServiceEndpoint(federated("acrconnection"));
    expect(await refusal(federated("ACRConnection"))).toMatchObject({
      status: 500,
      body: {
        message:
          "Service connection with name ACRConnection already exists. Only a user having Administrator/User role " +
          "permissions on service connection ACRConnection can see it.",
        typeKey: "DuplicateServiceConnectionException",
      },
    });
  });

  it.each<[string, (endpoint: ServiceEndpoint) => void, string]>([
    ["of an unknown type", (it) => Object.assign(it, { type: "ftp" }), "Unable to find service endpoint type 'ftp'"],
    [
      "with an unknown scheme",
      (it) => Object.assign(it.authorization ?? {}, { scheme: "Certificate" }),
      "using authentication scheme 'Certificate'",
    ],
    ["without what its scheme needs", (it) => Object.assign(it.authorization ?? {}, { parameters: {} }), "tenantId"],
    ["in no project", (it) => Object.assign(it, { serviceEndpointProjectReferences: [] }), "fewer than 1 items"],
    [
      "with a blank name",
      (it) => Object.assign(it.serviceEndpointProjectReferences?.[0] ?? {}, { name: " " }),
      "The service connection name ' ' is not valid.",
    ],
    ["without a URL", (it) => delete it.url, "required property 'url'"],
  ])("%s", async (_, spoil, message) => {
    const endpoint = federated("acrconnection");
    spoil(endpoint);
    expect(await refusal(endpoint)).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
    expect(azureDevOps.state.endpoints).toHaveLength(0);
  });

  it("in a project that does not exist", async () => {
    const endpoint = federated("acrconnection");
    Object.assign(endpoint.serviceEndpointProjectReferences?.[0] ?? {}, { projectReference: { name: "nowhere" } });
    expect(await refusal(endpoint)).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining("TF200016") },
    });
  });

  it("when an update would change its scheme", async () => {
    const { id } = await api.createServiceEndpoint(federated("acrconnection"));
    const answer = await azureDevOps.request(
      "PUT",
      `_apis/serviceendpoint/endpoints/${id}`,
      withSecret("acrconnection"),
    );
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("cannot be changed") } });
  });
});
