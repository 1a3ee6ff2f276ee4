import * as pulumi from "@pulumi/pulumi";
import {
  ContainerRegistry,
  type ContainerRegistryArgs,
  type NewRegistry,
} from "../../../components/container-registry";
import { findRegistry, type RegistryPlace } from "../../../src/lookups/registry";
import { type MockCloud, only, refusal, registered, secret } from "../support/mock-cloud";
import { value } from "../support/output";

const registryType = "azure-native:containerregistry:Registry";
const deploymentType = "azure-native:resources:Deployment";
const workspaceRegistry =
  "/subscriptions/s/resourceGroups/rg-ai/providers/Microsoft.ContainerRegistry/registries/aiacr";

const cloud: MockCloud = {
  outputs: {
    [registryType]: { name: "mlopsregistry", loginServer: "mlopsregistry.azurecr.io", location: "westeurope" },
  },
  functions: {
    "azure-native:resources:getResource": ({ resourceName, apiVersion }) => ({
      properties:
        resourceName === "abacregistry" && apiVersion === "2025-04-01"
          ? { roleAssignmentMode: "AbacRepositoryPermissions" }
          : {},
    }),
    "azure-native:containerregistry:getRegistry": ({ registryName, resourceGroupName }) => {
      if (registryName === "noregistry") throw refusal("ResourceNotFound");
      return {
        id: `${resourceGroupName}/${registryName}`,
        loginServer: `${registryName}${registryName === "labelled" ? "-a1b2" : ""}.azurecr.io`,
      };
    },
    "azure-native:machinelearningservices:getWorkspace": ({ workspaceName }) => {
      if (workspaceName === "mlw-none") throw refusal("ResourceNotFound");
      return workspaceName === "mlw-new" ? {} : { containerRegistry: workspaceRegistry };
    },
  },
};

/** Creates the component; its outputs, and the resources that it registered. */
async function create(
  source: NewRegistry | RegistryPlace,
  args: Partial<ContainerRegistryArgs> = {},
  subscriptionId = "S",
) {
  const created: ContainerRegistry[] = [];
  const resources = await registered(cloud, async () => {
    const found = source.kind === "new" ? source : await findRegistry(source, subscriptionId);
    created.push(new ContainerRegistry("acr", { source: found, resourceGroup: "rg-own", ...args }));
  });
  const [registry] = created;
  if (!registry) throw new Error("nothing was created");
  const outputs = {
    id: await value(registry.id),
    name: await value(registry.name),
    resourceGroup: await value(registry.resourceGroup),
    loginServer: await value(registry.loginServer),
    permissionMode: await value(registry.permissionMode),
  };
  return { registry, resources, outputs };
}

test("an existing registry is refused whose login server no service connection can have", async () => {
  const labelled = { kind: "existing", name: "labelled", resourceGroup: "rg" } as const;
  await expect(create(labelled)).rejects.toThrow(
    'the container registry "labelled" (argument registry) has the login server labelled-a1b2.azurecr.io, and a service ' +
      "connection that is created here always leads to labelled.azurecr.io",
  );
});

test("a workspace's registry in another subscription is read there, signed in as everything else is", async () => {
  pulumi.runtime.setAllConfig(
    { "azure-native:clientId": "client", "azure-native:clientSecret": "hidden", "azure-native:useMsi": "true" },
    ["azure-native:clientSecret"],
  );
  const place: RegistryPlace = { kind: "workspace", workspace: "mlw", resourceGroup: "rg-ml" };
  const { resources, registry, outputs } = await create(place, {}, "stacks-own");
  pulumi.runtime.setAllConfig({});
  expect(only(resources, "pulumi:providers:azure-native").inputs).toMatchObject({
    ...{ subscriptionId: "s", clientId: secret("client"), clientSecret: secret("hidden"), useMsi: "true" },
  });
  expect(registry.otherSubscriptionId).toBe("s");
  expect(outputs.name).toBe("aiacr");
  expect((await create(place)).registry.otherSubscriptionId).toBeUndefined();
});

