import type * as pulumi from "@pulumi/pulumi";
import { ContainerRegistry } from "../../../components/container-registry";
import {
  otherTenant,
  RegistryConnection,
  type RegistryConnectionArgs,
  requireHonoured,
} from "../../../components/registry-connection";
import { azureIn } from "../../../src/lookups/other-subscription";
import { registryRole } from "../../../src/rules/roles";
import { type MockCloud, only, registered } from "../support/mock-cloud";
import { value } from "../support/output";

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

async function connect(
  args: Partial<RegistryConnectionArgs> = {},
  mocks = cloud(),
  opts: pulumi.ComponentResourceOptions = {},
  otherSubscription?: string,
) {
  const created: RegistryConnection[] = [];
  const resources = await registered(mocks, async () => {
    const source = {
      kind: "existing",
      id: "registry-id",
      name: "mlopsregistry",
      resourceGroup: "rg-team",
      loginServer: "mlopsregistry.azurecr.io",
      ...(otherSubscription && {
        elsewhere: { subscriptionId: otherSubscription, provider: azureIn("other", otherSubscription) },
      }),
    } as const;
    created.push(
      new RegistryConnection(
        "connection",
        {
          connectionName: "acrconnection",
          projectId: "project-id",
          registry: new ContainerRegistry("registry", { source, resourceGroup: "rg-own" }),
          access: "push",
          repository: "mlops/own",
          account,
          resourceGroup: "rg-own",
          ...args,
        },
        opts,
      ),
    );
  });
  const [connection] = created;
  if (!connection) throw new Error("nothing was created");
  return { connection, resources };
}

describe("with workload identity federation, the default", () => {
  test("a registry in another subscription is connected to there, with that subscription's role", async () => {
    const { resources } = await connect({}, cloud(), {}, "shared");
    expect(only(resources, endpointType).inputs).toMatchObject({
      azurecrSubscriptionId: "shared",
      azurecrSubscriptionName: "shared",
    });
    const { roleDefinitionId } = registryRole("LegacyRegistryPermissions", "push", "mlops/own", "shared");
    expect(only(resources, roleType).inputs).toMatchObject({ roleDefinitionId });
  });

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

  test("the assignment's name follows from the registry and the identity, so that there are never two", async () => {
    const nameOf = async (principalId: string) => {
      const { outputs, ...mocks } = cloud();
      const identity = { ...outputs?.[identityType], principalId };
      const { resources } = await connect({}, { ...mocks, outputs: { ...outputs, [identityType]: identity } });
      return only(resources, roleType).inputs.roleAssignmentName;
    };
    const assigned = await nameOf("identity-principal");
    expect(assigned).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(await nameOf("identity-principal")).toBe(assigned);
    expect(await nameOf("another-principal")).not.toBe(assigned);
  });
});

const repositories = "Microsoft.ContainerRegistry/registries/repositories";
const name = `@Request[${repositories}:name]`;
const ownRepositories = `(${name} StringEqualsIgnoreCase 'mlops/own' OR ${name} StringStartsWithIgnoreCase 'mlops/own/')`;
const other = (action: string) => `!(ActionMatches{'${repositories}/${action}'})`;

test.each([
  ["AcrPush", "push", "LegacyRegistryPermissions", "8311e382-0749-4cb8-b61a-304f252e45ec"],
  ["AcrPush", "push", undefined, "8311e382-0749-4cb8-b61a-304f252e45ec"],
  ["AcrPull", "pull", "LegacyRegistryPermissions", "7f951dda-4ed3-4680-a7ca-43fe172d538d"],
  ["Repository Writer", "push", "AbacRepositoryPermissions", "2a1e307c-b015-4ebd-883e-5b7698a07328"],
  ["Repository Reader", "pull", "AbacRepositoryPermissions", "b93aa761-3e63-49ed-ac28-beffa264f7ac"],
] as const)("the role is %s to %s where the registry's permission mode is %s", async (_, access, mode, role) => {
  const { resources } = await connect({ access }, cloud(mode));
  expect(only(resources, roleType).inputs.roleDefinitionId).toBe(
    `/subscriptions/subscription/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  );
});

test.each([
  ["push", ["content/read", "content/write", "metadata/read", "metadata/write"]],
  ["pull", ["content/read", "metadata/read"]],
] as const)(
  "where permissions are by repository, the role to %s is for this image's and its branches' only",
  async (access, actions) => {
    const { resources } = await connect({ access }, cloud("AbacRepositoryPermissions"));
    expect(only(resources, roleType).inputs).toMatchObject({
      condition: `((${actions.map(other).join(" AND ")}) OR ${ownRepositories})`,
      conditionVersion: "2.0",
    });
  },
);

test("where permissions are the whole registry's, the role has no condition, which would not be honoured", async () => {
  const { resources } = await connect();
  expect(only(resources, roleType).inputs).not.toHaveProperty("condition");
  expect(only(resources, roleType).inputs).not.toHaveProperty("conditionVersion");
});

test("no name of a repository gets out of the condition's quotes", () => {
  expect(() => registryRole("AbacRepositoryPermissions", "push", "a' OR '", "s")).toThrow(
    "the repository \"a' OR '\" must be lower-case letters and digits",
  );
});

test("what pipelines go by is protected if it is asked for; what can be made again is not", async () => {
  const { resources } = await connect({}, cloud(), { protect: true });
  const isProtected = (type: string) => only(resources, type).protect;
  expect([identityType, endpointType].map(isProtected)).toEqual([true, true]);
  expect([credentialType, roleType].map(isProtected)).toEqual([false, false]);
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

test("a registry whose permissions are by repository is refused to a service principal, which has AcrPush only", () => {
  expect(requireHonoured("mlopsregistry", "LegacyRegistryPermissions")).toBe("mlopsregistry");
  expect(() => requireHonoured("mlopsregistry", "AbacRepositoryPermissions")).toThrow(
    "the registry mlopsregistry has the permission mode AbacRepositoryPermissions and so ignores AcrPush",
  );
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

test("an organization of another tenant is said, and no other issuer is", () => {
  const tenant = "6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3";
  const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
  expect(otherTenant(issuer, "00000000-0a4e-4f5b-8c6d-7e8f90a1b2c3")).toContain(
    `the Microsoft Entra tenant ${tenant}, and`,
  );
  expect(otherTenant(issuer, tenant.toUpperCase())).toBeUndefined();
  expect(otherTenant("https://vstoken.dev.azure.com/organization", tenant)).toBeUndefined();
});
