import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../../local-cloud/azure/json";
import {
  deployer,
  managementAudience,
  operator,
  subscriptionId,
  tenantId,
} from "../../../../local-cloud/cloud/identity";
import { azureNative, config, registryInputs, types } from "../../support/azure-native";
import { subscription } from "../../support/local-azure";
import { Plugin, unknownValue } from "../../support/plugin";

const local = azureNative();

async function createRegistry(): Promise<{ id: string; inputs: JsonObject; outputs: JsonObject }> {
  await local.azure.createGroup();
  const { inputs, failures } = await local.plugin.check(types.registry, registryInputs("mlops"));
  expect(failures).toEqual([]);
  const { id, outputs } = await local.plugin.create(types.registry, inputs);
  return { id, inputs, outputs };
}

describe("a resource", () => {
  it("previews the outputs that are known, and no others", async () => {
    const { outputs } = await local.plugin.create(
      types.registry,
      { ...registryInputs("mlops"), location: "westeurope" },
      true,
    );
    expect(outputs).toMatchObject({ location: "westeurope", adminUserEnabled: false });
    expect(outputs).toMatchObject({ name: unknownValue, loginServer: unknownValue });
    expect(local.azure.store.data.resources).toEqual({});
  });

  it("is created with the outputs that the SDK promises", async () => {
    const { id, outputs } = await createRegistry();
    expect(id).toBe(
      `${subscription}/resourceGroups/mlops/providers/Microsoft.ContainerRegistry/registries/mlopsregistry`,
    );
    expect(outputs).toMatchObject({
      name: "mlopsregistry",
      type: "Microsoft.ContainerRegistry/registries",
      location: "westeurope",
      loginServer: "127.0.0.1:9490",
      sku: { name: "Basic", tier: "Basic" },
      adminUserEnabled: false,
      azureApiVersion: "2023-01-01-preview",
    });
    expect(outputs).not.toHaveProperty("properties");
  });

  it("is not created over one that exists", async () => {
    const { id, inputs } = await createRegistry();
    await expect(local.plugin.create(types.registry, inputs)).rejects.toThrow(
      `cannot create already existing resource '${id}'`,
    );
  });

  it("is updated, refreshed and deleted; deleting it twice is fine", async () => {
    const { id, inputs, outputs } = await createRegistry();
    const updated = await local.plugin.update(types.registry, id, { ...inputs, sku: { name: "Premium" } });
    expect(updated.sku).toEqual({ name: "Premium", tier: "Premium" });
    const read = await local.plugin.read(types.registry, id, { inputs, outputs });
    expect(read.inputs).toEqual({ ...inputs, sku: { name: "Premium" } });
    await local.plugin.delete(types.registry, id);
    expect((await local.plugin.read(types.registry, id, { inputs, outputs })).id).toBe("");
    await local.plugin.delete(types.registry, id);
    expect(local.azure.registries.running.size).toBe(0);
  });

  it("is imported by its id", async () => {
    const { id, inputs } = await createRegistry();
    const read = await local.plugin.read(types.registry, id);
    expect(read.inputs).toMatchObject(inputs);
    expect((await local.plugin.check(types.registry, read.inputs)).failures).toEqual([]);
  });

  it("is a version of an environment in a workspace, which another one does not replace first", async () => {
    const group = await local.azure.createGroup();
    const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws`;
    await local.azure.request("PUT", id, "2024-10-01", { location: "westeurope" });
    const place = { resourceGroupName: "mlops", workspaceName: "mlops-ws", name: "jc", version: "1" };
    const inputs = { ...place, properties: { image: "mlopsregistry.azurecr.io/mlops@sha256:1" } };
    expect((await local.plugin.check(types.environmentVersion, inputs)).failures).toEqual([]);
    const { failures } = await local.plugin.check(types.environmentVersion, { ...place, properties: { img: "x" } });
    expect(failures).toEqual(["unknown property 'properties.img'"]);
    const created = await local.plugin.create(types.environmentVersion, inputs);
    expect(created.id).toBe(`${id}/environments/jc/versions/1`);
    expect(created.outputs).toMatchObject({ name: "1", properties: { osType: "Linux", ...inputs.properties } });
    const read = await local.plugin.read(types.environmentVersion, created.id, { inputs, outputs: created.outputs });
    expect(read.inputs).toEqual(inputs);
  });

  it("takes its whole chain: identity, credential, role", async () => {
    await local.azure.createGroup();
    const group = { resourceGroupName: "mlops" };
    const identity = await local.plugin.create(types.identity, {
      ...group,
      resourceName: "jobs",
      location: "westeurope",
    });
    const credential = await local.plugin.create(types.credential, {
      ...group,
      resourceName: "jobs",
      federatedIdentityCredentialResourceName: "azure-devops",
      issuer: "https://vstoken.dev.azure.com/x",
      subject: "sc://local/mlops/acrconnection",
      audiences: ["api://AzureADTokenExchange"],
    });
    expect(credential.outputs).toMatchObject({ name: "azure-devops", audiences: ["api://AzureADTokenExchange"] });
    const role: JsonObject = {
      scope: `${subscription}/resourceGroups/mlops`,
      roleAssignmentName: "11111111-1111-4111-8111-111111111111",
      principalId: String(identity.outputs.principalId),
      roleDefinitionId: "/providers/Microsoft.Authorization/roleDefinitions/8311e382-0749-4cb8-b61a-304f252e45ec",
    };
    await expect(local.plugin.create(types.role, { ...role, principalType: "User" })).rejects.toThrow(
      "UnmatchedPrincipalType",
    );
    const assignment = await local.plugin.create(types.role, { ...role, principalType: "ServicePrincipal" });
    expect(assignment.outputs).toMatchObject({ scope: role.scope, principalId: role.principalId });
    expect((await local.plugin.read(types.role, assignment.id)).inputs).toMatchObject({ scope: role.scope });
  });

  it("shows Azure's refusals in azure-native's words", async () => {
    const inputs = { ...registryInputs("nowhere"), location: "westeurope" };
    await expect(local.plugin.create(types.registry, inputs)).rejects.toThrow(
      `Status=404 Code="ResourceGroupNotFound" Message="Resource group 'nowhere' could not be found."`,
    );
  });

  it("of another type is unimplemented", async () => {
    await expect(local.plugin.create("azure-native:storage:StorageAccount", {})).rejects.toThrow(
      "has no resource type azure-native:storage:StorageAccount",
    );
  });
});

describe("a function", () => {
  it("tells who is signed in", async () => {
    expect(await local.plugin.invoke("azure-native:authorization:getClientConfig")).toEqual({
      clientId: operator.clientId,
      objectId: operator.objectId,
      subscriptionId,
      tenantId,
    });
    const { token } = await local.plugin.invoke("azure-native:authorization:getClientToken");
    await expect(
      local.azure.tokens.verifyAzureToken(String(token), "https://management.azure.com/"),
    ).resolves.toMatchObject({
      oid: operator.objectId,
    });
  });

  it("reads a registry, and in a later API version its permission mode", async () => {
    const group = await local.azure.createGroup();
    const id = await local.azure.createRegistry(group, "abacregistry", {
      roleAssignmentMode: "AbacRepositoryPermissions",
    });
    const registry = await local.plugin.invoke("azure-native:containerregistry:getRegistry", {
      resourceGroupName: "mlops",
      registryName: "abacregistry",
    });
    expect(registry).toMatchObject({ id, loginServer: "127.0.0.1:9490", azureApiVersion: "2023-01-01-preview" });
    expect(registry).not.toHaveProperty("roleAssignmentMode");
    const resource = await local.plugin.invoke("azure-native:resources:getResource", {
      resourceGroupName: "mlops",
      resourceProviderNamespace: "Microsoft.ContainerRegistry",
      parentResourcePath: "",
      resourceType: "registries",
      resourceName: "abacregistry",
      apiVersion: "2025-04-01",
    });
    expect(resource).toMatchObject({ id, properties: { roleAssignmentMode: "AbacRepositoryPermissions" } });
  });

  it("reads a workspace that has no registry yet", async () => {
    const group = await local.azure.createGroup();
    const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlops-ws`;
    await local.azure.request("PUT", id, "2024-10-01", { location: "westeurope" });
    const args = { resourceGroupName: "mlops", workspaceName: "mlops-ws" };
    const workspace = await local.plugin.invoke("azure-native:machinelearningservices:getWorkspace", args);
    expect(workspace).toMatchObject({ id, name: "mlops-ws" });
    expect(workspace).not.toHaveProperty("containerRegistry");
  });

  it("reads groups, identities and roles", async () => {
    const group = await local.azure.createGroup();
    const identity = await local.azure.createIdentity(group);
    const args = { resourceGroupName: "mlops" };
    expect(await local.plugin.invoke("azure-native:resources:getResourceGroup", args)).toMatchObject({
      id: group,
      properties: { provisioningState: "Succeeded" },
    });
    expect(
      await local.plugin.invoke("azure-native:managedidentity:getUserAssignedIdentity", {
        ...args,
        resourceName: "job-identity",
      }),
    ).toMatchObject({ principalId: identity.objectId, clientId: identity.clientId });
    expect(
      await local.plugin.invoke("azure-native:authorization:getRoleDefinition", {
        scope: group,
        roleDefinitionId: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
      }),
    ).toMatchObject({ roleName: "AcrPull", roleType: "BuiltInRole", type: "Microsoft.Authorization/roleDefinitions" });
  });

  it("says what was not found, or not emulated", async () => {
    const args = { resourceGroupName: "nowhere", registryName: "mlopsregistry" };
    await expect(local.plugin.invoke("azure-native:containerregistry:getRegistry", args)).rejects.toThrow(
      /request failed \/subscriptions\/.*: Status=404 Code="ResourceGroupNotFound"/,
    );
    await expect(local.plugin.invoke("azure-native:storage:getStorageAccount")).rejects.toThrow(
      "has no function azure-native:storage:getStorageAccount",
    );
  });
});

