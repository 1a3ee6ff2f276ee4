import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildResult } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { layoutOf } from "../../local-cloud/cloud/layout";
import type { StackOutputs } from "../../src/common/outputs";
import { stackOutputs } from "../../src/common/outputs-schema";
import type { Program } from "../support/program";
import { BaseEnvironment, env, image, ok, ownDefinitions } from "./support/base-environment";
import { deleteBranch, pushBranch } from "./support/branches";
import { arm, azureDevOps, digestOfTag, tagsOf } from "./support/far-side";
import { JobContainer } from "./support/job-container";
import { localCloud, localCloudDirectory } from "./support/local-cloud";
import { may, pulls, pushes, usersOf } from "./support/through-connection";

let base: BaseEnvironment;
let main: Program;
let loginServer: string;
let project: string;

beforeAll(async () => {
  base = await BaseEnvironment.up("branches", "AbacRepositoryPermissions");
  ({ main, loginServer } = base);
  ({ project } = localCloud().azureDevOps);
});
afterAll(() => base.remove());

async function versions(repository: string, ...modules: string[]): Promise<string> {
  const container = await JobContainer.pull(loginServer, repository, "latest");
  const imported = modules.map((module) => `import ${module}; print("${module}", ${module}.__version__)`);
  const [...lines] = await container.step(`python -c '${imported.join("\n")}'`);
  await container.dispose();
  return lines.join(", ");
}

/** What the environment of a branch has put out. */
async function outputsOf(environment: string): Promise<StackOutputs> {
  const stack = `branches-${environment}`;
  return stackOutputs.parse(JSON.parse(await main.succeed("stack", "output", "--json", "--stack", stack)));
}

/** Those of the repositories that there is an image in. A registry with permissions by repository lists them to few. */
async function repositories(): Promise<string[]> {
  const all = [image, `${image}/feature--tensor`, `${image}/feature--tensorflow`];
  const digests = await Promise.all(all.map((repository) => digestOfTag(loginServer, repository, "latest")));
  return all.filter((_, index) => digests[index] !== undefined);
}

/** Names of the connections to push, and how many of the identities behind them there are. */
async function pushConnections(): Promise<[names: string[], identities: number]> {
  const found = await (await azureDevOps().getServiceEndpointApi()).getServiceEndpoints(project);
  const names = found.flatMap(({ name }) => (name?.startsWith("branches-acr-push") ? name : [])).sort();
  const identities =
    "/resourceGroups/rg-job-container-branches/providers/Microsoft.ManagedIdentity/userAssignedIdentities";
  const all = ["", "-feature--tensor", "-feature--tensorflow"].map((end) => `${identities}/id-branches-acr-push${end}`);
  const answers = await Promise.all(all.map((path) => arm("GET", path, "2023-01-31")));
  return [names, answers.filter(({ status }) => status === 200).length];
}

let before: Awaited<ReturnType<BaseEnvironment["itself"]>>;
let tensorflow: Program;
let tensor: Program;

