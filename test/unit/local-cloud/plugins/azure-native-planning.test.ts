import { azureNative, config, registryInputs, types } from "../../support/azure-native";
import { unknownValue } from "../../support/plugin";

const local = azureNative();

describe("check", () => {
  it("makes up a name as azure-native does, the same for the same seed, and keeps it", async () => {
    const first = await local.plugin.check(types.group, { location: "westeurope" });
    expect(first.inputs.resourceGroupName).toMatch(/^job[0-9a-f]{8}$/);
    expect(await local.plugin.check(types.group, { location: "westeurope" })).toEqual(first);
    const kept = { ...first.inputs, resourceGroupName: "job12345678" };
    expect((await local.plugin.check(types.group, { location: "westeurope" }, kept)).inputs).toEqual(kept);
  });

  it("makes up a GUID for a role assignment", async () => {
    const { inputs } = await local.plugin.check(types.role, { scope: "/x", principalId: "p", roleDefinitionId: "r" });
    expect(inputs.roleAssignmentName).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("puts a resource where its resource group is", async () => {
    await local.azure.createGroup();
    expect((await local.plugin.check(types.registry, registryInputs("mlops"))).inputs.location).toBe("westeurope");
    expect((await local.plugin.check(types.registry, registryInputs(unknownValue))).inputs.location).toBe(unknownValue);
  });

  it("puts a resource where the configuration says", async () => {
    await local.plugin.configure({ ...config, metadataHost: local.azure.address, location: "northeurope" });
    expect((await local.plugin.check(types.registry, registryInputs("mlops"))).inputs.location).toBe("northeurope");
  });

  it("takes what is not known yet", async () => {
    const inputs = { ...registryInputs(unknownValue), sku: unknownValue, registryName: unknownValue };
    expect((await local.plugin.check(types.registry, inputs)).failures).toEqual([]);
  });

  it.each([
    ["a missing property", { resourceGroupName: "x" }, "missing required property 'sku'"],
    ["a missing member", { ...registryInputs("x"), sku: {} }, "missing required property 'sku.name'"],
    [
      "an unknown property",
      { ...registryInputs("x"), colour: "red" },
      "unknown property 'colour' of azure-native:containerregistry:Registry",
    ],
    [
      "an unknown member",
      { ...registryInputs("x"), sku: { name: "Basic", tier: "Basic" } },
      "unknown property 'sku.tier'",
    ],
    [
      "a wrong type",
      { ...registryInputs("x"), adminUserEnabled: "no" },
      "'adminUserEnabled' should be of type 'boolean' but got a string",
    ],
    [
      "a name with a hyphen",
      { ...registryInputs("x"), registryName: "mlops-registry" },
      "'registryName' does not match expression '^[a-zA-Z0-9]*$'",
    ],
    [
      "a short name",
      { ...registryInputs("x"), registryName: "ml" },
      "'registryName' is too short (2): at least 5 characters required",
    ],
  ])("names %s", async (_, inputs, failure) => {
    expect((await local.plugin.check(types.registry, { location: "westeurope", ...inputs })).failures).toEqual([
      failure,
    ]);
  });

  it("says where a location comes from when there is none", async () => {
    expect((await local.plugin.check(types.registry, registryInputs("nowhere"))).failures).toEqual([
      "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.",
    ]);
  });
});

describe("diff", () => {
  const old = { ...registryInputs("mlops"), location: "westeurope", azureApiVersion: "2023-01-01-preview" };

  it("sees no change where there is none", async () => {
    expect(await local.plugin.diff(types.registry, old, { ...old, location: "West Europe" })).toMatchObject({
      some: false,
    });
  });

  it("updates in place what can be updated", async () => {
    const change = await local.plugin.diff(types.registry, old, {
      ...old,
      sku: { name: "Premium" },
      tags: { team: "ml" },
    });
    expect(change).toMatchObject({ some: true, diffs: ["sku", "tags"], replaces: [] });
  });

  it.each([
    ["the resource group", types.registry, old, { resourceGroupName: unknownValue }, "resourceGroupName"],
    ["the name", types.registry, old, { registryName: "another" }, "registryName"],
    ["the location", types.registry, old, { location: "eastus" }, "location"],
    ["a role's principal", types.role, { scope: "/x", principalId: "a" }, { principalId: "b" }, "principalId"],
  ])("replaces when %s changes", async (_, type, before, change, property) => {
    expect(await local.plugin.diff(type, before, { ...before, ...change })).toEqual({
      some: true,
      diffs: [property],
      replaces: [property],
      deleteBeforeReplace: true,
    });
  });

  it("creates before it deletes what has a random name", async () => {
    const before = { resourceGroupName: "job12345678", location: "westeurope", __createBeforeDelete: true };
    const change = await local.plugin.diff(types.group, before, { ...before, location: "eastus" });
    expect(change.deleteBeforeReplace).toBe(false);
  });
});
