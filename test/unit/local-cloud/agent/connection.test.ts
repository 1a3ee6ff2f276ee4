import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { signInThrough } from "../../../../local-cloud/agent/connection";
import { connectionOf } from "../../../../local-cloud/azuredevops/service-endpoints/oidc";
import type { ServiceEndpoint } from "../../../../local-cloud/azuredevops/service-endpoints/state";

let server: Server;
let asked: URLSearchParams[];
beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    asked.push(new URLSearchParams(await text(request)));
    response.end(JSON.stringify({ access_token: "from Entra ID", refresh_token: "from the registry" }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => server.close());

/** A connection to a registry, as the provider makes it and a run gets it. */
function connection(data: Record<string, string>) {
  const { port } = server.address() as AddressInfo;
  const project = "00000000-0000-0000-0000-000000000001";
  const endpoint: ServiceEndpoint = {
    ...{ id: "1", type: "dockerregistry", scheme: "WorkloadIdentityFederation", data },
    ...{ url: "https://registry.azurecr.io", secrets: {} },
    parameters: {
      ...{ tenantId: "tenant", serviceprincipalid: "client", loginServer: "registry.azurecr.io" },
      ...{ workloadIdentityFederationIssuer: "issuer", workloadIdentityFederationSubject: "subject" },
    },
    projects: [{ id: project, name: "acrconnection", description: "" }],
  };
  const made = connectionOf(
    endpoint,
    project,
    async () => "from Azure DevOps",
    () => `127.0.0.1:${port}`,
  );
  return signInThrough(made, { tokenUrl: (tenant) => `http://127.0.0.1:${port}/${tenant}/oauth2/v2.0/token` });
}

test("a run signs in to a registry with a token for the resource that the service adds to the connection", async () => {
  expect((await connection({ registrytype: "ACR" })).login).toMatchObject({ password: "from the registry" });
  expect(asked[0]?.get("scope")).toBe("https://management.azure.com//.default");
  expect(asked[0]?.get("client_assertion")).toBe("from Azure DevOps");
});

test("a connection that the service knows no resource for lets no run in, in the agent's words", async () => {
  await expect(connection({ registrytype: "Others" })).rejects.toThrow(
    "Could not read activeDirectoryServiceEndpointResourceId",
  );
  expect(asked).toEqual([]);
});
