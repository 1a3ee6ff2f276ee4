import { type ChildProcessByStdio, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ExecuteRun, RunContext, TestRun } from "../../../../local-cloud/agent/run";
import { goodImage } from "../../support/image-files";
import { TestRegistry } from "../../support/image-registry";
import { LocalAzureDevOps, personalAccessToken } from "../../support/local-azure-devops";
import { part } from "../../support/part";

let azureDevOps: LocalAzureDevOps;
let registry: TestRegistry;
/** Holds a `pulumi` that prints the outputs of a stack, and Docker's configuration: nobody's logins. */
let home: string;
/** What the agent does with a run. */
let execute: ExecuteRun;

const yaml = "pipelines/model-ci.yml";

beforeEach(async () => {
  execute = async () => "succeeded";
  azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args));
  registry = await TestRegistry.start();
  home = mkdtempSync(join(tmpdir(), "pipeline-command-"));
  const git = await azureDevOps.client.getGitApi();
  const [name, oldObjectId] = ["refs/heads/main", azureDevOps.head()];
  const content = "steps:\n  - bash: echo hello\n";
  const changes = [{ changeType: 1, item: { path: `/${yaml}` }, newContent: { content } }];
  const push = { refUpdates: [{ name, oldObjectId }], commits: [{ comment: "Add it", changes }] };
  await git.createPush(push, azureDevOps.repositoryId, "mlops");
  await define("image");
  await define("model");
  outputs();
});

afterEach(async () => {
  await azureDevOps.close();
  await registry.stop();
  rmSync(home, { recursive: true });
});