describe("a new registry", () => {
  const source: NewRegistry = { kind: "new", name: "mlopsregistry" };

  test("is created in the given resource group, without an admin user and without anonymous pulls", async () => {
    const { resources, outputs } = await create(source);
    expect(only(resources, registryType)).toMatchObject({
      name: "acr",
      parent: "mlops:index:ContainerRegistry",
      inputs: {
        registryName: "mlopsregistry",
        resourceGroupName: "rg-own",
        sku: { name: "Basic" },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
      },
    });
    expect(outputs).toEqual({
      id: "acr-id",
      name: "mlopsregistry",
      resourceGroup: "rg-own",
      loginServer: "mlopsregistry.azurecr.io",
      permissionMode: "LegacyRegistryPermissions",
    });
  });

  test("has the SKU that is asked for", async () => {
    const { resources } = await create({ ...source, sku: "Premium" });
    expect(only(resources, registryType).inputs).toMatchObject({ sku: { name: "Premium" } });
  });

  test("deletes manifests without a tag, and is out of the internet's reach, only if that is asked for", async () => {
    const { resources } = await create({
      ...source,
      sku: "Premium",
      retentionDays: 30,
      publicNetworkAccess: "Disabled",
    });
    expect(only(resources, registryType).inputs).toMatchObject({
      policies: { retentionPolicy: { days: 30, status: "enabled" } },
      publicNetworkAccess: "Disabled",
    });
    const { inputs } = only((await create(source)).resources, registryType);
    expect(inputs).not.toHaveProperty("policies");
    expect(inputs).toMatchObject({ publicNetworkAccess: "Enabled" });
  });

  test("gets its permission mode by a deployment, which puts all else as it is", async () => {
    const { registry, resources, outputs } = await create(
      { ...source, permissionMode: "AbacRepositoryPermissions" },
      { transform: { registry: { tags: { team: "ml" }, zoneRedundancy: "Enabled" } } },
    );
    expect(only(resources, deploymentType)).toMatchObject({
      name: "acr-permission-mode",
      parent: "mlops:index:ContainerRegistry",
      protect: false,
      inputs: {
        deploymentName: "mlopsregistry-permission-mode",
        resourceGroupName: "rg-own",
        properties: {
          mode: "Incremental",
          template: {
            resources: [
              {
                type: "Microsoft.ContainerRegistry/registries",
                apiVersion: "2025-04-01",
                name: "mlopsregistry",
                location: "westeurope",
                sku: { name: "Basic" },
                tags: { team: "ml" },
                properties: {
                  adminUserEnabled: false,
                  anonymousPullEnabled: false,
                  zoneRedundancy: "Enabled",
                  roleAssignmentMode: "AbacRepositoryPermissions",
                },
              },
            ],
          },
        },
      },
    });
    expect(outputs).toMatchObject({
      loginServer: "mlopsregistry.azurecr.io",
      permissionMode: "AbacRepositoryPermissions",
    });
    expect(await value(registry.nodes.permissionMode?.id ?? registry.id)).toBe("acr-permission-mode-id");
  });

  test("keeps the mode that it has if none is asked for", async () => {
    const { resources } = await create(source);
    expect(resources.map(({ type }) => type)).not.toContain(deploymentType);
  });

  test("is reachable as a raw resource, and can be transformed", async () => {
    const { registry, resources } = await create(source, {
      transform: {
        registry: (args, opts) => Object.assign(opts, { retainOnDelete: true }) && { ...args, tags: { team: "ml" } },
      },
    });
    expect(await value(registry.nodes.registry?.id ?? registry.id)).toBe("acr-id");
    expect(only(resources, registryType)).toMatchObject({
      inputs: { registryName: "mlopsregistry", tags: { team: "ml" } },
      retainOnDelete: true,
    });
  });
});

test.each<[string, RegistryPlace, string, string]>([
  ["an existing registry", { kind: "existing", name: "teamacr", resourceGroup: "rg-team" }, "teamacr", "rg-team"],
  ["a workspace's registry", { kind: "workspace", workspace: "mlw", resourceGroup: "rg-ml" }, "aiacr", "rg-ai"],
])("%s is read, and nothing is created", async (_, source, name, resourceGroup) => {
  const { registry, resources, outputs } = await create(source);
  expect(resources.map(({ type }) => type)).toEqual(["mlops:index:ContainerRegistry"]);
  expect(registry.nodes).toEqual({});
  expect(outputs).toEqual({
    id: `${resourceGroup}/${name}`,
    name,
    resourceGroup,
    loginServer: `${name}.azurecr.io`,
    permissionMode: "LegacyRegistryPermissions",
  });
});

test("the permission mode is read from the registry", async () => {
  const { outputs } = await create({ kind: "existing", name: "abacregistry", resourceGroup: "rg" });
  expect(outputs.permissionMode).toBe("AbacRepositoryPermissions");
});

test.each<[string, RegistryPlace, string]>([
  [
    "a registry that does not exist",
    { kind: "existing", name: "noregistry", resourceGroup: "rg" },
    'the container registry "noregistry" in resource group "rg" (argument registry) cannot be read: ResourceNotFound',
  ],
  [
    "a workspace that does not exist",
    { kind: "workspace", workspace: "mlw-none", resourceGroup: "rg" },
    'the Azure ML workspace "mlw-none" in resource group "rg" (argument registry) cannot be read: ResourceNotFound',
  ],
  [
    "a workspace that has no registry yet",
    { kind: "workspace", workspace: "mlw-new", resourceGroup: "rg" },
    'the Azure ML workspace "mlw-new" (argument registry.workspace) has no container registry yet',
  ],
])("%s is named in the error", async (_, source, message) => {
  await expect(create(source)).rejects.toThrow(message);
});
