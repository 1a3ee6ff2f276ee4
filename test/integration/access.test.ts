import { BuildResult } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { StackOutputs } from "../../src/common/outputs";
import { type Ended, Program } from "../support/program";
import { arm, armOk, azureDevOps, digestOfTag } from "./support/far-side";
import { localCloud, localCloudDirectory } from "./support/local-cloud";
import { endpointOf, may, pulls, pushes, seenThrough, tokenOf, usersOf } from "./support/through-connection";

/** What a stack says of its connections. */
function ok(ended: Ended): Ended {
  if (ended.exitCode === 0) return ended;
  throw new Error(`the command ended with ${ended.exitCode}:\n${ended.output}`);
}

const group = "/resourceGroups/rg-job-container-access";
const assignments = (scope: string) => `${scope}/providers/Microsoft.Authorization/roleAssignments`;

/** The role assignments on a registry itself, as paths behind the subscription. */
async function rolesOn(registry: string): Promise<string[]> {
  const { value = [] } = await armOk("GET", assignments(registry), "2022-04-01");
  const paths = value.map(({ id }) => id.replace(/^\/subscriptions\/[^/]+/, ""));
  return paths.filter((path) => path.startsWith(registry));
}

describe("a new stack", () => {
  const repository = "mlops/access";
  const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/accessacr`;
  let program: Program;
  let outputs: StackOutputs;
  let push: string;

  beforeAll(async () => {
    program = await Program.create({
      cloud: localCloudDirectory(),
      stack: "access",
      settings: {
        "job-container:registry": { kind: "new", name: "accessacr" },
        "job-container:imageName": repository,
        "job-container:serviceConnection": { name: "access-acr" },
        "job-container:pipelineFolder": "\\access",
        "job-container:protect": true,
      },
    });
    ok(await program.up());
    outputs = await program.outputs();
    push = outputs.pushConnection?.id ?? "";
  });
  afterAll(() => program.remove());

  test("has a connection that pulls, and one that pushes", async () => {
    expect(outputs.serviceConnection.name).toBe("access-acr");
    expect(outputs.pushConnection?.name).toBe("access-acr-push");
    const { loginServer } = outputs.registry;
    expect(await may(loginServer, outputs.serviceConnection.id, repository)).toEqual(pulls);
    expect(await may(loginServer, push, repository)).toEqual(pushes);
  });

  test("lets each pipeline use its connection, and no pipeline another", async () => {
    expect(await usersOf(outputs.serviceConnection.id)).toEqual([Number(outputs.modelPipelines[0]?.id)]);
    expect(await usersOf(push)).toEqual([Number(outputs.imageBuildPipeline.id)]);
  });

  test("gives a third pipeline neither", async () => {
    const builds = await azureDevOps().getBuildApi();
    const image = await builds.getDefinition("mlops", Number(outputs.imageBuildPipeline.id));
    for (const registryConnection of ["access-acr", "access-acr-push"]) {
      const { id: _, ...copied } = image;
      const variables = { ...image.variables, registryConnection: { value: registryConnection } };
      const third = await builds.createDefinition(
        { ...copied, name: `third ${registryConnection}`, variables },
        "mlops",
      );
      const { result, validationResults } = await builds.queueBuild({ definition: { id: third.id } }, "mlops");
      expect(result).toBe(BuildResult.Failed);
      expect(validationResults?.map(({ message }) => message)).toEqual([
        expect.stringContaining(
          `Pipeline does not have permissions to use the referenced service connection(s) ${registryConnection}.`,
        ),
      ]);
      await builds.deleteDefinition("mlops", third.id ?? 0);
    }
  });

  test("keeps the identity that pulls from pushing", async () => {
    const { response } = await seenThrough(outputs.registry.loginServer).pushImage(
      outputs.serviceConnection.id,
      repository,
      "stolen",
    );
    expect(response.status).toBe(401);
  });

  test("keeps both identities from everything else in Azure, other registries above all", async () => {
    await armOk("PUT", "/resourceGroups/rg-access-others", "2024-03-01", { location: "westeurope" });
    const other = "/resourceGroups/rg-access-others/providers/Microsoft.ContainerRegistry/registries/accessothers";
    const { properties } = await armOk("PUT", other, "2025-04-01", { location: "westeurope", sku: { name: "Basic" } });
    const { url, subscriptionId } = localCloud().azure;
    for (const connection of [outputs.serviceConnection.id, push]) {
      const token = await tokenOf(connection);
      expect((await seenThrough(String(properties?.loginServer)).exchange(token)).status).toBe(401);
      for (const path of [registry, other, group, `${assignments(registry)}/x`]) {
        const answer = await fetch(`${url}/subscriptions/${subscriptionId}${path}?api-version=2022-04-01`, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect([path, answer.status]).not.toEqual([path, 200]);
      }
    }
    await armOk("DELETE", "/resourceGroups/rg-access-others", "2024-03-01");
  });

  test("needs each of its roles, and makes the one again that somebody took away", async () => {
    const { loginServer } = outputs.registry;
    const roles = await rolesOn(registry);
    expect(roles).toHaveLength(2);
    for (const role of roles) await armOk("DELETE", role, "2022-04-01");
    for (const connection of [outputs.serviceConnection.id, push]) {
      expect((await seenThrough(loginServer).exchange(await tokenOf(connection))).status).toBe(401);
    }
    ok(await program.up("--refresh"));
    expect(await may(loginServer, outputs.serviceConnection.id, repository)).toEqual(pulls);
    expect(await may(loginServer, push, repository)).toEqual(pushes);
  });

  test("has nothing to change a second time", async () => {
    expect(await program.preview()).toEqual([]);
  });

  test("is not destroyed by accident, and in the documented way it is", async () => {
    const { exitCode, output } = await program.destroy();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("protected");
    expect((await arm("GET", registry, "2025-04-01")).status).toBe(200);
    expect(await endpointOf(push)).toMatchObject({ name: "access-acr-push", isReady: true });

    program.configure({ ...program.settings, "job-container:protect": false });
    ok(await program.up());
    ok(await program.destroy());
    expect((await arm("GET", group, "2024-03-01")).status).toBe(404);
    expect(await endpointOf(push)).toBeNull();
  });
});

describe("a stack with one connection for both pipelines, to a registry whose permissions are by repository", () => {
  const repository = "mlops/abac";
  const registry = "/resourceGroups/rg-job-container-abac/providers/Microsoft.ContainerRegistry/registries/abacacr";
  const settings = (permissionMode: string, separatePush?: boolean) => ({
    "job-container:registry": { kind: "new", name: "abacacr", permissionMode },
    "job-container:imageName": repository,
    "job-container:serviceConnection": { name: "abac-acr", ...(separatePush !== undefined && { separatePush }) },
    "job-container:pipelineFolder": "\\abac",
  });
  let program: Program;
  let before: StackOutputs;
  let outputs: StackOutputs;

  async function change(permissionMode: string, separatePush?: boolean): Promise<void> {
    program.configure(settings(permissionMode, separatePush));
    ok(await program.up());
    outputs = await program.outputs();
  }

  beforeAll(async () => {
    program = await Program.create({
      cloud: localCloudDirectory(),
      stack: "abac",
      settings: settings("AbacRepositoryPermissions", false),
    });
    ok(await program.up());
    before = await program.outputs();
  });
  afterAll(() => program.remove());

  test("has them both", async () => {
    const { properties } = await armOk("GET", registry, "2025-04-01");
    expect(properties).toMatchObject({
      roleAssignmentMode: "AbacRepositoryPermissions",
      adminUserEnabled: false,
      anonymousPullEnabled: false,
    });
    expect(before.pushConnection).toBeUndefined();
    expect(await may(before.registry.loginServer, before.serviceConnection.id, repository)).toEqual(pushes);
  });

  test("keeps the connection as long as its settings do not say otherwise", async () => {
    program.configure(settings("AbacRepositoryPermissions"));
    expect(await program.preview()).toEqual([]);
  });

  test("keeps it also when pushing gets one of its own, and only that can push from then on", async () => {
    await change("AbacRepositoryPermissions", true);
    expect(outputs.serviceConnection).toEqual(before.serviceConnection);
    expect(await usersOf(outputs.serviceConnection.id)).toEqual([Number(outputs.modelPipelines[0]?.id)]);
    expect(await usersOf(outputs.pushConnection?.id)).toEqual([Number(outputs.imageBuildPipeline.id)]);
    program.configure(settings("AbacRepositoryPermissions"));
    expect(await program.preview()).toEqual([]);
  });

  const mayBoth = async (name: string) => ({
    pull: await may(outputs.registry.loginServer, outputs.serviceConnection.id, name),
    push: await may(outputs.registry.loginServer, outputs.pushConnection?.id, name),
  });

  test.each([
    [repository, pulls, pushes],
    [`${repository}/branch`, pulls, pushes],
    [`${repository}us`, [], []],
    ["mlops/other", [], []],
    ["mlops", [], []],
  ])("lets the connections do in %s: %j and %j", async (name, pull, push) => {
    expect(await mayBoth(name)).toEqual({ pull, push });
  });

  test("takes a push inside of the role's condition, and refuses one outside of it", async () => {
    const { loginServer } = outputs.registry;
    const pushed = async (name: string) =>
      (await seenThrough(loginServer).pushImage(outputs.pushConnection?.id ?? "", name, "pushed")).response.status;
    expect(await pushed(`${repository}/branch`)).toBe(201);
    expect(await pushed("mlops/other")).toBe(401);
    expect(await digestOfTag(loginServer, `${repository}/branch`, "pushed")).toMatch(/^sha256:/);
    expect(await digestOfTag(loginServer, "mlops/other", "pushed")).toBeUndefined();
  });

  test("changes to the other mode, and its roles with it, without a new registry", async () => {
    const { creationDate } = (await armOk("GET", registry, "2025-04-01")).properties ?? {};
    await change("LegacyRegistryPermissions");
    expect((await armOk("GET", registry, "2025-04-01")).properties).toMatchObject({
      roleAssignmentMode: "LegacyRegistryPermissions",
      creationDate,
    });
    expect(await mayBoth("mlops/other")).toEqual({ pull: pulls, push: pushes });
    expect(await program.preview()).toEqual([]);
  });
});
