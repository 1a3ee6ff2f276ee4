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
    "Choose the tags and options",
    "Install the checks",
    "Check the environment",
    "Build",
    "Push",
    "Sign in",
    "Check the image",
  ]);
});

test("it builds from what the stack set on its definition, and labels the image with where it is from", () => {
  const cache = "type=registry,ref=$(loginServer)/$(imageRepository)";
  expect(build).toMatchObject({ Dockerfile: "$(dockerfile)", repository: "$(imageRepository)", tags: "$(tags)" });
  expect(build.arguments?.split(" --")).toEqual([
    '--build-arg "BASE_IMAGE=$(baseImage)"',
    'build-arg "CONDA_FILE=$(condaFile)"',
    'build-arg "CONDA_CHANNEL=$(condaChannel)"',
    `cache-from "${cache}:cache"`,
    `cache-from "${cache}:latest"`,
    "cache-to type=inline",
    'label "org.opencontainers.image.source=$(Build.Repository.Uri)"',
    'label "org.opencontainers.image.revision=$(Build.SourceVersion)" $(options)',
  ]);
});

test("the task does not try to pull the image's own base, which is nothing", () => {
  expect(build.addBaseImageData).toBe(false);
});

describe("the tags", () => {
  const choose = (environment: Record<string, string>) => run("Choose the tags and options", environment);

  test("a run without a release or SDK gets the tags that it has values for, and says what it leaves out", () => {
    const { variables, stdout } = choose({ AMLSDKVERSION: "", GITHUBRELEASE: "" });
    expect(variables).toEqual({ tags: "build-20261124.1\nlatest", options: "" });
    expect(stdout).toContain("amlsdkversion is not set: no tag amlsdk-…");
    expect(stdout).toContain("githubrelease is not set: no tag release-…, no label version");
  });

  test("the SDK's version and the release become tags, and the release a label", () => {
    expect(choose({ AMLSDKVERSION: "1.31.0", GITHUBRELEASE: "3.0.0" }).variables).toEqual({
      tags: "build-20261124.1\nlatest\namlsdk-1.31.0\nrelease-3.0.0",
      options: '--label "org.opencontainers.image.version=3.0.0"',
    });
  });

  test("a folder of lock files is handed to the build, with spaces in its name or without", () => {
    expect(choose({ LOCKFOLDER: "conda locks" }).variables.options).toBe('--build-context "lock=conda locks"');
  });

  test.each(["amlsdk-", "release-"])("%s may be followed by as much as fits into a tag's 128 characters", (prefix) => {
    const variable = prefix === "amlsdk-" ? "AMLSDKVERSION" : "GITHUBRELEASE";
    const fits = "1".repeat(128 - prefix.length);
    expect(choose({ [variable]: fits }).variables.tags).toContain(prefix + fits);
    expect(choose({ [variable]: `${fits}1` })).toMatchObject({ code: 1, variables: {} });
  });

  test.each([
    ["a command of the shell", "1; touch /tmp/x", "1??touch??tmp?x"],
    ["a substitution of the shell", "$(id)`id`", "??id??id?"],
    ["an argument of docker build", '1" --build-arg "BASE_IMAGE=other', "1??--build-arg??BASE_IMAGE?other"],
    ["another tag", "1\nlatest", "1?latest"],
    ["another tag, in the agent's way", "1%0Alatest", "1?0Alatest"],
    ["a command to the agent", "1##vso[task.setvariable variable=tags]x", "1??vso?task.setvariable?variable?tags?x"],
    ["a command to the agent in a line of its own", "1\n##vso[task.complete]", "1???vso?task.complete?"],
    ["a macro", "$(System.AccessToken)", "??System.AccessToken?"],
    ["a letter that only some locales know", "é", "??"],
    ["a space", " ", "?"],
  ])("%s ends the run in its first step, and is not repeated", (_, value, shown) => {
    for (const [variable, prefix] of [
      ["amlsdkversion", "amlsdk-"],
      ["githubrelease", "release-"],
    ] as const) {
      const ended = choose({ LANG: "C.UTF-8", [variable.toUpperCase()]: value });
      expect(ended).toMatchObject({ code: 1, variables: {}, commands: ["task.logissue"] });
      const [issue, ...others] = ended.issues;
      expect(others).toEqual([]);
      expect(issue).toContain(`error: the variable ${variable} makes the tag ${prefix}${shown}, and a tag is `);
    }
  });
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
      ...{ DOCKERFILE: "docker/Dockerfile", CONDAFILE: "ci.yml" },
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
