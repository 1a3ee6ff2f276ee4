import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { env } from "node:process";
import { parse } from "yaml";
import { parseLoggingCommand } from "../../../local-cloud/agent/log/logging-commands";

interface Step {
  bash?: string;
  displayName: string;
  env?: Record<string, string>;
  inputs?: Record<string, string>;
}

const { trigger, steps }: { trigger: { paths: unknown }; steps: Step[] } = parse(
  readFileSync("docker/docker-image-pipeline.yml", "utf8"),
);
const stepOf = (name: string) => steps.find(({ displayName }) => displayName === name);
const build = stepOf("Build")?.inputs ?? {};

/** Runs a step's script as the agent does, with variables as the environment has them. */
function run(name: string, environment: Record<string, string>) {
  const { status, stdout } = spawnSync("bash", ["--noprofile", "--norc", "-c", stepOf(name)?.bash ?? "exit 99"], {
    encoding: "utf8",
    env: { PATH: env.PATH, BUILD_BUILDNUMBER: "20261124.1", ...environment },
  });
  const commands = stdout.split("\n").flatMap((line) => parseLoggingCommand(line) ?? []);
  const named = (command: string) => commands.filter(({ name }) => name === command);
  return {
    code: status,
    stdout,
    commands: commands.map(({ name }) => name),
    variables: Object.fromEntries(
      named("task.setvariable").map(({ properties, data }) => [properties.get("variable"), data.trim()]),
    ),
    issues: named("task.logissue").map(({ properties, data }) => `${properties.get("type")}: ${data}`),
  };
}

test("it runs when the environment definition changes, and not for what training and scoring use", () => {
  expect(trigger.paths).toEqual({
    include: ["docker"],
    exclude: ["docker/conda_dependencies.yml", "docker/conda_dependencies_scoring.yml"],
  });
});

test("it checks the environment before it builds, and the image after it pushed", () => {
  expect(steps.map(({ displayName }) => displayName)).toEqual([
    "Install the checks",
    "Choose the tags and options",
    "Check the environment",
    "Build",
    "Push",
    "Sign in",
    "Check the image",
  ]);
});

test("it builds from what the stack set on its definition, and labels the image with where it is from", () => {
  const cache = "type=registry,ref=$(loginServer)/$(imageRepository)";
  expect(build).toMatchObject({
    ...{ Dockerfile: "$(preparedDockerfile)", buildContext: "$(context)" },
    ...{ repository: "$(imageRepository)", tags: "$(tags)" },
  });
  expect(build.arguments?.split(" --")).toEqual([
    "$(options)",
    `cache-from "${cache}:cache"`,
    `cache-from "${cache}:latest"`,
    "cache-to type=inline",
    'label "org.opencontainers.image.source=$(Build.Repository.Uri)"',
    'label "org.opencontainers.image.revision=$(Build.SourceVersion)"',
  ]);
});

test("the task does not try to pull the image's own base, which is nothing", () => {
  expect(build.addBaseImageData).toBe(false);
});

describe("the check of the environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "npx-"));
  const log = join(folder, "log");
  beforeAll(() => {
    writeFileSync(join(folder, "npx"), `#!/bin/sh\nfor each; do echo "[$each]"; done > ${log}\nexit $CODE\n`);
    chmodSync(join(folder, "npx"), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => writeFileSync(log, ""));

  const check = (environment: Record<string, string>) =>
    run("Check the environment", {
      ...{ PATH: `${folder}${delimiter}${env.PATH}`, CODE: "0", ENVIRONMENTPOLICY: "error" },
      ...{ CONTEXT: "docker", CONDAFILE: "ci.yml" },
      ...{ TRAININGFILES: "docker/train it.yml\ndocker/b.yml", SCORINGFILES: "docker/score.yml" },
      ...environment,
    });
  const asked = () => readFileSync(log, "utf8").trim().split("\n").join(" ");

  test("compares the files that the stack compares", () => {
    expect(check({}).code).toBe(0);
    expect(asked()).toBe(
      "[--no-install] [job-container] [check] [conda] [--ci] [docker/ci.yml] " +
        "[--training] [docker/train it.yml] [docker/b.yml] [--scoring] [docker/score.yml]",
    );
  });

  test("has all paths from the repository's root, where the checks are installed in another folder", () => {
    const root = process.cwd();
    check({ PROJECTFOLDER: "docs", CONTEXT: ".", JOB_CONTAINER_LOCK_FOLDER: "locks" });
    expect(asked()).toContain(
      `[--ci] [${root}/./ci.yml] [--training] [${root}/docker/train it.yml] [${root}/docker/b.yml]`,
    );
  });

  test("compares CI's file with itself where the stack has no others", () => {
    check({ TRAININGFILES: "", SCORINGFILES: "" });
    expect(asked()).toMatch(/\[--training\] \[docker\/ci.yml\] \[--scoring\] \[docker\/ci.yml\]$/);
  });

  test("knows the stack's channel and the folder of its locks, which the lock is compared with", () => {
    expect(stepOf("Check the environment")?.env).toEqual({
      JOB_CONTAINER_CONDA_CHANNEL: "$(condaChannel)",
      JOB_CONTAINER_LOCK_FOLDER: "$(lockFolder)",
    });
  });

  test("fails the run with what the command ends with", () => {
    expect(check({ CODE: "1" })).toMatchObject({ code: 1, issues: [] });
    expect(check({ CODE: "2" })).toMatchObject({ code: 2, issues: [] });
  });

  test("only warns with the policy warn, and says so", () => {
    expect(check({ CODE: "1", ENVIRONMENTPOLICY: "warn" })).toMatchObject({
      code: 0,
      issues: [expect.stringContaining("environmentPolicy is warn, so the image is built all the same")],
    });
    expect(check({ ENVIRONMENTPOLICY: "warn" })).toMatchObject({ code: 0, issues: [] });
  });

  test("compares nothing with the policy off, and says so", () => {
    const { code, stdout } = check({ CODE: "1", ENVIRONMENTPOLICY: "off" });
    expect({ code, asked: asked() }).toEqual({ code: 0, asked: "" });
    expect(stdout).toContain("environmentPolicy is off: the conda files are not compared");
  });
});
