import { randomUUID } from "node:crypto";
import { isAllowed } from "../../../../local-cloud/azure/authorization";
import { deployer, operator, previewer, type ServicePrincipal } from "../../../../local-cloud/cloud/identity";
import type { RegistryAction } from "../../../../local-cloud/registry/token-service";
import { registryRole } from "../../../../src/rules/roles";
import { LocalAzure, subscription } from "../../support/local-azure";

const roleIds = {
  AcrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  AcrPush: "8311e382-0749-4cb8-b61a-304f252e45ec",
  AcrDelete: "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  Writer: "2a1e307c-b015-4ebd-883e-5b7698a07328",
  Reader: "b93aa761-3e63-49ed-ac28-beffa264f7ac",
  RepositoryContributor: "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
  DataScientist: "f6c7c914-8db3-469d-8ca1-694a8f32e121",
  CatalogLister: "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
};

let azure: LocalAzure;
let group: string;
let identity: { id: string; objectId: string; clientId: string };

beforeEach(async () => {
  azure = await LocalAzure.start();
  group = await azure.createGroup();
  identity = await azure.createIdentity(group);
});

afterEach(() => azure.stop());

function assign(scope: string, role: keyof typeof roleIds, more: object = {}, name: string = randomUUID()) {
  return azure.request("PUT", `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, "2022-04-01", {
    properties: {
      principalId: identity.objectId,
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIds[role]}`,
      ...more,
    },
  });
}

function allowed(
  registry: string,
  principalId = identity.objectId,
  repository?: string,
  lateness = 0,
): RegistryAction[] {
  const actions: RegistryAction[] = ["pull", "push", "delete", "catalog"];
  return actions.filter((action) => isAllowed(azure.store.data, lateness, principalId, registry, action, repository));
}

test("a role is known to the registry only some time after it was given, if the local cloud is told so", async () => {
  const registry = await azure.createRegistry(group);
  await assign(registry, "AcrPull", { principalType: "ServicePrincipal" });
  expect(allowed(registry)).toEqual(["pull", "catalog"]);
  expect(allowed(registry, identity.objectId, undefined, 60_000)).toEqual([]);
  const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
  expect(allowed(registry, identity.objectId, undefined, 60_000)).toEqual(["pull", "catalog"]);
  now.mockRestore();
});