describe("signing in", () => {
  it("says which settings are missing", async () => {
    await expect(local.plugin.configure({ clientId: "x" })).rejects.toThrow(
      "not set: azure-native:clientSecret or ARM_CLIENT_SECRET, azure-native:subscriptionId or ARM_SUBSCRIPTION_ID, azure-native:metadataHost or ARM_METADATA_HOSTNAME",
    );
  });

  it("is whoever the Azure CLI is signed in as, without a client secret", async () => {
    const folder = mkdtempSync(join(tmpdir(), "azure-cli-"));
    const account = { id: subscriptionId, tenantId, user: { name: deployer.clientId, type: "servicePrincipal" } };
    const token = await local.azure.tokens.issueAzureToken(deployer, managementAudience);
    const asked = join(folder, "asked");
    const answers = `echo "$@" >> ${asked}; if [ "$2" = show ]; then echo '${JSON.stringify(account)}'; else echo ${token}; fi`;
    writeFileSync(join(folder, "az"), `#!/bin/sh\n${answers}\n`, { mode: 0o755 });
    const plugin = await Plugin.start("azure-native", "3.28.0", { PATH: `${folder}:${process.env.PATH}` });
    try {
      await plugin.configure({ metadataHost: local.azure.address });
      expect(await plugin.invoke("azure-native:authorization:getClientConfig")).toEqual({
        ...{ clientId: deployer.clientId, objectId: deployer.objectId, subscriptionId, tenantId },
      });
      expect(readFileSync(asked, "utf8").split("\n")).toEqual([
        "account show --output json",
        `account get-access-token --resource ${managementAudience} --query accessToken --output tsv`,
        "",
      ]);
    } finally {
      await plugin.stop();
      rmSync(folder, { recursive: true });
    }
  });

  it("goes to no other machine", async () => {
    await expect(local.plugin.configure({ ...config, metadataHost: "management.azure.com" })).rejects.toThrow(
      "talks to a cloud on this machine only, not to 'management.azure.com'",
    );
  });

  it("shows Entra ID's refusal", async () => {
    await local.plugin.configure({ ...config, clientSecret: "guess", metadataHost: local.azure.address });
    await expect(local.plugin.invoke("azure-native:authorization:getClientToken")).rejects.toThrow("AADSTS7000215");
  });

  it("says when no cloud answers", async () => {
    await local.plugin.configure({ ...config, metadataHost: "127.0.0.1:1" });
    await expect(local.plugin.invoke("azure-native:authorization:getClientToken")).rejects.toThrow(
      "is the local cloud running?",
    );
  });
});
