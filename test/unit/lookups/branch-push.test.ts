import { findBranchPush } from "../../../src/lookups/branch-push";
import { saidByProgram } from "../support/said";

const id = "/subscriptions/own/resourceGroups/rg-acr/providers/Microsoft.ContainerRegistry/registries/mlopsregistry";
const base = {
  registry: { id, name: "mlopsregistry", loginServer: "mlopsregistry.azurecr.io" },
  resourceGroup: "rg-own",
  image: { repository: "mlops/diabetes_regression" },
  serviceConnection: { id: "1", name: "acrconnection" },
  pushConnection: { id: "2", name: "acrconnection-push" },
};

test("a branch's connection leads to the base's registry, with an identity in the base's resource group", () => {
  expect(findBranchPush(base, "tensorflow", "OWN")).toEqual({
    connectionName: "acrconnection-push-tensorflow",
    resourceGroup: "rg-own",
    registry: {
      ...{ kind: "existing", id, name: "mlopsregistry", resourceGroup: "rg-acr" },
      loginServer: "mlopsregistry.azurecr.io",
    },
  });
});

test.each([
  ["has one connection for both pipelines", { ...base, pushConnection: undefined }, "separatePush"],
  ["was last up with an earlier version", { ...base, resourceGroup: undefined }, "an earlier version"],
])("a base that %s shares its connection, and what that means is said", (_, shared, why) => {
  const said = saidByProgram();
  expect(findBranchPush(shared, "tensorflow", "own")).toBeUndefined();
  expect(said).toEqual([
    expect.stringMatching(
      /^warn: who may push this branch can push to the base environment's images: .* and then env up/,
    ),
  ]);
  expect(said[0]).toContain(why);
});
