import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layoutOf } from "../../local-cloud/cloud/layout";
import type { StackOutputs } from "../../src/common/outputs";
import { type Ended, Program } from "../support/program";
import { deleteBranch, pushBranch } from "./support/branches";
import { azureDevOps, digestOfTag, repositoriesOf, tagsOf } from "./support/far-side";
import { JobContainer } from "./support/job-container";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

const base = "branches";
const image = "mlops/diabetes_regression";
const folder = "\\branches";

/** The base environment with the default branch checked out, and other branches checked out elsewhere. */
let main: Program;
const worktrees: Program[] = [];
let outputs: StackOutputs;
let loginServer: string;
let project: string;

beforeAll(async () => {
  main = await Program.create({
    cloud: localCloudDirectory(),
    stack: base,
    settings: {
      "job-container:registry": { kind: "new", name: "branchesacr" },
      "job-container:serviceConnection": { name: "branches-acr" },
      "job-container:pipelineFolder": folder,
    },
  });
  ok(await main.up());
  outputs = await main.outputs();
  loginServer = outputs.registry.loginServer;
  project = localCloud().azureDevOps.project;
});
afterAll(() => {
  for (const program of [...worktrees, main]) program.remove();
});

function ok(ended: Ended): Ended {
  if (ended.exitCode === 0) return ended;
  throw new Error(`the command ended with ${ended.exitCode}:\n${ended.output}`);
}

const env = (program: Program, ...args: string[]) => program.jobContainer(["env", ...args]);

interface Listed {
  name: string;
  branch: string;
  stack: string;
  image?: string;
  state: string;
  branchExists: boolean;
}

async function listed(): Promise<Listed[]> {
  return JSON.parse(ok(await env(main, "list", "--json")).stdout);
}

/** A branch, pushed, and checked out in a folder of its own, with this in its conda file instead of scikit-learn. */
async function branchWith(branch: string, ...packages: string[]): Promise<Program> {
  const worktree = main.worktree();
  worktrees.push(worktree);
  const file = join(worktree.directory, "docker/ci_dependencies.yml");
  const own = packages.map((name) => `  - ${name}\n`).join("");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/ {2}- numpy=.*\n {2}- pandas=.*\n {2}- scikit-learn=.*\n/, own));
  expect(readFileSync(file, "utf8")).not.toBe(text);
  // What it is trained with is another matter here.
  for (const other of ["conda_dependencies", "conda_dependencies_scoring"]) {
    writeFileSync(join(worktree.directory, `docker/${other}.yml`), readFileSync(file, "utf8"));
  }
  // The connection of this stack, beside those of other tests, and a test of the team's own.
  const pipeline = join(worktree.directory, "pipelines/model-ci.yml");
  writeFileSync(pipeline, readFileSync(pipeline, "utf8").replace("endpoint: acrconnection", "endpoint: branches-acr"));
  const [, version] = /numpy=(.*)/.exec(own) ?? [];
  const lines = ["import numpy", "", "", "def test_environment():", `    assert numpy.__version__ == "${version}"`, ""];
  writeFileSync(join(worktree.directory, "test_environment.py"), lines.join("\n"));
  await pushBranch(worktree.directory, branch);
  return worktree;
}

/** All that there is of the base environment: its state, its definitions and its image. */
async function baseIs() {
  const state = await main.succeed("stack", "export", "--stack", base);
  const api = await azureDevOps().getBuildApi();
  const definitions = await Promise.all(
    [outputs.imageBuildPipeline, ...outputs.modelPipelines].map(({ id }) => api.getDefinition(project, Number(id))),
  );
  const tags = await tagsOf(loginServer, image);
  const digests = await Promise.all(tags.map((tag) => digestOfTag(loginServer, image, tag)));
  return { state, definitions: JSON.stringify(definitions), tags, digests };
}

async function definitionNames(): Promise<string[]> {
  const api = await azureDevOps().getBuildApi();
  return (await api.getDefinitions(project))
    .flatMap(({ name, path }) => (path === folder && name ? [name] : []))
    .sort();
}

const own = ["mlops-diabetes_regression-image-build", "mlops-diabetes_regression-model"];

async function versions(repository: string, ...modules: string[]): Promise<string> {
  const container = await JobContainer.pull(loginServer, repository, "latest");
  const imported = modules.map((module) => `import ${module}; print("${module}", ${module}.__version__)`);
  const [...lines] = await container.step(`python -c '${imported.join("\n")}'`);
  container.dispose();
  return lines.join(", ");
}

