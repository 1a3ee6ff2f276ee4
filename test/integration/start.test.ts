import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { VersionControlChangeType } from "azure-devops-node-api/interfaces/GitInterfaces";
import { portsFrom } from "../../local-cloud/cloud/layout";
import type { Running } from "../../local-cloud/cloud/status";
import { installToolchain } from "../../local-cloud/toolchain";
import { readLock } from "../../src/conda/lock-file";
import { reservePorts } from "../support/ports";
import { projectRoot } from "../support/repository";
import { rebuiltSteps } from "./support/build-log";
import { digestOfTag, tagsOf } from "./support/far-side";
import { JobContainer } from "./support/job-container";
import { directoryVariable } from "./support/local-cloud";
import { printedBy } from "./support/printed";

/** `npm start` writes into the project's folder, so these tests have a copy of it. */
let copy: string;
let port: number;
/** The login server of the first registry. */
let loginServer: string;
beforeAll(async () => {
  port = await reservePorts();
  loginServer = `127.0.0.1:${portsFrom(port).registries.first}`;
  copy = mkdtempSync(join(tmpdir(), "start-"));
  const left = ["node_modules", "dist", ".git", ".local-cloud", "Pulumi.local.yaml"];
  // What the examples have where their commands were tried: Git ignores it, and there is no Git at first.
  const isMade = (path: string) => /\/examples\/[^/]+\/(sdks|\.venv)$/.test(path);
  cpSync(projectRoot, copy, { recursive: true, filter: (path) => !left.includes(basename(path)) && !isMade(path) });
  symlinkSync(join(projectRoot, "node_modules"), join(copy, "node_modules"));
  process.env[directoryVariable] = join(copy, ".local-cloud"); // the local cloud that the far side is read in
});
afterAll(async () => {
  await run("local-cloud/cli/local-cloud.js", "reset");
  rmSync(copy, { recursive: true });
});

const repository = "mlops/diabetes_regression";

/** Runs a file of the copy: what a script of package.json does. */
async function run(script: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(copy, script), ...args], { cwd: copy });
  const output = printedBy(child);
  const [code] = await once(child, "close");
  return { code, ...output };
}

async function cloud(): Promise<Running> {
  return JSON.parse((await run("local-cloud/cli/local-cloud.js", "status", "--json")).stdout);
}

/** A regular expression for an address. */
const literally = (address: string) => address.replaceAll(".", "\\.");

const settings = () => readFileSync(join(copy, "Pulumi.local.yaml"), "utf8");

