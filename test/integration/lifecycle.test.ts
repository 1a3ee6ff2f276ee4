import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { StackOutputs } from "../../src/common/outputs";
import { Program } from "../support/program";
import { arm, armOk, azureDevOps, digestOfTag, imageConfig, tagsOf } from "./support/far-side";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

const resourceGroup = "/resourceGroups/rg-job-container-lifecycle";
const repository = "mlops/diabetes_regression";
const folder = "\\lifecycle";

let program: Program;
let outputs: StackOutputs;

beforeAll(async () => {
  program = await Program.create({
    cloud: localCloudDirectory(),
    stack: "lifecycle",
    settings: {
      "job-container:registry": { kind: "new", name: "lifecycleacr" },
      "job-container:serviceConnection": { name: "lifecycle-acr" },
      "job-container:pipelineFolder": folder,
      "job-container:buildId": "7",
      "job-container:githubRelease": "3.0.0",
      "job-container:amlSdkVersion": "1.31.0",
    },
  });
});
afterAll(() => program.remove());

describe("from nothing", () => {
  test("a preview shows everything that would be created, and creates nothing", async () => {
    const steps = await program.preview();
    expect(steps.every(({ op }) => op === "create")).toBe(true);
    expect(steps.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "azure-native:containerregistry:Registry",
        "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr",
        "docker-build:index:Image",
        "azuredevops:index/buildDefinition:BuildDefinition",
      ]),
    );
    expect((await arm("GET", resourceGroup, "2024-03-01")).status).toBe(404);
  });

  test("up creates it, as people type it", async () => {
    const { exitCode, output } = await program.pulumi("up", "--yes", "--stack", program.stack);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    outputs = await program.outputs();
  });

  test("the registry is there, without an admin user", async () => {
    const { properties } = await armOk(
      "GET",
      `${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/lifecycleacr`,
      "2025-04-01",
    );
    expect(properties).toMatchObject({ adminUserEnabled: false, loginServer: outputs.registry.loginServer });
  });

  test("the registry has the image, under all its tags, with the digest that the stack says", async () => {
    const tags = ["amlsdk-1.31.0", "build-7", "latest", "release-3.0.0"];
    const { loginServer } = outputs.registry;
    expect(await tagsOf(loginServer, repository)).toEqual([...tags, "cache"].sort());
    for (const tag of tags) expect(await digestOfTag(loginServer, repository, tag)).toBe(outputs.image.digest);
    expect(outputs.image.reference).toBe(`${loginServer}/${repository}@${outputs.image.digest}`);
  });

  test("the image is one that the agent can run a job in", async () => {
    const { os, config } = await imageConfig(outputs.registry.loginServer, repository, "latest");
    expect(os).toBe("linux");
    expect(config.User).toBe("root");
    expect(config.Entrypoint ?? []).toEqual([]);
    expect(config.Env).toContainEqual(expect.stringMatching(/^PATH=\/opt\/environment\/bin:/));
  });

  test("the service connection is there, without a secret, and Azure trusts exactly its tokens", async () => {
    const endpoints = await azureDevOps().getServiceEndpointApi();
    const endpoint = await endpoints.getServiceEndpointDetails("mlops", outputs.serviceConnection.id);
    expect(endpoint).toMatchObject({ name: "lifecycle-acr", type: "dockerregistry", isReady: true });
    expect(endpoint.authorization?.scheme).toBe("WorkloadIdentityFederation");
    expect(JSON.stringify(endpoint)).not.toMatch(/serviceprincipalkey/i);

    const identity = `${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-lifecycle-acr`;
    const { properties } = await armOk("GET", `${identity}/federatedIdentityCredentials/lifecycle-acr`, "2023-01-31");
    const { workloadIdentityFederationIssuer, workloadIdentityFederationSubject } =
      endpoint.authorization?.parameters ?? {};
    expect(properties).toEqual({
      issuer: workloadIdentityFederationIssuer,
      subject: workloadIdentityFederationSubject,
      audiences: ["api://AzureADTokenExchange"],
    });
  });

  test("both pipelines are there, with their variables", async () => {
    const builds = await azureDevOps().getBuildApi();
    const definition = async (id = "") => builds.getDefinition("mlops", Number(id));
    const imageBuild = await definition(outputs.imageBuildPipeline.id);
    expect(imageBuild).toMatchObject({
      name: "mlops-diabetes_regression-image-build",
      path: folder,
      process: { yamlFilename: "docker/docker-image-pipeline.yml" },
      repository: { name: "diabetes_regression", defaultBranch: "refs/heads/main" },
      variables: {
        registryConnection: { value: "lifecycle-acr-push" },
        imageRepository: { value: repository },
        amlsdkversion: { value: "1.31.0", allowOverride: true },
        githubrelease: { value: "3.0.0", allowOverride: true },
      },
    });
    const model = await definition(outputs.modelPipelines[0]?.id);
    expect(model).toMatchObject({
      name: "mlops-diabetes_regression-model",
      path: folder,
      process: { yamlFilename: "pipelines/model-ci.yml" },
      variables: { jobContainerImage: { value: `${repository}@${outputs.image.digest}` } },
    });
  });

  test("nothing secret is in the state or the outputs in plain text", async () => {
    const exported = await program.succeed("stack", "export", "--stack", program.stack);
    expect(exported).not.toContain(localCloud().azureDevOps.personalAccessToken);
    expect(exported).not.toMatch(/eyJ[\w-]+\.eyJ/);
  });
});

