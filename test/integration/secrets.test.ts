import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { layoutOf } from "../../local-cloud/cloud/layout";
import type { StackOutputs } from "../../src/common/outputs";
import { type Ended, Program } from "../support/program";
import { pushBranch } from "./support/branches";
import { azureDevOps, imageConfig, layersOf } from "./support/far-side";
import { localCloud, localCloudDirectory } from "./support/local-cloud";
import { useOwnCloud } from "./support/own-cloud";
import { Searcher, unpacked } from "./support/search";

// They search all that a local cloud keeps.
useOwnCloud();

const branch = "secrets";
const project = "mlops";

/** A secret that is found wherever it is written, because nothing else is like it. */
const seed = () => `sEcr3t${randomBytes(12).toString("hex")}`;

/** Secrets of a person, or of a pipeline's run, that the commands find in their environment. */
const environment = {
  PULUMI_CONFIG_PASSPHRASE: seed(),
  PULUMI_ACCESS_TOKEN: seed(),
  GITHUB_TOKEN: seed(),
  SYSTEM_ACCESSTOKEN: seed(),
  AZURE_CLIENT_SECRET: seed(),
  AZURE_STORAGE_KEY: seed(),
};
const [dockerPassword, secretVariable, secretSetting] = [seed(), seed(), seed()];

let searcher: Searcher;
let program: Program;
let outputs: StackOutputs;
/** What every command printed. */
const printed: string[] = [];
/** The only place for temporary files. */
let temporary: string;
/** Environments of the processes that `git` and the base image's tools would be. */
let children: string;
/** Docker's configuration. */
let docker: string;

beforeAll(async () => {
  const { personalAccessToken } = localCloud().azureDevOps;
  searcher = new Searcher({ ...environment, personalAccessToken, dockerPassword, secretVariable, secretSetting });
  temporary = mkdtempSync(join(tmpdir(), "secrets-"));
  children = mkdtempSync(join(tmpdir(), "children-"));
  docker = mkdtempSync(join(tmpdir(), "docker-"));
  program = Program.open({
    cloud: localCloudDirectory(),
    stack: "secrets",
    settings: {
      "job-container:registry": { kind: "new", name: "secretsacr" },
      "job-container:serviceConnection": { name: "secrets-acr" },
      "job-container:pipelineFolder": "\\secrets",
    },
    environment: { ...environment, TMPDIR: temporary },
  });
  recordEnvironmentOf("git");
  addDockerLogin();
  await command("stack", "init", "secrets");
  // In the stack's settings, where a provider's secrets may be as well.
  await command("config", "set", "--secret", "azuredevops:clientSecret", secretSetting, "--stack", "secrets");
});
afterAll(() => {
  program.remove();
  for (const folder of [temporary, children, docker]) rmSync(folder, { recursive: true });
});

