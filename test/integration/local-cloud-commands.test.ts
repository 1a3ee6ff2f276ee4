import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { scopedToken } from "../../local-cloud/azuredevops/scoped-token";
import { layoutOf } from "../../local-cloud/cloud/layout";
import type { Running, Status } from "../../local-cloud/cloud/status";
import { isListening, isRunning } from "../../local-cloud/processes/process";
import { localCloudVariables } from "../../src/common/local-cloud-variables";
import { reservePorts } from "../support/ports";
import { projectRoot } from "../support/repository";
import { printedBy } from "./support/printed";

/** The base port of the local cloud that these tests start and stop, and that of one that never comes up. */
let port: number;
let otherPort: number;

let home: string;
let directory: string;
beforeAll(async () => {
  [port, otherPort] = [await reservePorts(), await reservePorts()];
  home = mkdtempSync(join(tmpdir(), "local-cloud-"));
  directory = join(home, "cloud");
});
afterAll(async () => {
  await localCloud("reset");
  rmSync(home, { recursive: true });
});

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts `npx local-cloud <args>` on the tests' directory. */
function start(args: string[], at = directory, env = process.env): ChildProcess & { result: Promise<Result> } {
  const cli = join(projectRoot, "local-cloud/cli/local-cloud.js");
  const child = spawn(process.execPath, [cli, "--directory", at, ...args], { cwd: projectRoot, env });
  const output = printedBy(child);
  return Object.assign(child, { result: once(child, "close").then(([code]) => ({ code, ...output })) });
}

/** Runs git as a person does who has told it no more than who they are. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const settings = ["-c", "user.name=Ada", "-c", "user.email=ada@contoso.com", "-c", "credential.helper="];
  const env = { PATH: process.env.PATH, HOME: home, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
  const child = spawn("git", [...settings, ...args], { cwd, env });
  const output = printedBy(child);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}: ${output.stderr}`);
  return output.stdout;
}

function localCloud(...args: string[]): Promise<Result> {
  return start(args).result;
}

async function status(): Promise<Status> {
  return JSON.parse((await localCloud("status", "--json")).stdout);
}

async function running(): Promise<Running> {
  const current = await status();
  if (!current.running) throw new Error("the local cloud does not run");
  return current;
}

/** Ids of the Azure DevOps projects, which are made up once, when the cloud is new. */
async function projectIds(): Promise<string[]> {
  const { azureDevOps } = await running();
  const authorization = `Basic ${Buffer.from(`:${azureDevOps.personalAccessToken}`).toString("base64")}`;
  const response = await fetch(`${azureDevOps.orgServiceUrl}/_apis/projects`, { headers: { authorization } });
  const { value }: { value: { id: string }[] } = JSON.parse(await response.text());
  return value.map(({ id }) => id);
}

/** Where the local cloud says how it is found. */
const variables = () => layoutOf(directory).variables;

const portsOfServices = () => [0, 1, 2, 3, 4].map((offset) => port + offset);

/** Those of the local cloud's ports that it listens on. */
async function listening(): Promise<number[]> {
  const ports = portsOfServices();
  const answers = await Promise.all(ports.map(isListening));
  return ports.filter((_, index) => answers[index]);
}

/** Resolves once a process has written a text. */
function written(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  return new Promise((resolve) => {
    let all = "";
    stream?.on("data", (data) => {
      all += data;
      if (all.includes(text)) resolve();
    });
  });
}

