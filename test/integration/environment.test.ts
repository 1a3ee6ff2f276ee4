import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StackOutputs } from "../../src/common/outputs";
import { readLock } from "../../src/conda/lock-file";
import { type Ended, Program } from "../support/program";
import { azureDevOps, imageConfig, layersOf, registry, tagsOf } from "./support/far-side";
import { JobContainer } from "./support/job-container";
import { localCloudDirectory } from "./support/local-cloud";

const repository = "mlops/diabetes_regression";
const ci = "docker/ci_dependencies.yml";
const training = "docker/conda_dependencies.yml";
const scoring = "docker/conda_dependencies_scoring.yml";
const lockFile = "docker/ci_dependencies.linux-64.lock";

let program: Program;
let outputs: StackOutputs;

beforeAll(async () => {
  program = await Program.create({
    cloud: localCloudDirectory(),
    stack: "environment",
    packages: "own",
    settings: {
      "job-container:registry": { kind: "new", name: "environmentacr" },
      "job-container:serviceConnection": { name: "environment-acr" },
      "job-container:pipelineFolder": "\\environment",
      "job-container:githubRelease": "3.0.0",
    },
  });
});
afterAll(() => program.remove());

/** Edits a file of the program. */
function edit(path: string, ...replacements: [from: string, to: string][]): void {
  const file = join(program.directory, path);
  let text = readFileSync(file, "utf8");
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${path} does not contain ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(file, text);
}

/** Runs a command of the project on the program's files, in the local cloud. */
function command(name: string, ...args: string[]): Promise<Ended> {
  return program.jobContainer(["check", name, ...args], { JOB_CONTAINER_LOCK_FOLDER: "" });
}

async function up(): Promise<StackOutputs> {
  const { exitCode, output } = await program.up();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  return program.outputs();
}

/** The image that the model pipeline's jobs run in. */
async function imageOfModelPipeline(): Promise<string | undefined> {
  const builds = await azureDevOps().getBuildApi();
  const { variables } = await builds.getDefinition("mlops", Number(outputs.modelPipelines[0]?.id));
  return variables?.jobContainerImage?.value;
}

/** The versions that the environment's own Python says its packages have. */
const versions = `python - <<'END'
import azure.ai.ml, numpy, pandas, sklearn, pytest, flake8, sys
print(sys.prefix)
for module in (azure.ai.ml, numpy, pandas, sklearn, pytest, flake8):
    print(module.__name__, module.__version__)
END`;

describe("from a lock file", () => {
  test("check conda writes it, from the local channel", async () => {
    const { exitCode, output } = await command("conda", "--solve");
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });

  test("up builds the image, checks it, and points the model pipeline at it", async () => {
    outputs = await up();
    expect(await imageOfModelPipeline()).toBe(`${repository}@${outputs.image.digest}`);
  });

  test("a step in it imports the packages, in the versions that the lock says", async () => {
    const lock = readLock(readFileSync(join(program.directory, lockFile), "utf8"), lockFile);
    const locked = (name: string) => lock.packages.find((one) => one.name === name)?.version;
    const container = await JobContainer.pull(outputs.registry.loginServer, repository, outputs.image.digest);
    try {
      expect(await container.step(versions)).toEqual([
        "/opt/environment",
        `azure.ai.ml ${locked("azure-ai-ml")}`,
        `numpy ${locked("numpy")}`,
        `pandas ${locked("pandas")}`,
        `sklearn ${locked("scikit-learn")}`,
        `pytest ${locked("pytest")}`,
        `flake8 ${locked("flake8")}`,
      ]);
      // What the agent does first, and what only the installation needed.
      expect(await container.step("groupadd -g 1234 agent && useradd -g agent agent && id -gn agent")).toEqual([
        "agent",
      ]);
      expect(await container.step("command -v micromamba || ls /opt")).toEqual(["environment"]);
      expect(await container.step("stat --format '%a %U' /usr/bin/su /tmp")).toEqual(["4755 root", "1777 root"]);
    } finally {
      await container.dispose();
    }
  });

  test("it says where it comes from, and its layers are cached beside it", async () => {
    const { config } = await imageConfig(outputs.registry.loginServer, repository, "latest");
    expect(config.Labels).toMatchObject({
      "org.opencontainers.image.source": expect.stringMatching(/\/mlops\/_git\/diabetes_regression$/),
      "org.opencontainers.image.version": "3.0.0",
    });
    expect(await tagsOf(outputs.registry.loginServer, repository)).toContain("cache");
  });

  test("what the lock installs is listed beside it, as an SBOM", async () => {
    const client = registry(outputs.registry.loginServer);
    const token = await client.accessToken("operator", `repository:${repository}:pull`);
    const referrers = await client.call("GET", `/v2/${repository}/referrers/${outputs.image.digest}`, token);
    const { manifests } = (await referrers.json()) as { manifests: { digest: string; artifactType: string }[] };
    expect(manifests.map(({ artifactType }) => artifactType)).toEqual(["application/vnd.cyclonedx+json"]);
    const [layer] = await layersOf(outputs.registry.loginServer, repository, manifests[0]?.digest ?? "");
    const { components } = JSON.parse((await layer?.content())?.toString() ?? "{}");
    const lock = readLock(readFileSync(join(program.directory, lockFile), "utf8"), lockFile);
    const named = (all: { name: string; version?: string }[]) => all.map(({ name, version }) => `${name} ${version}`);
    expect(named(components).sort()).toEqual(named(lock.packages).sort());
  });

  test("check image finds nothing", async () => {
    const { exitCode, output } = await command("image", outputs.image.reference);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  });
});

