import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "../support/program";
import { arm, armOk } from "./support/far-side";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

const location = "westeurope";

let program: Program;

beforeAll(async () => {
  program = await Program.create({ cloud: localCloudDirectory(), stack: "refused" });
  await armOk("PUT", "/resourceGroups/rg-bare", "2024-03-01", { location });
  await armOk(
    "PUT",
    "/resourceGroups/rg-bare/providers/Microsoft.MachineLearningServices/workspaces/mlw-bare",
    "2024-10-01",
    { location, identity: { type: "SystemAssigned" }, properties: {} },
  );
});
afterAll(() => program.remove());

/** Types of what the stack owns in Azure, Azure DevOps and registries. */
async function ownedTypes(): Promise<string[]> {
  const types = (await program.resources()).map(({ type }) => type);
  return types.filter((type) => !type.startsWith("pulumi:") && !type.startsWith("mlops:"));
}

/** Brings the stack up with these settings, and expects that it is refused, with this message, before anything exists. */
async function expectRefused(settings: Record<string, unknown>, messages: (string | RegExp)[]): Promise<void> {
  program.configure({ "job-container:registry": { kind: "new", name: "refusedacr" }, ...settings });
  const { exitCode, output } = await program.up();
  expect(exitCode).not.toBe(0);
  for (const message of messages) expect(output).toMatch(message);
  // A message that a person can read: once, and without a stack trace.
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
  expect(output).not.toMatch(/unhandled exception/);
  // Nothing half made.
  expect(await ownedTypes()).toEqual([]);
  expect((await arm("GET", "/resourceGroups/rg-job-container-refused", "2024-03-01")).status).toBe(404);
}

test.each<[string, Record<string, unknown>, (string | RegExp)[]]>([
  [
    "settings that are missing or wrong, all in one message",
    {
      "azure-native:location": undefined,
      "job-container:project": undefined,
      "job-container:imageName": "MLOps/Diabetes",
      "job-container:registry": { kind: "new", name: "ml-ops" },
      "job-container:githubRelease": "3.0 beta",
    },
    [
      "5 settings are wrong:",
      "job-container:project is not set",
      'job-container:registry.name "ml-ops" must be 5 to 50 letters and digits',
      'job-container:imageName "MLOps/Diabetes" must be lower-case',
      'job-container:githubRelease "3.0 beta" makes the tag "release-3.0 beta"',
      "azure-native:location is not set",
      "They are set in Pulumi.refused.yaml",
    ],
  ],
  [
    "a project that does not exist",
    { "job-container:project": "nothing" },
    ['the Azure DevOps project "nothing" in http://127.0.0.1:', "(setting project) cannot be read: "],
  ],
  [
    "a repository that does not exist",
    { "job-container:repository": { kind: "azureRepos", name: "nothing" } },
    ['the repository "nothing" in the Azure DevOps project "mlops" (setting repository.name) cannot be read: '],
  ],
  [
    "a GitHub service connection that does not exist",
    { "job-container:repository": { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "nothing" } },
    ['the GitHub service connection "nothing"', "(setting repository.serviceConnection) cannot be read: "],
  ],
  [
    "a workspace that does not exist",
    { "job-container:registry": { kind: "workspace", workspace: "mlw-nothing", resourceGroup: "rg-bare" } },
    [
      'the Azure ML workspace "mlw-nothing" in resource group "rg-bare" (setting registry) cannot be read: ',
      "ResourceNotFound",
    ],
  ],
  [
    "a workspace without a registry",
    { "job-container:registry": { kind: "workspace", workspace: "mlw-bare", resourceGroup: "rg-bare" } },
    [
      'the Azure ML workspace "mlw-bare" (setting registry.workspace) has no container registry yet',
      "Build one in the workspace",
    ],
  ],
  [
    "a registry that does not exist",
    { "job-container:registry": { kind: "existing", name: "nothingacr", resourceGroup: "rg-bare" } },
    [
      'the container registry "nothingacr" in resource group "rg-bare" (setting registry) cannot be read: ',
      "ResourceNotFound",
    ],
  ],
  [
    "a Dockerfile that does not exist",
    { "job-container:dockerfile": "docker/Dockerfle" },
    ['job-container:dockerfile "docker/Dockerfle" does not exist'],
  ],
  [
    "a builder that does not exist",
    { "job-container:builder": "nothing" },
    [
      'job-container:builder "nothing" is not a buildx builder (there are local-cloud in',
      "docker buildx create --name nothing",
    ],
  ],
])("%s: refused, and nothing is created", (_, settings, messages) => expectRefused(settings, messages));

test("a base image that does not exist: refused, and nothing is created", async () => {
  const image = `${localCloud().registry.public}/mambaorg/nothing:1`;
  await expectRefused({ "job-container:baseImage": image }, [
    `the base image "${image}" (setting baseImage) cannot be read: `,
  ]);
});

test("a registry name that is taken: refused, with nothing but the resource group made, and another name goes on", async () => {
  const taken = "/resourceGroups/rg-bare/providers/Microsoft.ContainerRegistry/registries/takenacr";
  await armOk("PUT", taken, "2025-04-01", { location, sku: { name: "Basic" } });
  const settings = {
    "job-container:serviceConnection": { name: "refused-acr" },
    "job-container:pipelineFolder": "\\refused",
  };
  program.configure({ ...settings, "job-container:registry": { kind: "new", name: "takenacr" } });
  const { exitCode, output } = await program.up();
  expect(exitCode).not.toBe(0);
  expect(output).toMatch("The registry DNS name takenacr.azurecr.io is already in use");
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
  expect(await ownedTypes()).toEqual(["azure-native:resources:ResourceGroup"]);

  program.configure({ ...settings, "job-container:registry": { kind: "new", name: "freeacr" } });
  expect(await program.up()).toMatchObject({ exitCode: 0 });
  expect(await program.destroy()).toMatchObject({ exitCode: 0 });
});

test("a builder that does not answer: refused, and nothing is created", async () => {
  const buildx = join(program.directory, "buildx");
  mkdirSync(join(buildx, "instances"), { recursive: true });
  writeFileSync(
    join(buildx, "instances", "dead"),
    JSON.stringify({ Name: "dead", Driver: "remote", Nodes: [{ Name: "dead0", Endpoint: "tcp://127.0.0.1:9" }] }),
  );
  const { BUILDX_CONFIG } = program.environment;
  program.environment.BUILDX_CONFIG = buildx;
  try {
    await expectRefused({ "job-container:builder": "dead" }, [
      'job-container:builder "dead" does not answer at tcp://127.0.0.1:9 (',
      "start its BuildKit daemon",
    ]);
  } finally {
    program.environment.BUILDX_CONFIG = BUILDX_CONFIG;
  }
});