test("a preview with --debug tells of every step of every resource that the program declares", async () => {
  const declared = (await program.resources()).filter(
    ({ type, name }) => !(type.startsWith("pulumi:providers:") && /^default(?:_|$)/.test(name)),
  );
  const output = await program.succeed("preview", "--stack", program.stack, "--debug");
  const [, diagnostics = ""] = output.split("Diagnostics:");
  for (const step of ["Registering resource: ", "RegisterResource RPC prepared: ", "RegisterResource RPC finished: "]) {
    const told = diagnostics.split(step).length - 1;
    expect({ step, told }).toEqual({ step, told: declared.length });
  }
});

test("a second preview shows no change", async () => {
  expect(await program.preview()).toEqual([]);
});

test("a second up changes nothing", async () => {
  const { exitCode, output } = await program.up("--expect-no-changes");
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(await program.outputs()).toEqual(outputs);
});

test("a changed Dockerfile rebuilds the image, and changes only what refers to its digest", async () => {
  appendFileSync(join(program.directory, "docker/Dockerfile"), "\nENV CHANGED=yes\n");
  expect(await program.preview()).toEqual([
    { op: "update", type: "docker-build:index:Image", name: "job-container" },
    { op: "update", type: "azuredevops:index/buildDefinition:BuildDefinition", name: "job-container-model" },
  ]);
  const { exitCode, output } = await program.up();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });

  const { registry, image, modelPipelines } = await program.outputs();
  expect(image.digest).not.toBe(outputs.image.digest);
  expect(await digestOfTag(registry.loginServer, repository, "latest")).toBe(image.digest);
  const { config } = await imageConfig(registry.loginServer, repository, "latest");
  expect(config.Env).toContain("CHANGED=yes");
  const builds = await azureDevOps().getBuildApi();
  const model = await builds.getDefinition("mlops", Number(modelPipelines[0]?.id));
  expect(model.variables?.jobContainerImage?.value).toBe(`${repository}@${image.digest}`);
});

test("the image that jobs were using is still in the registry", async () => {
  expect(await digestOfTag(outputs.registry.loginServer, repository, outputs.image.digest)).toBe(outputs.image.digest);
});

test("destroy leaves nothing behind", async () => {
  const { exitCode, output } = await program.pulumi("destroy", "--yes", "--stack", program.stack);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect((await arm("GET", resourceGroup, "2024-03-01")).status).toBe(404);
  expect(localCloud().registry.all.map(({ name }) => name)).not.toContain("lifecycleacr");
  const builds = await azureDevOps().getBuildApi();
  expect(
    await builds.getDefinitions(
      "mlops",
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      folder,
    ),
  ).toHaveLength(0);
  const endpoints = await azureDevOps().getServiceEndpointApi();
  expect((await endpoints.getServiceEndpoints("mlops")).map(({ name }) => name)).not.toContainEqual(
    expect.stringMatching(/^lifecycle-acr/),
  );
});