describe("two branches side by side with the base", () => {
  beforeAll(async () => {
    before = await base.itself();
    tensorflow = await base.branchWith("feature/tensorflow", "numpy=1.26.4", "tensorflow=2.17.0");
    tensor = await base.branchWith("feature/tensor", "joblib=1.4.2");
  });

  test("a preview shows what would be made, and makes nothing", async () => {
    const { output } = ok(await env(tensorflow, "preview", "--branch", "feature/tensorflow"));
    expect(output).toContain("docker-build:index:Image");
    expect(output).toContain("Would create the environment feature--tensorflow");
    expect(await base.listed()).toEqual([]);
    expect(await base.definitionNames()).toEqual(ownDefinitions);
  });

  test("of a base that an earlier version was up with last, a branch shares the connection, which is said", async () => {
    const file = join(layoutOf(localCloudDirectory()).stacks, ".pulumi/stacks/job-container/branches.json");
    const text = readFileSync(file, "utf8");
    const state = JSON.parse(text);
    for (const { outputs } of state.checkpoint.latest.resources) delete outputs?.resourceGroup;
    writeFileSync(file, JSON.stringify(state));
    const { output } = ok(await env(tensor, "up", "--branch", "feature/tensor"));
    writeFileSync(file, text);
    expect(output).toContain("who may push this branch can push to the base environment's images");
    expect(await pushConnections()).toEqual([["branches-acr-push"], 1]);
  });

  test("up makes each one's own", async () => {
    const built = await digestOfTag(loginServer, `${image}/feature--tensor`, "latest");
    const ups = await Promise.all([
      env(tensorflow, "up", "--branch", "feature/tensorflow", "--json"),
      env(tensor, "up", "--branch", "feature/tensor"),
    ]);
    for (const ended of ups) ok(ended);
    expect(await pushConnections()).toEqual([
      ["", "-feature--tensor", "-feature--tensorflow"].map((end) => `branches-acr-push${end}`),
      3,
    ]);
    expect(await digestOfTag(loginServer, `${image}/feature--tensor`, "latest")).toBe(built);
    expect(JSON.parse(ups[0].stdout)).toMatchObject({
      name: "feature--tensorflow",
      branch: "feature/tensorflow",
      stack: "branches-feature--tensorflow",
      image: expect.stringMatching(`^${loginServer}/${image}/feature--tensorflow@sha256:`),
    });
    expect(ups[1].output).toContain("The environment feature--tensor of branch feature/tensor is up");
  });

  test("each image has its own packages", async () => {
    expect(await versions(image, "joblib")).toBe("joblib 1.6.0");
    expect(await versions(`${image}/feature--tensorflow`, "tensorflow", "numpy")).toBe(
      "tensorflow 2.17.0, numpy 1.26.4",
    );
    expect(await versions(`${image}/feature--tensor`, "joblib")).toBe("joblib 1.4.2");
  });

  test("each one's connection reaches its own repository and main's cache, and no other does its repository", async () => {
    const { pushConnection, imageBuildPipeline } = await outputsOf("feature--tensorflow");
    expect(await may(loginServer, pushConnection?.id, `${image}/feature--tensorflow`)).toEqual(pushes);
    expect(await may(loginServer, pushConnection?.id, image)).toEqual(pulls);
    expect(await may(loginServer, pushConnection?.id, `${image}/feature--tensor`)).toEqual([]);
    expect(await usersOf(pushConnection?.id)).toEqual([Number(imageBuildPipeline.id)]);
    expect(await usersOf(base.outputs.pushConnection?.id)).toEqual([Number(base.outputs.imageBuildPipeline.id)]);
  });

  test("no run of a branch pushes through another one's connection, whatever its YAML says", async () => {
    const builds = await azureDevOps().getBuildApi();
    const { imageBuildPipeline } = await outputsOf("feature--tensorflow");
    for (const [id, branch, allowed] of [
      [base.outputs.imageBuildPipeline.id, "feature/tensor", "main"],
      [imageBuildPipeline.id, "feature/tensor", "feature/tensorflow"],
      [imageBuildPipeline.id, "main", "feature/tensorflow"],
    ]) {
      const sourceBranch = `refs/heads/${branch}`;
      const run = await builds.queueBuild({ definition: { id: Number(id) }, sourceBranch }, project);
      expect(run.result).toBe(BuildResult.Failed);
      expect(run.validationResults?.map(({ message }) => message)).toEqual([
        expect.stringContaining(`The branch ${sourceBranch} is not among the allowed branches: refs/heads/${allowed}`),
      ]);
    }
  });

  test("they own their repository, image, connection and two definitions, and nothing else", async () => {
    const exported = await main.succeed("stack", "export", "--stack", "branches-feature--tensorflow");
    const { deployment } = JSON.parse(exported) as { deployment: { resources: { type: string; custom: boolean }[] } };
    const types = deployment.resources.filter(({ custom }) => custom).map(({ type }) => type);
    expect(types.filter((type) => !type.startsWith("pulumi:providers:")).sort()).toEqual(
      [
        "azure-native:authorization:RoleAssignment",
        "azure-native:managedidentity:FederatedIdentityCredential",
        "azure-native:managedidentity:UserAssignedIdentity",
        "azuredevops:index/buildDefinition:BuildDefinition",
        "azuredevops:index/buildDefinition:BuildDefinition",
        "azuredevops:index/checkBranchControl:CheckBranchControl",
        "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
        "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
        "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr",
        "docker-build:index:Image",
        "pulumi:index:Stash",
        "pulumi:pulumi:StackReference",
      ].sort(),
    );
  });

  test("the base environment is as it was, byte for byte", async () => {
    expect(await base.itself()).toEqual(before);
  });

  test("doing it again changes nothing", async () => {
    const { stdout } = ok(await env(tensorflow, "up", "--branch", "feature/tensorflow", "--json"));
    expect(Object.keys(JSON.parse(stdout).changes)).toEqual(["same"]);
  });

  test("the list says what there is", async () => {
    expect(
      (await base.listed()).map(({ name, branch, state, branchExists }) => ({ name, branch, state, branchExists })),
    ).toEqual(
      expect.arrayContaining([
        { name: "feature--tensor", branch: "feature/tensor", state: "up", branchExists: true },
        { name: "feature--tensorflow", branch: "feature/tensorflow", state: "up", branchExists: true },
      ]),
    );
  });

  test("the branch's model pipeline runs in the branch's image, and its image-build pipeline pushes there", async () => {
    const run = (...args: string[]) =>
      tensorflow.jobContainer(["run", ...args, "--stack", "branches-feature--tensorflow", "--wait"]);
    const model = ok(await run("model"));
    expect(model.output).toMatch(/tensorflow +2\.17\.0/);
    expect(model.output).toContain("Tests: 1 passed, 0 failed, 0 skipped");
    ok(await run("image", "--githubrelease", "7.0.0"));
    expect(await tagsOf(loginServer, `${image}/feature--tensorflow`)).toEqual(
      expect.arrayContaining(["release-7.0.0", expect.stringMatching(/^build-/)]),
    );
    expect(await base.itself()).toEqual(before);
  });
});

