import { ContainerRegistry } from "../../components/container-registry";
import { RegistryConnection, type RegistryConnectionArgs } from "../../components/registry-connection";
import { type MockCloud, only, registered } from "./support/mock-cloud";
import { value } from "./support/output";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const credentialType = "azure-native:managedidentity:FederatedIdentityCredential";
const endpointType = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";
const roleType = "azure-native:authorization:RoleAssignment";

const account = { subscriptionId: "subscription", tenantId: "tenant" };

function cloud(roleAssignmentMode?: string): MockCloud {
  return {
    outputs: {
      [identityType]: { name: "id-acrconnection", clientId: "identity-client", principalId: "identity-principal" },
      [endpointType]: { workloadIdentityFederationIssuer: "issuer", workloadIdentityFederationSubject: "subject" },
    },
    functions: { "azure-native:resources:getResource": { properties: { roleAssignmentMode } } },
  };
}

async function connect(args: Partial<RegistryConnectionArgs> = {}, mocks = cloud()) {
  const created: RegistryConnection[] = [];
  const resources = await registered(mocks, async () => {
    const source = {
      kind: "existing",
      id: "registry-id",
      name: "mlopsregistry",
      resourceGroup: "rg-team",
      loginServer: "mlopsregistry.azurecr.io",
    } as const;
    created.push(
      new RegistryConnection("connection", {
        connectionName: "acrconnection",
        projectId: "project-id",
        registry: new ContainerRegistry("registry", { source, resourceGroup: "rg-own" }),
        account,
        resourceGroup: "rg-own",
        ...args,
      }),
    );
  });
  const [connection] = created;
  if (!connection) throw new Error("nothing was created");
  return { connection, resources };
}

describe("with workload identity federation, the default", () => {
  test("the service connection acts as a managed identity of its own, without a secret", async () => {
    const { resources } = await connect();
    expect(only(resources, identityType)).toMatchObject({
      parent: "mlops:index:RegistryConnection",
      inputs: { resourceName: "id-acrconnection", resourceGroupName: "rg-own" },
    });
    expect(only(resources, endpointType)).toMatchObject({
      parent: "mlops:index:RegistryConnection",
      inputs: {
        projectId: "project-id",
        serviceEndpointName: "acrconnection",
        serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation",
        credentials: { serviceprincipalid: "identity-client" },
        azurecrName: "mlopsregistry",
        resourceGroup: "rg-team",
        azurecrSpnTenantid: "tenant",
        azurecrSubscriptionId: "subscription",
      },
    });
    expect(JSON.stringify(resources)).not.toContain("secret");
  });

  test("the identity trusts exactly this service connection's tokens", async () => {
    const { resources } = await connect();
    const credential = only(resources, credentialType);
    expect(credential.inputs).toMatchObject({
      resourceName: "id-acrconnection",
      resourceGroupName: "rg-own",
      issuer: "issuer",
      subject: "subject",
      audiences: ["api://AzureADTokenExchange"],
    });
    expect(credential.dependencies).toEqual([identityType, endpointType].sort());
  });

  test("the identity may push to this registry, and nothing else", async () => {
    const { resources } = await connect();
    expect(only(resources, roleType).inputs).toMatchObject({
      scope: "registry-id",
      principalId: "identity-principal",
      principalType: "ServicePrincipal",
    });
  });
});

test.each([
  ["AcrPush", "LegacyRegistryPermissions", "8311e382-0749-4cb8-b61a-304f252e45ec"],
  ["AcrPush", undefined, "8311e382-0749-4cb8-b61a-304f252e45ec"],
  ["Repository Writer", "AbacRepositoryPermissions", "2a1e307c-b015-4ebd-883e-5b7698a07328"],
])("the role is %s where the registry's permission mode is %s", async (_, mode, role) => {
  const { resources } = await connect({}, cloud(mode));
  expect(only(resources, roleType).inputs.roleDefinitionId).toBe(
    `/subscriptions/subscription/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  );
});

test("with a service principal, Azure DevOps makes the app registration and gives it its role", async () => {
  const { connection, resources } = await connect({ scheme: "servicePrincipal" });
  expect(resources.map(({ type }) => type)).toEqual([
    "mlops:index:ContainerRegistry",
    "mlops:index:RegistryConnection",
    endpointType,
  ]);
  const { inputs } = only(resources, endpointType);
  expect(inputs).toMatchObject({
    serviceEndpointAuthenticationScheme: "ServicePrincipal",
    azurecrName: "mlopsregistry",
  });
  expect(inputs).not.toHaveProperty("credentials");
  expect(connection.nodes.federation).toBeUndefined();
});

test("its id is that of the service connection", async () => {
  const { connection } = await connect();
  expect(await value(connection.id)).toBe("connection-id");
  expect(await value(connection.name)).toBe("acrconnection");
  expect(await value(connection.projectId)).toBe("project-id");
});

test("each of its resources can be transformed", async () => {
  const { resources } = await connect({
    transform: {
      identity: { tags: { team: "ml" } },
      serviceEndpoint: { description: "ours" },
      federatedCredential: (args) => ({ ...args, audiences: ["api://other"] }),
      roleAssignment: { description: "ours" },
    },
  });
  expect(only(resources, identityType).inputs).toMatchObject({ tags: { team: "ml" } });
  expect(only(resources, endpointType).inputs).toMatchObject({ description: "ours" });
  expect(only(resources, credentialType).inputs).toMatchObject({ audiences: ["api://other"] });
  expect(only(resources, roleType).inputs).toMatchObject({ description: "ours" });
});
