import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import {
  BuildResult,
  BuildStatus,
  type ContinuousIntegrationTrigger,
  DefinitionTriggerType,
  type YamlProcess,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { Running } from "../../local-cloud/cloud/status";
import { reservePorts } from "../support/ports";
import { projectRoot } from "../support/repository";
import { printedBy } from "./support/printed";

/** What the steps of a run see of the repository: the sums, which are text, were made of the files where they were. */
const pipeline = `
trigger: none
pool:
  vmImage: ubuntu-latest
steps:
  - script: |
      set -e
      sha256sum --check sums
      ./run.sh
      test "$(readlink latest)" = run.sh
      test ! -x data/model.bin
      test ! -e .venv
      test "$(git rev-parse HEAD)" = $(Build.SourceVersion)
      test "$(git rev-list --count HEAD)" = 1
      test -z "$(git status --porcelain)"
`;

let root: string;
beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "churn-")));
  git("init", "--quiet", "--initial-branch", "master");
  for (const folder of ["data", "model", ".venv"]) mkdirSync(join(root, folder));
  const files = {
    "data/model.bin": Buffer.from([0x89, 0x50, 0x00, 0xff, 0xfe, 0x80]),
    "data/windows.csv": Buffer.from("a,b\r\n1,2\r\n"),
    "data/latin1.txt": Buffer.from("caf\xe9", "latin1"),
    "data/empty": Buffer.alloc(0),
    "run.sh": Buffer.from("#!/bin/sh\n"),
  };
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(root, path), bytes);
  chmodSync(join(root, "run.sh"), 0o755);
  symlinkSync("run.sh", join(root, "latest"));
  writeFileSync(join(root, "sums"), execFileSync("sha256sum", Object.keys(files), { cwd: root }));
  writeFileSync(join(root, "ci.yml"), pipeline);
  writeFileSync(join(root, ".venv/python"), "");
  writeFileSync(join(root, ".gitignore"), ".venv/\n");
  expect(await localCloud("up", "--port", String(await reservePorts()))).toMatchObject({ code: 0 });
}, 1_800_000); // the first one of a machine builds the toolchain
afterAll(async () => {
  await localCloud("reset");
  rmSync(root, { recursive: true });
});

function git(...args: string[]): string {
  return execFileSync("git", ["-C", root, ...args], { encoding: "utf8" });
}

/** Runs the command as a person does who stands in a folder below the repository's root. */
function localCloud(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return localCloudUntil(undefined, ...args);
}

/** The same; interrupted when it has printed something. */
async function localCloudUntil(text: string | undefined, ...args: string[]) {
  const command = join(projectRoot, "local-cloud/cli/local-cloud.js");
  const child = spawn(process.execPath, [command, ...args], { cwd: join(root, "model") });
  const output = printedBy(child);
  let isInterrupted = false;
  child.stdout.on("data", () => {
    if (isInterrupted || text === undefined || !output.stdout.includes(text)) return;
    isInterrupted = true;
    child.kill("SIGINT");
  });
  const [code] = await once(child, "close");
  return { code, ...output };
}

async function running(): Promise<Running> {
  return JSON.parse((await localCloud("status", "--json")).stdout);
}

/** Runs the pipeline on a branch to its end. */
async function resultOn(branch: string): Promise<string | undefined> {
  const { orgServiceUrl, personalAccessToken, project, repository } = (await running()).azureDevOps;
  const client = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  const api = await client.getBuildApi();
  const { id: repositoryId } = await (await client.getGitApi()).getRepository(repository, project);
  const process: YamlProcess = { type: 2, yamlFilename: "ci.yml" };
  const definition = await api.createDefinition(
    // Started by pushes, as its file says.
    { name: `ci ${branch}`, repository: { id: repositoryId, type: "TfsGit" }, process, triggers: [byYaml] },
    project,
  );
  const { id = 0 } = await api.queueBuild({ definition, sourceBranch: `refs/heads/${branch}` }, project);
  return ended(api, id);
}

const byYaml: ContinuousIntegrationTrigger = {
  triggerType: DefinitionTriggerType.ContinuousIntegration,
  settingsSourceType: 2,
};

async function ended(api: IBuildApi, id: number): Promise<string | undefined> {
  for (;;) {
    const { status, result } = await api.getBuild("mlops", id);
    if (status === BuildStatus.Completed) return BuildResult[result ?? BuildResult.None];
    await sleep(500); // for the agent
  }
}

test("the local cloud has its state in the repository's root, and Git does not see it", async () => {
  expect((await running()).directory).toBe(join(root, ".local-cloud"));
  expect(git("status", "--short", "--untracked-files=all")).not.toContain(".local-cloud");
});