describe("before anything runs", () => {
  test("status says so with exit code 3, and as JSON", async () => {
    expect(await localCloud("status")).toMatchObject({ code: 3, stdout: expect.stringContaining("does not run") });
    const { code, stdout } = await localCloud("status", "--json");
    expect({ code, status: JSON.parse(stdout) }).toEqual({
      code: 3,
      status: { running: false, directory, processes: [], ended: [] },
    });
  });

  test("stop and reset have nothing to do, which is fine", async () => {
    expect(await localCloud("stop")).toMatchObject({ code: 0, stderr: "" });
    expect(await localCloud("reset")).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([["exec", "--", "true"], ["push"]])("%s says how to start it", async (...args) => {
    const { code, stderr } = await localCloud(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: the local cloud in .* does not run\. Start it: `npx local-cloud start`/);
  });

  test("a base port that is none is refused", async () => {
    expect(await localCloud("up", "--port", "http")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the base port "http" (option --port) is not a whole number'),
    });
  });

  test("a busy port is named with its purpose, its holder and the way out, and nothing is made", async () => {
    const server = createServer().listen(otherPort + 2, "127.0.0.1");
    await once(server, "listening");
    const { code, stderr } = await localCloud("up", "--port", String(otherPort));
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${otherPort + 2}, for the public registry: process ${process.pid} (`);
    expect(stderr).toContain("--port");
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(existsSync(directory)).toBe(false);
  });

  test("a directory that holds something else is neither used nor removed", async () => {
    const foreign = join(home, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "thesis.txt"), "");
    expect(await start(["up"], foreign).result).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("thesis.txt"),
    });
    expect(await start(["reset"], foreign).result).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("holds no local cloud"),
    });
    expect(readdirSync(foreign)).toEqual(["thesis.txt"]);
  });
});

describe("up", () => {
  test("started twice at once, one wins and the other says so", async () => {
    const results = await Promise.all([
      localCloud("up", "--port", String(port)),
      localCloud("up", "--port", String(port)),
    ]);
    const [winner, loser] = results.sort((a, b) => Number(a.code) - Number(b.code));
    expect(winner).toMatchObject({ code: 0, stdout: expect.stringContaining("The local cloud is up.") });
    expect(loser).toMatchObject({ code: 1, stderr: expect.stringContaining("is already working on the local cloud") });
  });

  test("repeated, it is quick and says that it runs", async () => {
    const before = await running();
    expect(await localCloud("up")).toMatchObject({ code: 0, stdout: expect.stringContaining("is up already") });
    expect(await running()).toEqual(before);
  });

  test("with another port than the directory's is refused", async () => {
    expect(await localCloud("up", "--port", String(otherPort))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`which has the base port ${port}`),
    });
  });
});

describe("while it runs", () => {
  test("status has addresses that answer, and the processes behind them", async () => {
    const { azureDevOps, azure, registry, channel, processes } = await running();
    expect(azureDevOps.orgServiceUrl).toBe(`http://127.0.0.1:${port}/local`);
    expect(registry).toEqual({ address: `127.0.0.1:${port + 10}`, public: `127.0.0.1:${port + 2}`, all: [] });
    expect(await listening()).toEqual(portsOfServices());
    expect(processes.map(({ name }) => name)).toEqual(["supervisor", "public registry", "buildkitd"]);
    expect(processes.every(isRunning)).toBe(true);

    const statusOf = async (url: string) => {
      const response = await fetch(url);
      await response.body?.cancel();
      return response.status;
    };
    expect(await statusOf(`${azureDevOps.orgServiceUrl}/_apis/projects`)).toBe(401); // not without the token
    expect(await projectIds()).toHaveLength(1);
    expect(await statusOf(`${azure.url}/metadata/endpoints?api-version=2022-09-01`)).toBe(200);
    expect(await statusOf(`${channel.url}/noarch/repodata.json`)).toBe(200);
    expect(await statusOf(`http://${registry.public}/v2/mambaorg/micromamba/tags/list`)).toBe(200);
  });

  test("commands outside of it find it by a file that is its owner's alone", async () => {
    const { processes, azureDevOps } = await running();
    expect(statSync(variables()).mode & 0o777).toBe(0o600);
    const { supervisor, variables: found } = localCloudVariables.parse(JSON.parse(readFileSync(variables(), "utf8")));
    expect(processes).toContainEqual({ name: "supervisor", ...supervisor });
    expect(found).toMatchObject({ AZDO_ORG_SERVICE_URL: azureDevOps.orgServiceUrl });
  });

  test("push has nowhere to put the lock of a local cloud outside of the repository, and says so", async () => {
    expect(await localCloud("push", "--branch", "topic")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`the directory ${directory} (option --directory) is not in the repository`),
    });
  });

  test("push deletes no branch that is not there, and not the default one", async () => {
    expect(await localCloud("push", "--delete", "topic")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("unable to delete 'topic': remote ref does not exist"),
    });
    const { defaultBranch } = (await running()).azureDevOps;
    expect(await localCloud("push", "--delete", defaultBranch)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("deletion of the current branch prohibited"),
    });
  });

  test("plain git clones, pushes and deletes, and is refused what its token may not", async () => {
    const { remoteUrl, personalAccessToken, orgServiceUrl, project, repository } = (await running()).azureDevOps;
    const clone = join(home, "clone");
    const urlWith = (token: string) => remoteUrl.replace("http://", `http://anybody:${token}@`);
    const origin = urlWith(personalAccessToken);
    await git(home, "clone", "--quiet", origin, clone);
    expect(readFileSync(join(clone, "README.md"))).toEqual(readFileSync(join(projectRoot, "README.md")));
    await git(home, "clone", "--quiet", "--depth=1", origin, join(home, "shallow"));
    expect((await git(join(home, "shallow"), "rev-list", "--count", "HEAD")).trim()).toBe("1");

    writeFileSync(join(clone, "README.md"), "# Changed\n");
    await git(clone, "commit", "--quiet", "--all", "--message", "Change it");
    await git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/by-git");
    const client = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
    const api = await client.getGitApi();
    const { commit } = await api.getBranch(repository, "by-git", project);
    expect(commit).toMatchObject({ comment: "Change it", author: { name: "Ada", email: "ada@contoso.com" } });

    await git(clone, "commit", "--quiet", "--amend", "--message", "Change it otherwise");
    const push = ["push", "--quiet", "origin", "HEAD:refs/heads/by-git"];
    await expect(git(clone, ...push)).rejects.toThrow("[rejected]"); // the branch is not behind it
    const reads = urlWith(scopedToken(personalAccessToken, ["vso.code"]));
    await git(clone, "ls-remote", reads);
    await expect(git(clone, "push", reads, "HEAD:refs/heads/other")).rejects.toThrow("Authentication failed");
    await expect(git(clone, "ls-remote", urlWith("wrong"))).rejects.toThrow("Authentication failed");
    await git(clone, "push", "--quiet", "origin", "--delete", "by-git");
    expect((await api.getRefs(repository, project, "heads/")).map(({ name }) => name)).not.toContain(
      "refs/heads/by-git",
    );
  });

  test("exec runs the literal pulumi, which finds its plugins and its state here", async () => {
    const { code, stdout } = await localCloud(
      "exec",
      "--",
      "sh",
      "-c",
      "pulumi plugin ls --json && pulumi whoami --json",
    );
    expect(code).toBe(0);
    for (const name of ["azure-native", "azuredevops", "docker", "docker-build"]) expect(stdout).toContain(`"${name}"`);
    expect(stdout).toContain(`"url": "file://${directory}/stacks?metadata=skip"`);
  });

  test("a state is in one file, which is replaced as a whole: a command that is killed leaves none cut short", async () => {
    const project = join(home, "project");
    mkdirSync(project);
    writeFileSync(join(project, "Pulumi.yaml"), "name: written\nruntime: nodejs\n");
    const pulumi = (...args: string[]) => localCloud("exec", "--", "pulumi", "--cwd", project, "stack", ...args);
    expect(await pulumi("init", "dev")).toMatchObject({ code: 0 });
    expect(await pulumi("tag", "set", "a", "b")).toMatchObject({ code: 0 });
    const files = readdirSync(join(directory, "stacks/.pulumi/stacks/written"));
    expect(files).toEqual(["dev.json", "dev.json.bak", "dev.pulumi-tags"]);
  });

  /** Ends with code 5 at SIGTERM, by itself half a minute later. */
  const ended5BySignal = "trap 'exit 5' TERM; echo ready; for i in $(seq 300); do sleep 0.1; done";

  test("exec passes on the command's exit code and the signals that it gets", async () => {
    expect((await localCloud("exec", "--", "sh", "-c", "exit 7")).code).toBe(7);
    const child = start(["exec", "--", "sh", "-c", ended5BySignal]);
    await written(child.stdout, "ready");
    child.kill("SIGTERM");
    expect((await child.result).code).toBe(5);
  });

  test("a signal that comes while the command is being started reaches it", async () => {
    const held = join(home, "held.js");
    writeFileSync(
      held,
      `const processes = require("node:child_process");
      const { spawn } = processes;
      processes.spawn = (...of) => {
        const child = spawn(...of);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000);
        return child;
      };`,
    );
    const child = start(["exec", "--", "sh", "-c", ended5BySignal], directory, {
      ...process.env,
      NODE_OPTIONS: `--require=${held}`,
    });
    await written(child.stdout, "ready");
    child.kill("SIGTERM");
    expect((await child.result).code).toBe(5);
  });

  test("exec says when there is no such command", async () => {
    expect(await localCloud("exec", "--", "no-such-command")).toMatchObject({
      code: 1,
      stderr: 'error: the command "no-such-command" cannot be run: there is no such program on PATH.\n',
    });
  });
});