let before: Awaited<ReturnType<typeof baseIs>>;
let tensorflow: Program;
let tensor: Program;

describe("two branches side by side with the base", () => {
  beforeAll(async () => {
    before = await baseIs();
    tensorflow = await branchWith("feature/tensorflow", "numpy=1.26.4", "tensorflow=2.17.0");
    tensor = await branchWith("feature/tensor", "numpy=1.26.4", "scikit-learn=1.4.2");
  });

  test("a preview shows what would be made, and makes nothing", async () => {
    const { output } = ok(await env(tensorflow, "preview", "--branch", "feature/tensorflow"));
    expect(output).toContain("docker-build:index:Image");
    expect(output).toContain("Would create the environment feature--tensorflow");
    expect(await listed()).toEqual([]);
    expect(await definitionNames()).toEqual(own);
  });

  test("up makes each one's own", async () => {
    const ups = await Promise.all([
      env(tensorflow, "up", "--branch", "feature/tensorflow", "--json"),
      env(tensor, "up", "--branch", "feature/tensor"),
    ]);
    for (const ended of ups) ok(ended);
    expect(JSON.parse(ups[0].stdout)).toMatchObject({
      name: "feature--tensorflow",
      branch: "feature/tensorflow",
      stack: "branches-feature--tensorflow",
      image: expect.stringMatching(`^${loginServer}/${image}/feature--tensorflow@sha256:`),
    });
    expect(ups[1].output).toContain("The environment feature--tensor of branch feature/tensor is up");
  });

  test("each image has its own packages", async () => {
    expect(await versions(image, "sklearn", "numpy")).toBe("sklearn 1.9.1, numpy 2.4.6");
    expect(await versions(`${image}/feature--tensorflow`, "tensorflow", "numpy")).toBe(
      "tensorflow 2.17.0, numpy 1.26.4",
    );
    expect(await versions(`${image}/feature--tensor`, "sklearn", "numpy")).toBe("sklearn 1.4.2, numpy 1.26.4");
  });

  test("they own their repository, image and two definitions, and nothing else", async () => {
    const exported = await main.succeed("stack", "export", "--stack", "branches-feature--tensorflow");
    const { deployment } = JSON.parse(exported) as { deployment: { resources: { type: string; custom: boolean }[] } };
    const types = deployment.resources.filter(({ custom }) => custom).map(({ type }) => type);
    expect(types.filter((type) => !type.startsWith("pulumi:providers:")).sort()).toEqual(
      [
        "azuredevops:index/buildDefinition:BuildDefinition",
        "azuredevops:index/buildDefinition:BuildDefinition",
        "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
        "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
        "docker-build:index:Image",
        "pulumi:index:Stash",
        "pulumi:pulumi:StackReference",
      ].sort(),
    );
  });

  test("the base environment is as it was, byte for byte", async () => {
    expect(await baseIs()).toEqual(before);
  });

  test("doing it again changes nothing", async () => {
    const { stdout } = ok(await env(tensorflow, "up", "--branch", "feature/tensorflow", "--json"));
    expect(Object.keys(JSON.parse(stdout).changes)).toEqual(["same"]);
  });

  test("the list says what there is", async () => {
    expect(
      (await listed()).map(({ name, branch, state, branchExists }) => ({ name, branch, state, branchExists })),
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
    expect(model.output).toContain("Tests: 4 passed, 0 failed, 0 skipped");
    ok(await run("image", "--githubrelease", "7.0.0"));
    expect(await tagsOf(loginServer, `${image}/feature--tensorflow`)).toEqual(
      expect.arrayContaining(["release-7.0.0", expect.stringMatching(/^build-/)]),
    );
    expect(await baseIs()).toEqual(before);
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
    expect(await listed()).toHaveLength(2);
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

    expect((await listed()).map(({ name }) => name)).toEqual(["feature--tensor"]);
    expect(await repositoriesOf(loginServer)).toEqual([image, `${image}/feature--tensor`]);
    expect(await definitionNames()).toEqual([...own, ...own.map((name) => `${name} (feature--tensor)`)].sort());
    expect(await versions(`${image}/feature--tensor`, "sklearn")).toBe("sklearn 1.4.2");
    expect(await baseIs()).toEqual(before);
  });

  test("destroy removes it with what the pipeline pushed, and refuses what is not there", async () => {
    ok(await env(main, "destroy", "--branch", "feature/tensor"));
    expect(await repositoriesOf(loginServer)).toEqual([image]);
    expect(await definitionNames()).toEqual(own);
    const again = await env(main, "destroy", "--branch", "feature/tensor");
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.output).toContain("the branch feature/tensor has no environment of the base branches");
    expect(await baseIs()).toEqual(before);
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
    expect(await listed()).toEqual([]);
  });
});

