import { readState, type StateResource } from "../../../../src/cli/env/state";
import { adopt } from "../../../../src/cli/recover/azure";
import { contextOf, TestStack, TestStacks } from "../../support/test-stacks";

const groupId = "/subscriptions/s/resourceGroups/rg-own";

function planned(type: string, inputs: Record<string, unknown>): StateResource {
  return { urn: `urn:pulumi:dev::job-container::${type}::job-container`, type, inputs };
}
const group = planned("azure-native:resources:ResourceGroup", { resourceGroupName: "rg-own" });
const identity = (resourceGroupName: string) =>
  planned("azure-native:managedidentity:UserAssignedIdentity", { resourceGroupName, resourceName: "id-acr" });

let stack: TestStack;
beforeEach(() => {
  stack = new TestStack("dev");
});

describe("what is in Azure, and the stack does not know", () => {
  let context: ReturnType<typeof contextOf>;
  beforeEach(() => {
    context = contextOf(new TestStacks("http://azure-devops.test/local"));
  });

  const adopted = async (candidates: StateResource[], ownGroup?: string) => {
    const before = new Set(stack.resources.map(({ urn }) => urn));
    await adopt(context, await readState(stack), candidates, ownGroup);
    return stack.resources.flatMap(({ urn, id }) => (before.has(urn) ? [] : id));
  };

  test.each<[string, StateResource, string]>([
    [
      "an identity in its resource group",
      identity("rg-own"),
      `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acr`,
    ],
    [
      "a registry in its resource group",
      planned("azure-native:containerregistry:Registry", { resourceGroupName: "rg-own", registryName: "acr" }),
      `${groupId}/providers/Microsoft.ContainerRegistry/registries/acr`,
    ],
    [
      "a federated credential in its resource group",
      planned("azure-native:managedidentity:FederatedIdentityCredential", {
        ...{ resourceGroupName: "rg-own", resourceName: "id-acr" },
        federatedIdentityCredentialResourceName: "acrconnection",
      }),
      `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acr/federatedIdentityCredentials/acrconnection`,
    ],
    [
      "a role assignment, by its own id",
      planned("azure-native:authorization:RoleAssignment", {
        scope: "/subscriptions/s/other",
        roleAssignmentName: "g",
      }),
      "/subscriptions/s/other/providers/Microsoft.Authorization/roleAssignments/g",
    ],
  ])("is taken up if it is %s", async (_, resource, id) => {
    stack.resources = [{ ...group, id: groupId }];
    expect(await adopted([resource])).toEqual([id]);
  });

  test("is left alone in a resource group that the stack does not own", async () => {
    stack.resources = [{ ...group, id: groupId }];
    expect(await adopted([identity("rg-other")])).toEqual([]);
  });

  test("is taken up once, and not at all if the stack knows it", async () => {
    stack.resources = [{ ...group, id: groupId }];
    expect(await adopted([identity("rg-own"), identity("rg-own")])).toHaveLength(1);
    expect(await adopted([identity("rg-own")])).toEqual([]);
  });

  test("is left alone if it is a role on what does not exist yet", async () => {
    const scope = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"; // Pulumi's unknown value
    const role = planned("azure-native:authorization:RoleAssignment", { scope, roleAssignmentName: "g" });
    expect(await adopted([role])).toEqual([]);
  });

  test("is a resource group only if a person says so, and then with what is in it", async () => {
    const all = [group, identity("rg-own"), planned("connection", { azurecrSubscriptionId: "s" })];
    expect(await adopted(all)).toEqual([]);
    expect(context.said).toEqual([
      "If there is a resource group rg-own already, and it is this stack's: add --resource-group rg-own",
    ]);
    expect(await adopted(all, "rg-other")).toEqual([]);
    expect(await adopted(all, "rg-own")).toEqual([
      groupId,
      `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-acr`,
    ]);
  });
});

describe("what a stack forgets", () => {
  const type = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";

  test("is a resource with every mention of it, and what was under way", async () => {
    const dependent = {
      ...{ urn: "urn:dependent", type: "x", dependencies: ["urn:one", "urn:two"] },
      propertyDependencies: { a: ["urn:one"], b: ["urn:two", "urn:one"], c: null },
    };
    stack.resources = [{ urn: "urn:one", type }, { urn: "urn:two", type }, dependent];
    stack.pending = [{ type: "deleting", resource: { urn: "urn:one", type } }];
    await (await readState(stack)).forget(new Set(["urn:one"]));
    expect(stack.pending).toEqual([]);
    expect(stack.resources).toEqual([
      { urn: "urn:two", type },
      { ...dependent, dependencies: ["urn:two"], propertyDependencies: { a: [], b: ["urn:two"], c: null } },
    ]);
  });
});
