import * as pulumi from "@pulumi/pulumi";
import { ImageRepository } from "../../../components/image-repository";
import { AzureRegistry } from "../support/azure-registry";
import { type MockCloud, only, registered } from "../support/mock-cloud";
import { value } from "../support/output";

const stashType = "pulumi:index:Stash";
const name = "mlops/diabetes_regression/tensorflow";
const urn = "urn:pulumi:branch::job-container::mlops:index:ImageRepository$pulumi:index:Stash::repository";
const cloud: MockCloud = { functions: { "azure-native:authorization:getClientToken": { token: "azure-token" } } };

let registry: AzureRegistry;
beforeEach(async () => {
  registry = await AzureRegistry.start();
});
afterEach(() => registry.stop());

/** Declares the repository: what was registered, and what runs before the engine forgets it. */
async function declare() {
  const made: { repository?: ImageRepository; options?: pulumi.CustomResourceOptions } = {};
  const resources = await registered(cloud, async () => {
    made.repository = new ImageRepository(
      "repository",
      { registry: { loginServer: registry.host }, repository: name, tenantId: "tenant" },
      {
        transformations: [
          ({ type, opts }) => {
            if (type === stashType) made.options = opts;
            return undefined;
          },
        ],
      },
    );
    await value(made.repository.name);
  });
  const { beforeCreate: [create] = [], beforeDelete: [hook] = [] } = made.options?.hooks ?? {};
  if (!hook || !(create instanceof pulumi.ResourceHook) || !made.repository) throw new Error("expected two hooks");
  const run = (id: string, repository: string) =>
    hook.callback({
      ...{ urn, id, name: "repository", type: stashType },
      oldInputs: { input: { loginServer: registry.host, repository } },
    });
  const runCreate = () =>
    create.callback({
      ...{ urn, id: "", name: "repository", type: stashType },
      newInputs: { input: { loginServer: registry.host, repository: name } },
    });
  return { resources, repository: made.repository, options: made.options, hook, run, runCreate };
}

test("the state remembers where the repository is, and another one replaces it", async () => {
  const { resources, repository, options } = await declare();
  expect(only(resources, stashType)).toMatchObject({
    name: "repository",
    parent: "mlops:index:ImageRepository",
    inputs: { input: { loginServer: registry.host, repository: name } },
  });
  expect(options?.replaceOnChanges).toEqual(["*"]);
  expect(await value(repository.name)).toBe(name);
});

test("declaring it asks nothing of the registry", async () => {
  await declare();
  expect(registry.asked).toEqual([]);
  expect(registry.exchanged).toEqual([]);
});

test("the hook that deletes has a name of its own, by which the state finds it in every run", async () => {
  const { hook } = await declare();
  expect(hook.name).toBe("repository-delete-repository");
});

test("one that does not exist yet may be made", async () => {
  const { runCreate } = await declare();
  await runCreate();
  expect(registry.asked.at(-1)).toBe(`GET /acr/v1/${name}/_manifests?n=5`);
});

test.each([
  ["by tags", { digest: "sha256:1", tags: ["latest", "build-7"] }, "latest, build-7"],
  ["only by digests", { digest: "sha256:1" }, "sha256:1"],
])("one whose images are known %s is somebody else's, and is not taken over", async (_, manifest, said) => {
  registry.respond = () => ({ status: 200, body: { imageName: name, manifests: [manifest] } });
  const { runCreate } = await declare();
  await expect(runCreate()).rejects.toThrow(
    `the registry ${registry.host} has a repository ${name} already, which this stack did not make (in it: ${said})`,
  );
});

test("one of which the registry does not tell what is in it is not taken over", async () => {
  registry.respond = () => ({ status: 403, body: { errors: [{ code: "DENIED", message: "by a firewall" }] } });
  const { runCreate } = await declare();
  await expect(runCreate()).rejects.toThrow(`does not say what is in ${name} (403 DENIED: by a firewall)`);
});

test.each([
  ["the present one", "repository-id", name],
  ["one of another name, which was replaced", "earlier-id", "mlops/diabetes_regression/pytorch"],
])("%s is deleted, as the identity that runs Pulumi", async (_, id, repository) => {
  const { run } = await declare();
  await run(id, repository);
  expect(registry.exchanged).toEqual(["azure-token"]);
  expect(registry.asked.at(-1)).toBe(`DELETE /acr/v1/${repository}`);
});

test("one that was replaced stays when another resource owns it by now", async () => {
  const { run } = await declare();
  await run("earlier-id", name);
  expect(registry.asked).toEqual([]);
});

test("a refusal is passed on, with what becomes of the repository, and without a token", async () => {
  const { run } = await declare();
  registry.letsIn = false;
  const message = await Promise.resolve(run("repository-id", name)).catch((error: Error) => error.message);
  expect(message).toContain("refused to sign in: 401");
  expect(message).toContain("The stack still owns the repository");
  expect(message).toContain(`\`pulumi state delete '${urn}'\``);
  expect(message).not.toContain("azure-token");
});