test("npm start brings everything up and says what exists", async () => {
  const { code, stdout, stderr } = await run("local-cloud/cli/local-cloud.js", "start", "--port", String(port));
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const said = stdout.slice(stdout.indexOf("What exists now"));
  const url = literally(`http://127.0.0.1:${port}/local/`);
  expect(said).toMatch(new RegExp(`container registry +mlopslocal at ${literally(loginServer)}\\n`));
  expect(said).toMatch(
    /image +mlops\/diabetes_regression\n +digest +sha256:[0-9a-f]{64}\n +tags +amlsdk-[\d.]+, cache, latest, release-3\.0\.0\n/,
  );
  expect(said).toMatch(/service connection +acrconnection \(WorkloadIdentityFederation, /);
  expect(said).toMatch(new RegExp(`image-build pipeline .* ${url}.*definitionId=\\d+\\n`));
  expect(said).toMatch(new RegExp(`model pipeline .* ${url}.*definitionId=\\d+\\n`));
  expect(said).toContain("npx local-cloud exec -- pulumi preview --diff");
});

test("a step in the image imports the packages, in the versions that the lock says", async () => {
  const lock = readLock(
    readFileSync(join(copy, ".local-cloud/conda-locks/docker/ci_dependencies.linux-64.lock"), "utf8"),
    "lock",
  );
  const locked = (name: string) => lock.packages.find((one) => one.name === name)?.version;
  const container = await JobContainer.pull(loginServer, repository, "latest");
  const printed = await container.step(
    'python -c "import numpy, pandas, sklearn; print(*(m.__version__ for m in (numpy, pandas, sklearn)))"',
  );
  await container.dispose();
  expect(printed).toEqual([["numpy", "pandas", "scikit-learn"].map(locked).join(" ")]);
});

test("check image reads it with the sign-in that the local cloud gives its commands", async () => {
  const command = ["npx", "job-container", "check", "image", `${loginServer}/${repository}:latest`];
  const { code, stdout, stderr } = await run("local-cloud/cli/local-cloud.js", "exec", "--", ...command);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
});

/** Runs one of the stack's pipelines to its end. */
async function pipeline(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return run(
    "local-cloud/cli/local-cloud.js",
    "exec",
    "--",
    "npx",
    "job-container",
    "run",
    ...args,
    "--stack",
    "local",
    "--wait",
  );
}

/** What became of a pipeline's steps, by their names. */
function stepsOf(stdout: string): Record<string, string> {
  return Object.fromEntries(
    [...stdout.matchAll(/^ *Step (.*): (\w+)(?: \(.*\))?$/gm)].map(([, name, result]) => [name, result]),
  );
}

test("npx job-container run image pushes an image under exactly the four tags, with the digest that it says", async () => {
  const { buildctl } = await installToolchain();
  execFileSync(buildctl, ["--addr", (await cloud()).buildkit.address, "prune", "--all"]);

  const { code, stdout, stderr } = await pipeline("image", "--amlsdkversion", "1.2.3", "--githubrelease", "3.0.0");
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  const [, number] = /Run (\S+) of mlops-diabetes_regression-image-build: http/.exec(stdout) ?? [];
  const said = stdout.slice(stdout.indexOf(`Pushed to ${loginServer}/${repository}, and in the registry:`));
  const pushed = [...said.matchAll(/^ {2}(\S+) +(sha256:[0-9a-f]{64})$/gm)].map(([, tag, digest]) => ({ tag, digest }));
  expect(pushed.map(({ tag }) => tag).sort()).toEqual(
    [`build-${number}`, "amlsdk-1.2.3", "release-3.0.0", "latest"].sort(),
  );
  for (const { tag, digest } of pushed) expect(await digestOfTag(loginServer, repository, tag ?? "")).toBe(digest);

  // It checked the environment before, and the image after.
  expect(Object.entries(stepsOf(stdout)).filter(([name]) => !/^(?:Initialize|Checkout|Finalize)/.test(name))).toEqual(
    [
      ...["Install the checks", "Choose the tags and options", "Check the environment", "Build", "Push", "Sign in"],
      ...["Check the image", "Describe the image", "Move the other tags"],
    ].map((name) => [name, "succeeded"]),
  );
  expect(stdout).toMatch(/The conda files agree: \d+ packages compared\./);
  expect(stdout).toContain(`***/${repository}:build-${number}: jobs can run in it.`);
  expect(stdout).toContain(`***/${repository}:build-${number}: pushed an SBOM for linux-64 beside sha256:`);
  // BuildKit had forgotten what `pulumi up` built with it; the registry had not.
  expect(rebuiltSteps(stdout)).toEqual([]);
});

test("an environment that CI does not share fails the run before it builds", async () => {
  const { azureDevOps } = await cloud();
  const api = new WebApi(azureDevOps.orgServiceUrl, getPersonalAccessTokenHandler(azureDevOps.personalAccessToken));
  const git = await api.getGitApi();
  const path = "docker/ci_dependencies.yml";
  const commit = async (content: string) => {
    const [main] = await git.getRefs(azureDevOps.repository, azureDevOps.project, "heads/main");
    const change = { changeType: VersionControlChangeType.Edit, item: { path: `/${path}` }, newContent: { content } };
    const push = {
      refUpdates: [{ name: "refs/heads/main", oldObjectId: main?.objectId }],
      commits: [{ comment: "Another numpy [skip ci]", changes: [change] }],
    };
    await git.createPush(push, azureDevOps.repository, azureDevOps.project);
  };
  const shared = readFileSync(join(copy, path), "utf8");

  const before = await tagsOf(loginServer, repository);
  await commit(shared.replace(/numpy=.*/, "numpy=2.0.0"));
  const { code, stdout } = await pipeline("image");
  await commit(shared);
  expect(code).toBe(1);
  expect(stdout).toMatch(/docker\/ci_dependencies\.yml:\d+ +conflict/);
  expect(stepsOf(stdout)).toMatchObject({ "Check the environment": "failed", Build: "skipped", Push: "skipped" });
  expect(await tagsOf(loginServer, repository)).toEqual(before);
});

test("npx job-container run model runs its steps in the image that the stack has, with the environment's packages", async () => {
  const { code, stdout, stderr } = await pipeline("model");
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  const { image } = JSON.parse(
    (
      await run(
        "local-cloud/cli/local-cloud.js",
        "exec",
        "--",
        "pulumi",
        "stack",
        "output",
        "--json",
        "--stack",
        "local",
      )
    ).stdout,
  );
  expect(stdout).toContain(image.digest);
  expect(stdout).toMatch(/Python 3\.11\./);
  expect(stdout).toMatch(/scikit-learn +1\.9\.1/);

  // The example's model is tested there.
  expect(stdout).toContain("Tests: 3 passed, 0 failed, 0 skipped");
  const { azureDevOps } = await cloud();
  const api = new WebApi(azureDevOps.orgServiceUrl, getPersonalAccessTokenHandler(azureDevOps.personalAccessToken));
  const [build] = await (await api.getBuildApi()).getBuilds(azureDevOps.project);
  const { coverageData } = await (await api.getTestApi()).getCodeCoverageSummary(azureDevOps.project, build?.id ?? 0);
  const [lines] = coverageData?.[0]?.coverageStats ?? [];
  expect(lines).toMatchObject({ label: "Lines", covered: expect.any(Number), total: expect.any(Number) });
  expect(lines?.covered).toBeGreaterThan(0);
  expect(lines?.total).toBeGreaterThan(lines?.covered ?? 0);
});

test("npx local-cloud push commits what is checked out to a branch, once, and deletes it", async () => {
  const { azureDevOps } = await cloud();
  const api = new WebApi(azureDevOps.orgServiceUrl, getPersonalAccessTokenHandler(azureDevOps.personalAccessToken));
  const git = await api.getGitApi();
  const { repository: name, project } = azureDevOps;
  const refs = async () => (await git.getRefs(name, project, "heads/")).map(({ name }) => name);
  const push = (...args: string[]) => run("local-cloud/cli/local-cloud.js", "push", ...args);

  execFileSync("git", ["init", "--quiet", "--initial-branch", "feature/pandas", copy]);
  writeFileSync(join(copy, ".git/info/exclude"), "/node_modules\n"); // a link here, which .gitignore does not mean
  appendFileSync(join(copy, "docker/ci_dependencies.yml"), "# for pandas\n");
  expect(await push()).toMatchObject({
    code: 0,
    stdout:
      "Made the branch feature/pandas of the local repository, from main.\n" +
      "Committed to feature/pandas: docker/ci_dependencies.yml\n",
  });
  const lock = ".local-cloud/conda-locks/docker/ci_dependencies.linux-64.lock";
  const version = { version: "feature/pandas" };
  const found = await git.getItem(name, lock, project, "", 0, true, true, false, version, true);
  expect(found.content).toBe(readFileSync(join(copy, lock), "utf8"));
  expect(await push()).toMatchObject({ code: 0, stdout: "Nothing to commit to feature/pandas.\n" });
  expect(await push("--branch", "not valid")).toMatchObject({
    code: 1,
    stderr: 'error: "not valid" is not the name of a branch: Git allows none like it.\n',
  });

  expect(await refs()).toContain("refs/heads/feature/pandas");
  expect(await push("--delete", "feature/pandas")).toMatchObject({ code: 0 });
  expect(await refs()).not.toContain("refs/heads/feature/pandas");
  // As it was, for the tests that follow.
  cpSync(join(projectRoot, "docker/ci_dependencies.yml"), join(copy, "docker/ci_dependencies.yml"));
  rmSync(join(copy, ".git"), { recursive: true });
});

test("a second npm start changes nothing", async () => {
  const before = settings();
  const { code, stdout } = await run("local-cloud/cli/local-cloud.js", "start");
  expect(code).toBe(0);
  expect(stdout).toContain("is up already");
  expect(stdout).toMatch(/Resources:\n +\d+ unchanged\n/);
  expect(settings()).toBe(before);
});

test("npm start fails when something is not there although Pulumi has nothing to do", async () => {
  const { azureDevOps } = await cloud();
  const api = new WebApi(azureDevOps.orgServiceUrl, getPersonalAccessTokenHandler(azureDevOps.personalAccessToken));
  const endpoints = await api.getServiceEndpointApi();
  const [endpoint] = await endpoints.getServiceEndpointsByNames(azureDevOps.project, ["acrconnection"]);
  const { id: projectId } = await (await api.getCoreApi()).getProject(azureDevOps.project);
  await endpoints.deleteServiceEndpoint(endpoint?.id ?? "", [projectId ?? ""]);

  const { code, stdout, stderr } = await run("local-cloud/cli/local-cloud.js", "start");
  expect(code).toBe(1);
  expect(stdout).not.toContain("What exists now");
  expect(stderr).toContain("the service connection acrconnection is not in Azure DevOps");
});

test("npm start does not touch a stack of another local cloud", async () => {
  const other = join(copy, "other");
  const { code, stderr } = await run(
    "local-cloud/cli/local-cloud.js",
    "start",
    "--directory",
    other,
    "--port",
    String(await reservePorts()),
  );
  expect(code).toBe(1);
  expect(stderr).toContain("Pulumi.local.yaml was written for another local cloud");
  expect(existsSync(other)).toBe(false);
});

test("npm start takes no directory outside of the repository, from which no lock could be committed", async () => {
  const outside = join(tmpdir(), "outside-of-the-project");
  const { code, stderr } = await run("local-cloud/cli/local-cloud.js", "start", "--directory", outside);
  expect(code).toBe(1);
  expect(stderr).toContain(`the directory ${outside} (option --directory) is not in the repository ${copy}`);
  expect(existsSync(outside)).toBe(false);
});

test("reset takes the stack's settings with it", async () => {
  expect((await run("local-cloud/cli/local-cloud.js", "reset")).code).toBe(0);
  expect(existsSync(join(copy, "Pulumi.local.yaml"))).toBe(false);
  expect(existsSync(join(copy, ".local-cloud"))).toBe(false);
});