describe("stop", () => {
  test("ends exactly what was started, and the state is there after the next up", async () => {
    const [before, ids] = [await running(), await projectIds()];
    const { code, stdout } = await localCloud("stop");
    expect(code).toBe(0);
    for (const { name, pid } of before.processes) expect(stdout).toContain(`${name} (${pid})`);
    expect(before.processes.some(isRunning)).toBe(false);
    expect(existsSync(variables())).toBe(false);
    expect(await listening()).toEqual([]);

    expect(await localCloud("up")).toMatchObject({ code: 0 });
    expect(await projectIds()).toEqual(ids);
    expect(await running()).toEqual({ ...before, processes: expect.any(Array) });
  });

  test("leaves nothing behind of a local cloud whose supervisor was killed", async () => {
    const { processes } = await running();
    const supervisor = processes.find(({ name }) => name === "supervisor");
    process.kill(supervisor?.pid ?? 0, "SIGKILL");
    expect(await localCloud("status")).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("Ended unexpectedly"),
    });
    expect((await localCloud("stop")).code).toBe(0);
    expect(existsSync(variables())).toBe(false);
    expect(processes.some(isRunning)).toBe(false);
    expect(await listening()).toEqual([]);
  });
});

test("an interrupted up ends what it had started", async () => {
  const child = start(["up"]);
  await written(child.stderr, "… services");
  child.kill("SIGINT");
  const { code, stderr } = await child.result;
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("error: interrupted") });
  expect(await status()).toEqual({ running: false, directory, processes: [], ended: [] });
  expect(await listening()).toEqual([]);
});

test("reset ends it and removes its directory", async () => {
  expect((await localCloud("up")).code).toBe(0);
  const { processes } = await running();
  expect(await localCloud("reset")).toMatchObject({ code: 0, stdout: `Removed the local cloud in ${directory}.\n` });
  expect(processes.some(isRunning)).toBe(false);
  expect(await listening()).toEqual([]);
  expect(existsSync(directory)).toBe(false);
});