describe("a role assignment", () => {
  it("is created, read, listed and deleted", async () => {
    const registry = await azure.createRegistry(group);
    const { status, body } = await assign(registry, "AcrPush", { principalType: "ServicePrincipal" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      type: "Microsoft.Authorization/roleAssignments",
      properties: {
        scope: registry,
        principalId: identity.objectId,
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIds.AcrPush}`,
      },
    });
    expect((await azure.request("GET", body.id, "2022-04-01")).body).toEqual(body);
    const list = `${registry}/providers/Microsoft.Authorization/roleAssignments`;
    const { value } = (await azure.request("GET", `${list}?$filter=atScope()`, "2022-04-01")).body;
    expect(value).toContainEqual(body);
    // Those of the subscription hold here too.
    expect(value).toHaveLength(
      1 + azure.store.data.roleAssignments.filter(({ scope }) => scope === subscription).length,
    );
    expect((await azure.request("DELETE", body.id, "2022-04-01")).status).toBe(200);
    expect((await azure.request("GET", body.id, "2022-04-01")).body.error.code).toBe("RoleAssignmentNotFound");
    expect((await azure.request("DELETE", body.id, "2022-04-01")).status).toBe(204);
  });

  it("exists once for a scope, a principal and a role", async () => {
    await assign(group, "AcrPull");
    expect(await assign(group, "AcrPull")).toMatchObject({
      status: 409,
      body: { error: { code: "RoleAssignmentExists" } },
    });
    expect((await assign(subscription, "AcrPull")).status).toBe(201);
  });

  it.each([
    ["a name that is no GUID", {}, "push-role", "InvalidRoleAssignmentId"],
    ["a principal that does not exist", { principalId: randomUUID() }, undefined, "PrincipalNotFound"],
    ["the type of another kind of principal", { principalType: "User" }, undefined, "UnmatchedPrincipalType"],
    [
      "a role that does not exist",
      { roleDefinitionId: "/providers/x/roleDefinitions/y" },
      undefined,
      "RoleDefinitionDoesNotExist",
    ],
  ])("with %s is refused", async (_, more, name, code) => {
    expect(await assign(group, "AcrPull", more, name)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it("does not change its principal or role", async () => {
    const name = randomUUID();
    await assign(group, "AcrPull", {}, name);
    expect((await assign(group, "AcrPush", {}, name)).body.error.code).toBe("RoleAssignmentUpdateNotPermitted");
    expect((await assign(group, "AcrPull", { description: "jobs" }, name)).status).toBe(200);
  });

  it("is refused on a scope that does not exist", async () => {
    expect((await assign(`${subscription}/resourceGroups/nowhere`, "AcrPull")).body.error.code).toBe(
      "ResourceGroupNotFound",
    );
    const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/nowhere`;
    expect((await assign(registry, "AcrPull")).body.error.code).toBe("ResourceNotFound");
  });

  it("lets its bearer manage: Contributor everything but roles", async () => {
    await assign(group, "Contributor");
    const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/contributed`;
    const body = { location: "westeurope", sku: { name: "Basic" } };
    expect((await azure.request("PUT", registry, "2023-07-01", body, identity)).status).toBe(201);
    const role = `${registry}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    expect((await azure.request("PUT", role, "2022-04-01", {}, identity)).body.error.code).toBe("AuthorizationFailed");
  });
});

describe("the service principals of the infrastructure pipeline", () => {
  const put = (who: ServicePrincipal, name: string) =>
    azure.request("PUT", `${subscription}/resourceGroups/${name}`, "2024-03-01", { location: "westeurope" }, who);
  const assignAs = (who: ServicePrincipal) => {
    const id = `${group}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const properties = {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleIds.AcrPull}`,
      principalId: identity.objectId,
      principalType: "ServicePrincipal",
    };
    return azure.request("PUT", id, "2022-04-01", { properties }, who);
  };

  it("deploy: create resources and assign roles", async () => {
    expect((await put(deployer, "deployed")).status).toBe(201);
    expect((await assignAs(deployer)).status).toBe(201);
  });

  it("preview: read, and are refused everything else in Resource Manager's words", async () => {
    expect((await azure.request("GET", group, "2024-03-01", undefined, previewer)).status).toBe(200);
    for (const refused of [await put(previewer, "previewed"), await assignAs(previewer)]) {
      expect(refused).toMatchObject({ status: 403, body: { error: { code: "AuthorizationFailed" } } });
      expect(refused.body.error.message).toMatch(
        new RegExp(`The client '${previewer.clientId}' .*does not have authorization to perform action '.*/write'`),
      );
    }
  });
});

describe("what a registry allows", () => {
  it.each([
    ["AcrPull", ["pull", "catalog"]],
    ["AcrPush", ["pull", "push", "catalog"]],
    ["AcrDelete", ["delete"]],
    ["Owner", ["pull", "push", "delete", "catalog"]],
    ["Contributor", ["pull", "push", "delete", "catalog"]],
    ["Writer", []],
    ["Reader", []],
    ["RepositoryContributor", []],
    ["CatalogLister", []],
  ] as const)("in the older permission mode, to %s: %j", async (role, actions) => {
    const registry = await azure.createRegistry(group);
    await assign(registry, role);
    expect(allowed(registry)).toEqual(actions);
  });

  it.each([
    ["AcrPull", []],
    ["AcrPush", []],
    ["AcrDelete", []],
    ["Owner", []],
    ["Writer", ["pull", "push"]],
    ["Reader", ["pull"]],
    ["RepositoryContributor", ["pull", "push", "delete"]],
    ["CatalogLister", ["catalog"]],
  ] as const)("in the newer permission mode, to %s: %j", async (role, actions) => {
    const registry = await azure.createRegistry(group, "abacregistry", {
      roleAssignmentMode: "AbacRepositoryPermissions",
    });
    await assign(registry, role);
    expect(allowed(registry)).toEqual(actions);
  });

  it("comes from above too, and not from beside", async () => {
    const registry = await azure.createRegistry(group);
    const other = await azure.createRegistry(group, "mlopsregistry2");
    await assign(other, "AcrPush");
    expect(allowed(registry)).toEqual([]);
    await assign(group, "AcrPull");
    expect(allowed(registry.toUpperCase())).toEqual(["pull", "catalog"]);
  });

  it("is limited by a role's condition to the repositories that it names", async () => {
    const registry = await azure.createRegistry(group, "abacregistry", {
      roleAssignmentMode: "AbacRepositoryPermissions",
    });
    const { condition, conditionVersion } = registryRole("AbacRepositoryPermissions", "push", "mlops/own", "s");
    expect((await assign(registry, "Writer", { condition, conditionVersion })).status).toBe(201);
    const of = (repository: string) => allowed(registry, identity.objectId, repository);
    expect(of("mlops/own")).toEqual(["pull", "push"]);
    expect(of("mlops/own/branch")).toEqual(["pull", "push"]);
    expect(of("mlops/owner")).toEqual([]);
    expect(of("mlops")).toEqual([]);
    expect(allowed(registry)).toEqual(["pull", "push"]);
  });

  it("can pull from one repository more, and push to none but its own", async () => {
    const registry = await azure.createRegistry(group, "abacregistry", {
      roleAssignmentMode: "AbacRepositoryPermissions",
    });
    const { condition, conditionVersion } = registryRole(
      ...(["AbacRepositoryPermissions", "push", "mlops/own/branch", "s"] as const),
      "mlops/own",
    );
    expect((await assign(registry, "Writer", { condition, conditionVersion })).status).toBe(201);
    const of = (repository: string) => allowed(registry, identity.objectId, repository);
    expect(of("mlops/own/branch")).toEqual(["pull", "push"]);
    expect(of("mlops/own")).toEqual(["pull"]);
    for (const other of ["mlops/own/other", "mlops/own/branch2", "mlops"]) expect(of(other)).toEqual([]);
  });

  it.each([
    ["that cannot be read", "@Request[", "2.0", 400, "InvalidCondition"],
    ["that asks what registries do not have", "@Resource[a:b] StringEquals 'c'", "2.0", 501, "NotImplemented"],
    ["without a version", "ActionMatches{'*'}", undefined, 400, "InvalidConditionVersion"],
    ["of another version", "ActionMatches{'*'}", "1.0", 400, "InvalidConditionVersion"],
  ])("is not changed by a condition %s: it is refused", async (_, condition, conditionVersion, status, code) => {
    const registry = await azure.createRegistry(group);
    const answer = await assign(registry, "AcrPush", { condition, conditionVersion });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
    expect(allowed(registry)).toEqual([]);
  });

  it("is everything for the operator, and nothing in a registry that does not exist", async () => {
    const registry = await azure.createRegistry(group);
    expect(allowed(registry, operator.objectId)).toEqual(["pull", "push", "delete", "catalog"]);
    expect(allowed(`${registry}2`, operator.objectId)).toEqual([]);
  });
});

test("a data scientist of a workspace writes its environments, and changes neither it nor another one", async () => {
  const workspace = (name: string) => `${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
  const version = (name: string) => `${workspace(name)}/environments/jc/versions/1`;
  for (const name of ["own", "other"]) {
    await azure.request("PUT", workspace(name), "2024-10-01", { location: "westeurope", properties: {} });
  }
  await assign(workspace("own"), "DataScientist", { principalType: "ServicePrincipal" });
  const asked = async (method: "PUT" | "DELETE", id: string, properties?: object) => {
    const body = properties && { location: "westeurope", properties };
    return (await azure.request(method, id, "2025-12-01", body, identity)).status;
  };
  const image = { image: "mlopsregistry.azurecr.io/mlops/diabetes@sha256:1" };
  const put = (id: string) => azure.request("PUT", id, "2025-12-01", { properties: image }, identity);
  expect((await put(version("own"))).status).toBe(201);
  expect(await asked("DELETE", version("own"))).toBe(200);
  expect((await put(version("other"))).body.error.code).toBe("AuthorizationFailed");
  expect(await asked("PUT", workspace("own"), { description: "mine" })).toBe(403);
  expect(await asked("DELETE", workspace("own"))).toBe(403);
});