/** Puts a program on PATH in the place of another, which writes down its environment and goes on as that. */
function recordEnvironmentOf(name: string): void {
  const bin = join(children, "bin");
  mkdirSync(bin);
  const { PATH = "" } = program.environment;
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\nenv > '${children}/${name}.'$$\nPATH='${PATH}' exec ${name} "$@"\n`);
  chmodSync(file, 0o755);
  program.environment.PATH = [bin, PATH].join(delimiter);
}

/** A login for another registry, in the form that `docker login` leaves without a helper. */
function addDockerLogin(): void {
  const auth = Buffer.from(`somebody:${dockerPassword}`).toString("base64");
  const config = JSON.parse(readFileSync(join(layoutOf(localCloudDirectory()).docker, "config.json"), "utf8"));
  writeFileSync(join(docker, "config.json"), JSON.stringify({ ...config, auths: { "registry.example": { auth } } }));
  program.environment.DOCKER_CONFIG = docker;
}

async function succeeded(running: Promise<Ended>): Promise<Ended> {
  const ended = await running;
  printed.push(ended.output);
  if (ended.exitCode !== 0) throw new Error(`the command ended with ${ended.exitCode}:\n${ended.output}`);
  return ended;
}

const command = (...args: string[]) => succeeded(program.pulumi(...args));
const env = (...args: string[]) => succeeded(program.jobContainer(["env", ...args]));

/** What is not written by a deployment, or is searched as an image's layers already. */
const others = /\/node_modules$|\/pulumi\/(plugins|versions)$|\/public-registry$|\/buildkit\/.*\/snapshots$/;

/** Where secrets are in what the program's folder and the local cloud's keep. */
function leaks(): string[] {
  const { directory, settings, variables } = layoutOf(localCloudDirectory());
  // The local cloud's own token is in its settings and in what it tells commands, which only their owner can read.
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const isLeftOut = (path: string) => path === settings || path === variables || others.test(path);
  return [program.directory, directory, temporary, children].flatMap((folder) => searcher.below(folder, isLeftOut));
}

test("the search finds a secret as it is, as a password in Base64, and in what is packed", () => {
  const { GITHUB_TOKEN: secret } = environment;
  const written = [
    secret,
    Buffer.from(`:${secret}`).toString("base64"),
    Buffer.from(`me:${secret}\n`).toString("base64"),
  ];
  for (const form of written) expect(searcher.in(unpacked(gzipSync(`a ${form} b`)))).toEqual(["GITHUB_TOKEN"]);
  expect(searcher.in(secret.slice(1))).toEqual([]);
});

test("up, a preview and its JSON: nothing secret is printed", async () => {
  await succeeded(program.up());
  await command("preview", "--diff", "--stack", "secrets");
  await command("preview", "--json", "--stack", "secrets");
  outputs = await program.outputs();
  printed.push(JSON.stringify(outputs), await program.succeed("stack", "export", "--stack", "secrets"));
  expect(searcher.in(printed.join("\n"))).toEqual([]);
});

test("a branch environment: nothing secret is printed", async () => {
  await pushBranch(program.directory, branch);
  await env("up", "--branch", branch);
  await env("list", "--json");
  await env("preview", "--branch", branch);
  expect(searcher.in(printed.join("\n"))).toEqual([]);
});

test("the image has no secret in its configuration and its layers", async () => {
  const { loginServer } = outputs.registry;
  const { repository } = outputs.image;
  expect(searcher.in(JSON.stringify(await imageConfig(loginServer, repository, "latest")))).toEqual([]);
  const layers = await layersOf(loginServer, repository, "latest");
  // All at once: a connection that waits while one is searched would be closed.
  const contents = await Promise.all(layers.map(({ content }) => content()));
  for (const content of contents) expect(searcher.in(unpacked(content))).toEqual([]);
});

test("a pipeline's secret variable is in no log, and in no answer about the definition", async () => {
  const yaml = `steps:\n- bash: 'echo "with $TOKEN"; echo "$TOKEN" | rev | rev'\n  env: {TOKEN: $(token)}\n`;
  const file = join(program.directory, "pipelines/secret.yml");
  writeFileSync(file, yaml);
  await pushBranch(program.directory, branch);
  const api = await azureDevOps().getBuildApi();
  const { id: repositoryId } = await (await azureDevOps().getGitApi()).getRepository("diabetes_regression", project);
  const definition = await api.createDefinition(
    {
      name: "secrets",
      repository: { id: repositoryId, type: "TfsGit", defaultBranch: `refs/heads/${branch}` },
      process: Object.assign({ type: 2 }, { yamlFilename: "pipelines/secret.yml" }),
      variables: { token: { value: secretVariable, isSecret: true } },
    },
    project,
  );
  const { id = 0 } = await api.queueBuild({ definition: { id: definition.id } }, project);
  while ((await api.getBuild(project, id)).status !== BuildStatus.Completed) await sleep(200);
  const logs = await api.getBuildLogs(project, id);
  const lines = await Promise.all(logs.map((log) => api.getBuildLogLines(project, id, log.id ?? 0)));
  const text = lines.flat().join("\n");
  expect(text).toContain("with ***");
  expect(searcher.in(text)).toEqual([]);
  expect(searcher.in(JSON.stringify(await api.getDefinition(project, definition.id ?? 0)))).toEqual([]);
  await api.deleteDefinition(project, definition.id ?? 0);
  rmSync(file);
});

test("the local cloud's processes have no secret in their environment, and neither has git", () => {
  for (const { name, pid } of localCloud().processes) {
    expect([name, searcher.in(readFileSync(`/proc/${pid}/environ`))]).toEqual([name, []]);
  }
  expect(readdirSync(children).filter((name) => name.startsWith("git."))).not.toEqual([]);
  expect(searcher.below(children)).toEqual([]);
});

test("nothing secret is in a file: state, settings, logs, runs, registries, temporary files", async () => {
  await env("destroy", "--branch", branch);
  expect(leaks()).toEqual([]);
});

test("Pulumi's own log at its most verbose has the stack's secret settings, and no secret of the environment", async () => {
  const { exitCode, output } = await program.pulumi("preview", "-v=9", "--logtostderr", "--stack", "secrets");
  expect(exitCode).toBe(0);
  // Pulumi's doing, which SECURITY.md warns of: should it end, the warning can go.
  expect(searcher.in(output)).toEqual(["secretSetting"]);
});