describe("a change", () => {
  test("of a source file, a pipeline, or how training's file is written changes nothing", async () => {
    writeFileSync(join(program.directory, "train.py"), "print(1)\n");
    appendFileSync(join(program.directory, training), "# a comment\n");
    appendFileSync(join(program.directory, "docker/docker-image-pipeline.yml"), "# a comment\n");
    expect(await program.preview()).toEqual([]);
  });

  test("of CI's packages alone is refused, with every finding, before anything is done", async () => {
    edit(ci, ["numpy=2.4.6", "numpy=1.26.4"], ["  - scikit-learn=1.9.1\n", ""]);
    const { exitCode, output } = await program.pulumi("preview", "--stack", program.stack);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/ci_dependencies\.yml:\d+ conflict: numpy is 1\.26\.4\.\* here and 2\.4\.6\.\* in docker/);
    expect(output).toMatch(/conda_dependencies\.yml:\d+ missing: scikit-learn is needed here and missing in docker/);
    expect(output).toMatch(/ci_dependencies\.linux-64\.lock:\d+ lock: /);
    expect(output).toMatch(/npx job-container check conda/);
    expect(output).not.toMatch(/^\s+at .*:\d+/m);
  });

  test("that the policy only warns of goes on", async () => {
    program.configure({ ...program.settings, "job-container:environmentPolicy": "warn" });
    const { exitCode, output } = await program.pulumi("preview", "--stack", program.stack);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/warning: .*numpy is 1\.26\.4/s);
    program.configure(program.settings);
  });

  test("of all three files and the lock replaces the environment's layer and no other", async () => {
    // To fewer packages, with which it is built in a part of the time. CI's file has one in another version, and one missing.
    edit(training, ["  - azure-ai-ml=1.31.0\n", ""]);
    for (const file of [training, scoring]) {
      edit(
        file,
        ["numpy=2.4.6", "joblib=1.6.0"],
        ["pandas=3.1.1", "threadpoolctl=3.8.0"],
        ["  - scikit-learn=1.9.1\n", ""],
      );
    }
    edit(ci, ["  - azure-ai-ml=1.31.0\n", ""], ["numpy=1.26.4", "joblib=1.4.2"], ["  - pandas=3.1.1\n", ""]);
    expect((await command("conda", "--fix")).output).toMatch(/ci_dependencies\.yml/);
    const { exitCode, output } = await command("conda", "--solve");
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    const before = await layersOf(outputs.registry.loginServer, repository, "latest");
    outputs = await up();
    const after = await layersOf(outputs.registry.loginServer, repository, "latest");
    expect(after.slice(0, -1).map(({ digest }) => digest)).toEqual(before.slice(0, -1).map(({ digest }) => digest));
    expect(after.at(-1)?.digest).not.toBe(before.at(-1)?.digest);

    const container = await JobContainer.pull(outputs.registry.loginServer, repository, "latest");
    try {
      const imported = "import joblib, threadpoolctl; print(joblib.__version__, threadpoolctl.__version__)";
      expect(await container.step(`python -c "${imported}"`)).toEqual(["1.6.0 3.8.0"]);
      expect(await container.step('python -c "import numpy" 2>&1 | tail -1')).toEqual([
        "ModuleNotFoundError: No module named 'numpy'",
      ]);
    } finally {
      await container.dispose();
    }
  });
});

describe("an image that an agent could not run a job in", () => {
  test("is not given to the model pipeline, however often it is tried", async () => {
    const before = await imageOfModelPipeline();
    appendFileSync(join(program.directory, "docker/Dockerfile"), '\nENTRYPOINT ["/bin/sh"]\nUSER nobody\n');
    for (const _ of [1, 2]) {
      const { exitCode, output } = await program.up();
      expect(exitCode).not.toBe(0);
      expect(output).toMatch(/ENTRYPOINT/);
      expect(output).toMatch(/nobody/);
      expect(output).toMatch(/npx job-container check image 127\.0\.0\.1:/);
      expect(output).not.toMatch(/^\s+at .*:\d+/m);
      expect(await imageOfModelPipeline()).toBe(before);
    }
    const { image } = await program.outputs();
    const { exitCode, output } = await command("image", `${outputs.registry.loginServer}/${repository}:latest`);
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(image.digest).toBeDefined();
  });

  test("is mended by the next update", async () => {
    edit("docker/Dockerfile", ['\nENTRYPOINT ["/bin/sh"]\nUSER nobody\n', ""]);
    outputs = await up();
    expect(await imageOfModelPipeline()).toBe(`${repository}@${outputs.image.digest}`);
    expect(await program.preview()).toEqual([]);
  });
});
