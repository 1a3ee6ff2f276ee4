import { requireOthers } from "../../../src/lookups/own-registry";

const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/mlopscr";
const found = {
  kind: "existing",
  id,
  name: "mlopscr",
  resourceGroup: "rg",
  loginServer: "mlopscr.azurecr.io",
} as const;
const registry = { name: "mlopscr", loginServer: "mlopscr.azurecr.io", id: id.toUpperCase() };

test("a registry that this stack created is not taken for somebody else's, which would delete it", () => {
  expect(() => requireOthers(found, { registry: { ...registry, owned: true } }, "team")).toThrow(
    'the container registry "mlopscr" was created by this stack, and the setting registry says that it is somebody else\'s: ' +
      "the update would delete it, with all images in it. To keep it, let it say that it is the stack's own: " +
      "`pulumi config set --path team:registry.kind new` and `pulumi config rm --path team:registry.resourceGroup`.",
  );
});

test.each([
  ["one that was somebody else's before", { registry }],
  ["another one", { registry: { ...registry, id: `${id}2`, owned: true as const } }],
  ["any in the first update", {}],
])("%s may be named", (_, own) => {
  expect(() => requireOthers(found, own, "team")).not.toThrow();
});