describe("destroying and sweeping", () => {
  test("a sweep that is only tried says what would go, and one with a limit destroys none", async () => {
    await deleteBranch("feature/tensorflow");
    const dry = ok(await env(main, "sweep", "--dry-run"));
    expect(dry.output).toContain("feature--tensorflow of branch feature/tensorflow: branch is gone");
    await deleteBranch("feature/tensor");
    const limited = await env(main, "sweep", "--limit", "1");
    expect(limited).toMatchObject({ exitCode: 1 });
    expect(limited.output).toContain("2 environments to destroy are more than the limit of 1, so none was");
    const young = ok(await env(main, "sweep", "--older-than", "1d"));
    expect(young.output).toContain("0 of 2 environments to destroy");
    await pushBranch(tensor.directory, "feature/tensor");
    expect(await base.listed()).toHaveLength(2);
  });

  test("a sweep removes exactly the environment whose branch is gone, its retained runs included", async () => {
    const api = await azureDevOps().getBuildApi();
    const [definition] = (await api.getDefinitions(project)).filter(
      ({ name }) => name === "mlops-diabetes_regression-model (feature--tensorflow)",
    );
    const [run] = await api.getBuilds(project, [definition?.id ?? 0]);
    await api.updateBuild({ keepForever: true }, project, run?.id ?? 0);
    await expect(api.deleteDefinition(project, definition?.id ?? 0)).rejects.toThrow(/retained/);

    const { output } = ok(await env(main, "sweep"));
    expect(output).toMatch(
      /Run \d+ of mlops-diabetes_regression-model \(feature--tensorflow\) is retained by \S+: lease \d+ is released/,
    );
    expect(output).toContain("1 destroyed.");

    expect((await base.listed()).map(({ name }) => name)).toEqual(["feature--tensor"]);
    expect(await pushConnections()).toEqual([["branches-acr-push", "branches-acr-push-feature--tensor"], 2]);
    expect(await repositories()).toEqual([image, `${image}/feature--tensor`]);
    expect(await base.definitionNames()).toEqual(
      [...ownDefinitions, ...ownDefinitions.map((name) => `${name} (feature--tensor)`)].sort(),
    );
    expect(await versions(`${image}/feature--tensor`, "joblib")).toBe("joblib 1.4.2");
    expect(await base.itself()).toEqual(before);
  });

  test("destroy removes it with what the pipeline pushed, and refuses what is not there", async () => {
    ok(await env(main, "destroy", "--branch", "feature/tensor"));
    expect(await repositories()).toEqual([image]);
    expect(await base.definitionNames()).toEqual(ownDefinitions);
    expect(await pushConnections()).toEqual([["branches-acr-push"], 1]);
    const again = await env(main, "destroy", "--branch", "feature/tensor");
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.output).toContain("the branch feature/tensor has no environment of the base branches");
    expect(await base.itself()).toEqual(before);
  });
});

describe("what is refused before anything is made", () => {
  test.each([
    ["the default branch", ["up", "--branch", "main"], "main is the default branch"],
    ["a branch that was not pushed", ["up", "--branch", "nowhere"], "has no branch nowhere"],
    ["a name that is none", ["up", "--branch", "x", "--name", "Not/Valid"], '--name "Not/Valid" must be'],
    ["a base that does not exist", ["up", "--branch", "x", "--base", "other"], "there is no Pulumi.other.yaml"],
  ])("%s", async (_, args, message) => {
    const ended = await env(main, ...args);
    expect(ended).toMatchObject({ exitCode: 1 });
    expect(ended.output).toContain(message);
    expect(await base.listed()).toEqual([]);
  });
});