describe("a command that is killed", () => {
  let killed: Program;
  beforeAll(async () => {
    killed = await branchWith("killed", "numpy=1.26.4");
  });

  /** Kills a command with all its processes as soon as it prints something. */
  async function killedAt(text: string | RegExp, ...args: string[]): Promise<void> {
    const { directory, environment } = killed;
    const child = spawn("node", [killed.jobContainerPath, "env", ...args], {
      cwd: directory,
      env: environment,
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        output += data;
        if (output.search(text) !== -1 && child.pid !== undefined && child.exitCode === null) {
          try {
            process.kill(-child.pid, "SIGKILL");
          } catch {} // it has ended by now
        }
      });
    }
    await once(child, "close");
    expect(output).toMatch(text);
    expect(child.signalCode).toBe("SIGKILL");
  }

  test.each([
    ["the image is built", /docker-build:index:Image job-container creating/],
    ["a definition is created", /BuildDefinition job-container-\S+ creating/],
    ["a permission is given", /PipelineAuthorization job-container-\S+ creating/],
  ])("in up, when %s, is done by the next", async (_, text) => {
    await killedAt(text, "up", "--branch", "killed");
    const { output } = ok(await env(killed, "up", "--branch", "killed"));
    expect(output).toContain("The environment killed of branch killed is up");
    expect((await listed()).map(({ name, state }) => ({ name, state }))).toEqual([{ name: "killed", state: "up" }]);
    expect(await definitionNames()).toEqual([...own, ...own.map((name) => `${name} (killed)`)].sort());
    ok(await env(main, "destroy", "--branch", "killed"));
    expect(await definitionNames()).toEqual(own);
    expect(await repositoriesOf(loginServer)).toEqual([image]);
  });

  test("after it has made a definition that the state does not know, is done by the next", async () => {
    ok(await env(killed, "up", "--branch", "killed"));
    // As the state is when the process ends between the creation and its being written down. `pulumi stack import` takes
    // away what was under way.
    const file = join(layoutOf(localCloudDirectory()).stacks, ".pulumi/stacks/job-container/branches-killed.json");
    const { checkpoint, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    const resources: { urn: string; dependencies?: string[] }[] = checkpoint.latest.resources;
    const definition = resources.find(({ urn }) => urn.endsWith("BuildDefinition::job-container-model"));
    if (definition === undefined) throw new Error("there is no definition in the state");
    checkpoint.latest.resources = resources.filter(
      (resource) => resource !== definition && !resource.dependencies?.includes(definition.urn),
    );
    checkpoint.latest.pending_operations = [{ type: "creating", resource: { ...definition, id: undefined } }];
    writeFileSync(file, JSON.stringify({ ...rest, checkpoint }));

    const { output } = ok(await env(killed, "up", "--branch", "killed"));
    expect(output).toMatch(
      /The definition mlops-diabetes_regression-model \(killed\) \(\d+\) was created by it: deleted, and will be created again\./,
    );
    expect(await definitionNames()).toEqual([...own, ...own.map((name) => `${name} (killed)`)].sort());
  });

  test.each([
    ["its permissions are taken", /PipelineAuthorization job-container-\S+ deleting/],
    ["a definition is deleted", /BuildDefinition job-container-\S+ deleting/],
    ["its repository is deleted", /pulumi:index:Stash job-container deleting/],
  ])("in destroy, when %s, is done by the next", async (_, text) => {
    ok(await env(killed, "up", "--branch", "killed"));
    await killedAt(text, "destroy", "--branch", "killed");
    ok(await env(killed, "destroy", "--branch", "killed"));
    expect(await listed()).toEqual([]);
    expect(await definitionNames()).toEqual(own);
    expect(await repositoriesOf(loginServer)).toEqual([image]);
  });

  test("leaves the base environment as it was", async () => {
    expect(await baseIs()).toEqual(before);
  });
});