test("the repository has its own name and default branch", async () => {
  expect((await running()).azureDevOps).toMatchObject({ repository: basename(root), defaultBranch: "master" });
});

test("a run sees its files byte by byte, with their modes and links, and none that Git ignores", async () => {
  expect(await resultOn("master")).toBe("Succeeded");
});

test("so does one on a branch that was pushed", async () => {
  expect(await localCloud("push", "--branch", "topic")).toMatchObject({
    code: 0,
    stdout: "Made the branch topic of the local repository, from master.\nNothing to commit to topic.\n",
  });
  writeFileSync(join(root, "data/empty"), "x");
  expect(await localCloud("push", "--branch", "topic")).toMatchObject({ stdout: "Committed to topic: data/empty\n" });
  expect(await resultOn("topic")).toBe("Failed"); // its sum is another one
});

test("a push starts the pipelines whose trigger says so, and says which; a schedule runs by a command", async () => {
  const file = `trigger: [topic]
schedules:
  - { cron: "0 2 * * *", displayName: Nightly, branches: { include: [topic] } }
steps:
  - bash: test "$BUILD_REASON" = $EXPECTED || test "$BUILD_REASON" = Schedule
    env: { EXPECTED: IndividualCI }
`;
  writeFileSync(join(root, "ci.yml"), file);
  const { code, stdout } = await localCloud("push", "--branch", "topic");
  expect({ code, stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Committed to topic: ci.yml\nStarted #/),
  });
  const started = [...stdout.matchAll(/^Started #\S+ of (ci \w+): (\S+buildId=(\d+))$/gm)];
  expect(started.map(([, name]) => name)).toEqual(["ci master", "ci topic"]);
  const scheduled = await localCloud("schedule", "run", "ci topic");
  expect(scheduled).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^On topic, by the schedule Nightly: Started #\S+ of ci topic: /),
  });
  const { orgServiceUrl, personalAccessToken } = (await running()).azureDevOps;
  const api = await new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken)).getBuildApi();
  const ids = [...started.map(([, , , id]) => Number(id)), Number(/buildId=(\d+)/.exec(scheduled.stdout)?.[1])];
  for (const id of ids) expect(await ended(api, id)).toBe("Succeeded");
  expect(await localCloud("schedule", "run", "ci topic")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("nothing was started, as nothing has changed since the scheduled run #"),
  });
  expect(await localCloud("schedule", "run", "nightly")).toMatchObject({
    code: 1,
    stderr: "error: Build pipeline nightly was not found.\n",
  });
});

test("run runs a file as it is in the folder, with all that is not committed, shows what it prints and leaves nothing", async () => {
  const file = `stages:
  - stage: Other
    jobs: [{ job: other, steps: [{ bash: exit 1 }] }]
  - stage: Mine
    jobs:
      - job: mine
        steps:
          - checkout: self
            fetchDepth: 0
          - bash: cat data/empty && git log -1 --format=%s && exit $(cat code)
`;
  const before = git("status", "--porcelain");
  writeFileSync(join(root, "mine.yml"), file);
  writeFileSync(join(root, "data/empty"), "not committed\n");
  writeFileSync(join(root, "code"), "0");
  const good = await localCloud("run", "../mine.yml", "--stage", "Mine");
  expect(good).toMatchObject({ code: 0, stderr: "" });
  expect(good.stdout).toMatch(/^No pipeline has this file: .* Run \S+: http\S+$/m);
  expect(good.stdout).toMatch(/^ +not committed$/m);
  expect(good.stdout).toMatch(/^ +Run mine.yml$/m);
  expect(good.stdout).toMatch(/^Run \S+ succeeded \(\d+ s\)\.$/m);
  expect(good.stdout).not.toContain("Stage Other");
  writeFileSync(join(root, "code"), "3");
  expect(await localCloud("run", "../mine.yml", "--stage", "Mine")).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^Run \S+ failed /m),
  });
  writeFileSync(join(root, "mine.yml"), "steps:\n  - task: Unknown@1\n  - bash: [a]\n");
  expect(await localCloud("run", "../mine.yml")).toMatchObject({
    ...{ code: 1, stdout: "" },
    stderr: expect.stringMatching(/^error: \/mine.yml \(Line: 2, .*\n\/mine.yml \(Line: 3, /),
  });
  writeFileSync(join(root, "mine.yml"), "steps: [{ bash: echo be''gins; sleep 600 }]\n");
  const canceled = await localCloudUntil("  begins", "run", "../mine.yml");
  expect(canceled).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Canceling the run\.\n.*^Run \S+ was canceled/ms),
  });
  for (const name of ["mine.yml", "code"]) rmSync(join(root, name));
  expect(git("status", "--porcelain")).toBe(before);
});