async function define(name: string) {
  const builds = await azureDevOps.client.getBuildApi();
  const process = { type: 2, yamlFilename: yaml };
  const settable = { value: "", allowOverride: true };
  await builds.createDefinition(
    {
      name,
      repository: { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" },
      process,
      variables: name === "image" ? { amlsdkversion: settable, githubrelease: settable } : {},
    },
    "mlops",
  );
}

/** Has `pulumi` print the outputs of the stack `dev`. */
function outputs(more: object = {}) {
  const pipeline = (id: number, name: string) => ({
    id: String(id),
    name,
    url: `${azureDevOps.url}/mlops/_build?definitionId=${id}`,
  });
  const all = {
    registry: { name: "mlopscr", loginServer: registry.host, id: "/registry" },
    image: { repository: "mlops/model", digest: "sha256:0", reference: "r", tags: ["latest"] },
    serviceConnection: { id: "1", name: "acrconnection" },
    imageBuildPipeline: pipeline(1, "image"),
    modelPipelines: [{ ...pipeline(2, "model"), path: "pipelines/model-ci.yml" }],
    ...more,
  };
  const refusal = `case "$*" in *"--stack other"*) echo "error: no stack named 'other' found" >&2; exit 1;; esac`;
  const program = join(home, "bin", "pulumi");
  mkdirSync(join(home, "bin"), { recursive: true });
  writeFileSync(program, `#!/bin/sh\n${refusal}\ncat <<'EOF'\n${JSON.stringify(all)}\nEOF\n`);
  chmodSync(program, 0o755);
}

/** Starts the command as `npx job-container run` does. */
function begin(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, ["src/cli/job-container.js", "run", ...args], {
    cwd: resolve(__dirname, "../../../.."),
    env: {
      PATH: [join(home, "bin"), process.env.PATH].join(delimiter),
      DOCKER_CONFIG: home,
      AZDO_PERSONAL_ACCESS_TOKEN: personalAccessToken,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(args: string[], env?: NodeJS.ProcessEnv) {
  const child = begin(args, env);
  const exit = new Promise((end) => child.once("close", end));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, exitCode };
}

/** A run of one stage and one job, whose steps print what is given. */
function printing(steps: Record<string, string[]>, end: "succeeded" | "failed" = "succeeded"): ExecuteRun {
  return async (_, __, recorder) => {
    recorder.planned([
      part("Build it", "Stage", undefined),
      part("Image", "Job", "Build it"),
      ...Object.keys(steps).map((id, index) => part(id, "Task", "Image", index + 1)),
      part("Clean up", "Task", "Image", 9),
    ]);
    recorder.started("Build it");
    recorder.started("Image");
    for (const [id, lines] of Object.entries(steps)) {
      recorder.started(id);
      for (const line of lines) recorder.log(id, line);
      recorder.finished(id, end);
    }
    recorder.finished("Clean up", "skipped");
    if (end === "failed") recorder.issue("Image", "error", "The job has failed.");
    recorder.finished("Image", end);
    recorder.finished("Build it", end);
    return end;
  };
}

const page = (id: number) => `${azureDevOps.url}/${azureDevOps.projectId}/_build/results?buildId=${id}`;

test("a run is queued with the values and on the branch that were named, and its page printed", async () => {
  let given: RunContext | undefined;
  const ran = new Promise<void>((end) => {
    execute = async (_, context) => {
      given = context;
      end();
      return "succeeded";
    };
  });
  const options = ["--amlsdkversion", "1.2.3", "--githubrelease", "3.0.0", "--branch", "main"];
  const { stdout, stderr, exitCode } = await run(["image", ...options]);
  expect(stdout).toMatch(/^Run \d{8}\.1 of image: \S+\n$/);
  expect(stdout).toContain(page(1));
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  await ran;
  expect(given).toMatchObject({
    definition: { id: 1 },
    branch: "refs/heads/main",
    variables: [
      { name: "amlsdkversion", value: "1.2.3" },
      { name: "githubrelease", value: "3.0.0" },
    ],
  });
});

test("--wait follows a run: its stages, jobs and steps with what they print, and how it ended", async () => {
  execute = printing({ Lint: ["ruff check", "\u001b[32mall is well\u001b[0m"], Test: ["3 passed"] });
  const { stdout, stderr, exitCode } = await run(["model", "--wait"]);
  const withoutTimes = stdout.replaceAll(/ \(\d+ s\)/g, "").split("\n");
  expect(withoutTimes).toEqual([
    expect.stringMatching(/^Run \d{8}\.1 of model: /),
    "Stage Build it",
    "  Job Image",
    "    Step Lint",
    "      ruff check",
    "      all is well",
    "    Step Lint: succeeded",
    "    Step Test",
    "      3 passed",
    "    Step Test: succeeded",
    "    Step Clean up: skipped",
    "  Job Image: succeeded",
    "Stage Build it: succeeded",
    "Tests: no results were published.",
    expect.stringMatching(/^Run \d{8}\.1 succeeded\.$/),
    "",
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
});

test("the model pipeline's tests are counted at the end of its run, whatever came of it", async () => {
  const testRun = (...outcomes: ("Passed" | "Failed" | "NotExecuted")[]): TestRun => ({
    ...{
      title: "pytest",
      platform: "",
      configuration: "",
      started: "2026-11-24T12:00:00Z",
      completed: "2026-11-24T12:00:00Z",
    },
    results: outcomes.map((outcome, index) => ({ name: `test ${index}`, outcome, durationInMs: 1 })),
  });
  const rest = printing({ Test: ["1 failed"] }, "failed");
  execute = async (plan, context, recorder, signal) => {
    for (const run of [testRun("Passed", "Failed", "Passed"), testRun("NotExecuted", "Passed")]) {
      recorder.published({ kind: "testResults", run });
    }
    return rest(plan, context, recorder, signal);
  };
  const { stdout, exitCode } = await run(["model", "--wait"]);
  expect(stdout).toMatch(/\nTests: 3 passed, 1 failed, 1 skipped\nRun \d{8}\.1 failed \(\d+ s\)\.\n$/);
  expect(exitCode).toBe(1);
});

test("a run that fails ends with 1, and the reason", async () => {
  execute = printing({ Test: ["1 failed", "##[error]Bash exited with code '1'."] }, "failed");
  const { stdout, exitCode } = await run(["model", "--wait"]);
  expect(stdout).toContain("      ##[error]Bash exited with code '1'.\n    Step Test: failed");
  expect(stdout).toContain("    The job has failed.\n  Job Image: failed");
  expect(stdout).toMatch(/Run \d{8}\.1 failed \(\d+ s\)\.\n$/);
  expect(exitCode).toBe(1);
});

describe("after an image", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const pushing = (...tags: [string, string][]) =>
    printing({
      Push: tags.flatMap(([tag, its]) => [
        // As the agent shows it, which takes the login server for a secret.
        "The push refers to repository [***/mlops/model]",
        `${tag}: digest: ${its} size: 528`,
      ]),
    });

  test("the pushed tags are printed with the digests that the registry confirms", async () => {
    const image = await goodImage();
    const pushed = ["latest", "build-1"].map((tag): [string, string] => [tag, registry.push(image, tag).digest]);
    registry.push(image, "older");
    execute = pushing(...pushed);
    const { stdout, exitCode } = await run(["image", "--wait"]);
    const tail = stdout.slice(stdout.indexOf("Pushed to"));
    expect(tail.split("\n")).toEqual([
      `Pushed to ${registry.host}/mlops/model, and in the registry:`,
      `  latest   ${pushed[0]?.[1]}`,
      `  build-1  ${pushed[1]?.[1]}`,
      "",
    ]);
    expect(exitCode).toBe(0);
  });

  test("a tag that the registry has not, or not so, is marked", async () => {
    const other = registry.push(await goodImage(), "latest").digest;
    execute = pushing(["latest", digest], ["build-1", digest]);
    const { stdout } = await run(["image", "--wait"]);
    expect(stdout).toContain(`  latest   ${digest}, now ${other}\n  build-1  ${digest}, now not in the registry\n`);
  });

  test("a registry that cannot be read is said, with the digests of the log", async () => {
    registry.challenge = "Bearer";
    registry.logins.push("user:password");
    execute = pushing(["latest", digest]);
    const { stdout, exitCode } = await run(["image", "--wait"]);
    expect(stdout).toContain(`, as the run's log has it:\n  latest  ${digest}\nThe registry did not say: the registry`);
    expect(exitCode).toBe(0);
  });

  test("a run that pushed nothing there says so", async () => {
    execute = printing({
      Push: ["The push refers to repository [***/other/model]", `latest: digest: ${digest} size: 528`],
    });
    const none = `The run's log names no tag that was pushed to ${registry.host}/mlops/model.\n`;
    expect((await run(["image", "--wait"])).stdout).toContain(none);
  });
});

test("a run that failed before it could begin ends with 1 and the reason, also without --wait", async () => {
  const git = await azureDevOps.client.getGitApi();
  const [name, oldObjectId] = ["refs/heads/main", azureDevOps.head()];
  const content = "steps:\n  - task: Docker@2\n    inputs:\n      command: build\n      containerRegistry: nowhere\n";
  const changes = [{ changeType: 2, item: { path: `/${yaml}` }, newContent: { content } }];
  await git.createPush(
    { refUpdates: [{ name, oldObjectId }], commits: [{ comment: "Build", changes }] },
    azureDevOps.repositoryId,
    "mlops",
  );
  const { stdout, exitCode } = await run(["model"]);
  expect(stdout).toContain("references service connection nowhere which could not be found.");
  expect(stdout).toMatch(/Run \d{8}\.1 failed \(0 s\)\.\n$/);
  expect(exitCode).toBe(1);
});

test("Ctrl-C while it waits leaves the run going, and says so", async () => {
  let aborted = false;
  execute = (_, __, recorder, signal) => {
    recorder.planned([part("Build it", "Stage", undefined)]);
    recorder.started("Build it");
    return new Promise((end) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        end("canceled");
      });
    });
  };
  const child = begin(["model", "--wait"]);
  const exit = new Promise((end) => child.once("close", end));
  let stdout = "";
  for await (const chunk of child.stdout) {
    stdout += String(chunk);
    if (stdout.includes("Stage Build it") && !stdout.includes("goes on")) child.kill("SIGINT");
  }
  expect(stdout).toContain(`The run goes on: ${page(1)}\n`);
  expect(await exit).toBe(130);
  expect(aborted).toBe(false);
});

test.each([
  ["nothing", [], "Usage: job-container run <image|model> [options]"],
  ["another pipeline", ["deploy"], "error: unknown command 'deploy'"],
  ["two pipelines", ["image", "model"], "error: too many arguments"],
  ["a release for the model pipeline", ["model", "--githubrelease", "1"], "error: unknown option '--githubrelease'"],
  ["a version that is no part of a tag", ["image", "--amlsdkversion", "1 2"], '"amlsdk-1 2" is not a tag'],
  ["an option without its value", ["image", "--branch"], "error: option '--branch <name>' argument missing"],
])("%s is wrong usage, which ends with 2", async (_, args, message) => {
  const { stdout, stderr, exitCode } = await run(args);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toContain(message);
});

describe("an error says what is wrong and what to do", () => {
  const fails = async (args: string[], ...messages: string[]) => {
    const { stdout, stderr, exitCode } = await run(args);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toMatch(/^error: /);
    for (const message of messages) expect(stderr).toContain(message);
    expect(stderr).not.toContain("    at ");
  };

  test("of a branch that does not exist", () =>
    fails(
      ["model", "--branch", "no"],
      "queueing a run of model failed: Could not queue the build because there were validation errors or warnings.",
      "Unable to resolve the reference 'refs/heads/no' to a specific version.",
    ));

  test("of a stack that does not exist", () =>
    fails(["model", "--stack", "other"], "`pulumi stack output --stack other --json` failed: error: no stack named"));

  test("of a stack that is not up", async () => {
    outputs({ modelPipelines: undefined });
    await fails(["model"], "the stack has no modelPipelines among its outputs. Run `pulumi up` first");
  });

  test("of a pipeline that is gone", async () => {
    await (await azureDevOps.client.getBuildApi()).deleteDefinition("mlops", 2);
    await fails(["model"], "the pipeline model (", ") is not in Azure DevOps. `pulumi up` makes it again.");
  });

  test("of an access token that is wrong", async () => {
    const { stderr, exitCode } = await run(["model"], { AZDO_PERSONAL_ACCESS_TOKEN: "wrong" });
    expect(stderr).toContain("The access token (AZDO_PERSONAL_ACCESS_TOKEN or SYSTEM_ACCESSTOKEN) is wrong");
    expect(exitCode).toBe(1);
  });

  test("of Azure DevOps that is not there", async () => {
    await azureDevOps.stop();
    await fails(["model"], "finding the pipeline model at", "ECONNREFUSED");
  });
});

test("a pipeline's own access token will do", async () => {
  const env = { AZDO_PERSONAL_ACCESS_TOKEN: "", SYSTEM_ACCESSTOKEN: personalAccessToken };
  expect(await run(["model"], env)).toMatchObject({ exitCode: 0, stderr: "" });
});
