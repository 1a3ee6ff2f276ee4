import { basename } from "node:path";
import { otherSubscriptionId } from "../../local-cloud/cloud/identity";
import type { StackOutputs } from "../../src/common/outputs";
import { Program } from "../support/program";
import { arm, armOk, azureDevOps, digestOfTag, tagsOf } from "./support/far-side";
import { localCloudDirectory } from "./support/local-cloud";

const team = "/resourceGroups/rg-team";
const teamRegistry = `${team}/providers/Microsoft.ContainerRegistry/registries/teamacr`;
const platform = `/subscriptions/${otherSubscriptionId}/resourceGroups/rg-platform`;
const workspaceRegistry = `${platform}/providers/Microsoft.ContainerRegistry/registries/workspaceacr`;
const workspaces = `${team}/providers/Microsoft.MachineLearningServices/workspaces`;
const registryVersion = "2025-04-01";
const location = "westeurope";

const environments = `${workspaces}/mlw-team/environments`;
const environmentVersion = "2025-12-01";

/** What the team has before this program comes: two registries, one of them its workspace's, in another subscription. */
beforeAll(async () => {
  for (const registry of [teamRegistry, workspaceRegistry]) {
    await armOk("PUT", registry.slice(0, registry.indexOf("/providers/")), "2024-03-01", { location });
    await armOk("PUT", registry, registryVersion, { location, sku: { name: "Basic" } });
  }
  const { id } = await armOk("GET", workspaceRegistry, registryVersion);
  await armOk("PUT", `${workspaces}/mlw-team`, "2024-10-01", {
    location,
    identity: { type: "SystemAssigned" },
    properties: { containerRegistry: id },
  });
});

describe.each([
  [
    "an existing registry",
    "existing",
    teamRegistry,
    { kind: "existing", name: "teamacr", resourceGroup: "rg-team" },
    { name: "existing", workspace: "mlw-team", resourceGroup: "rg-team" },
  ],
  [
    "a workspace's registry, in another subscription",
    "workspace",
    workspaceRegistry,
    { kind: "workspace", workspace: "mlw-team", resourceGroup: "rg-team" },
    { name: "workspace" },
  ],
])("%s", (_, stack, registry, source, azureMlEnvironment) => {
  const name = basename(registry);
  const repository = `mlops/${stack}`;
  let program: Program;
  let outputs: StackOutputs;
  let before: unknown;

  beforeAll(async () => {
    before = await armOk("GET", registry, registryVersion);
    program = await Program.create({
      cloud: localCloudDirectory(),
      stack,
      settings: {
        "job-container:registry": source,
        "job-container:imageName": repository,
        "job-container:serviceConnection": { name: `${stack}-acr` },
        "job-container:pipelineFolder": `\\${stack}`,
        "job-container:azureMlEnvironment": azureMlEnvironment,
      },
    });
    const { exitCode, output } = await program.up();
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    outputs = await program.outputs();
  });
  afterAll(() => program.remove());

  test("is used as it is", async () => {
    expect(outputs.registry.name).toBe(name);
    expect(await armOk("GET", registry, registryVersion)).toEqual(before);
    const types = (await program.resources()).map(({ type }) => type);
    expect(types).not.toContain("azure-native:containerregistry:Registry");
  });

  test("gets the image", async () => {
    expect(await digestOfTag(outputs.registry.loginServer, repository, "latest")).toBe(outputs.image.digest);
  });

  test("is what the service connection leads to", async () => {
    const endpoints = await azureDevOps().getServiceEndpointApi();
    const endpoint = await endpoints.getServiceEndpointDetails("mlops", outputs.serviceConnection.id);
    expect(endpoint.authorization?.parameters).toMatchObject({
      loginServer: `${name}.azurecr.io`,
      scope: expect.stringMatching(new RegExp(`^${registry.startsWith("/s") ? registry : `.+${registry}`}$`, "i")),
    });
  });

  test("has its image in an environment of the workspace", async () => {
    const { version, ...place } = outputs.azureMlEnvironment ?? {};
    expect(place).toEqual({ name: stack, workspace: "mlw-team", resourceGroup: "rg-team" });
    const { properties } = await armOk("GET", `${environments}/${stack}/versions/${version}`, environmentVersion);
    expect(properties).toMatchObject({ image: outputs.image.reference, environmentType: "UserCreated" });
  });

  test("shows no change in a second preview", async () => {
    expect(await program.preview()).toEqual([]);
  });

  test("is still there after destroy, with its image, and all else is gone", async () => {
    const { exitCode, output } = await program.destroy();
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(await armOk("GET", registry, registryVersion)).toEqual(before);
    expect(await tagsOf(outputs.registry.loginServer, repository)).toContain("latest");
    expect((await arm("GET", `/resourceGroups/rg-job-container-${stack}`, "2024-03-01")).status).toBe(404);
    expect((await armOk("GET", `${environments}/${stack}/versions`, environmentVersion)).value).toEqual([]);
    const assignments = await armOk(
      "GET",
      `${registry}/providers/Microsoft.Authorization/roleAssignments`,
      "2022-04-01",
    );
    expect(assignments.value?.filter(({ id }) => id.toLowerCase().includes(`/${name}/`))).toEqual([]);
  });
});
