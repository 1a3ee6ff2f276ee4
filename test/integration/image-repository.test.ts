import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { operator, subscriptionId, tenantId } from "../../local-cloud/cloud/identity";
import { Repository } from "../../src/image/repository";
import { type Ended, Program } from "../support/program";
import { armOk, registry as clientOf } from "./support/far-side";
import { localCloudDirectory } from "./support/local-cloud";
import { useOwnCloud } from "./support/own-cloud";
import { digestOf } from "./support/registry-client";

// They take away a role that everything in a local cloud is made with.
useOwnCloud();

const group = "/resourceGroups/rg-image-repository";
const registries = `${group}/providers/Microsoft.ContainerRegistry/registries`;
const repositoryContributor = "2efddaa5-3f1f-4df3-97df-af3f13818f4c";
const repositoryWriter = "2a1e307c-b015-4ebd-883e-5b7698a07328";

const base = "mlops/diabetes_regression";
const branch = `${base}/tensorflow`;

/** A program that owns a repository and nothing else. Files in its folder make it wait before or after the deletion. */
const source = `
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { ImageRepository } from "./components/image-repository";

const waitWhile = (file: string) =>
  new pulumi.ResourceHook(file, async () => {
    if (existsSync(file)) writeFileSync("waiting", "");
    while (existsSync(file)) await sleep(50);
  });
const [before, after] = [waitWhile("wait-before"), waitWhile("wait-after")];
const config = new pulumi.Config("test");
const repository = new ImageRepository(
  "repository",
  {
    registry: { loginServer: config.require("loginServer") },
    repository: config.require("repository"),
    tenantId: ${JSON.stringify(tenantId)},
  },
  {
    transformations: [
      ({ type, props, opts }) => {
        if (type !== "pulumi:index:Stash") return undefined;
        const { hooks } = opts as pulumi.CustomResourceOptions;
        const beforeDelete = [before, ...(hooks?.beforeDelete ?? []), after];
        return { props, opts: { ...opts, hooks: { ...hooks, beforeDelete } } };
      },
    ],
  },
);
export const name = repository.name;
`;

let loginServer: string;
let program: Program;

beforeAll(async () => {
  await armOk("PUT", group, "2024-03-01", { location: "westeurope" });
  loginServer = await createRegistry("imagerepositoryacr", {});
  program = await Program.create({ cloud: localCloudDirectory(), stack: "image-repository" });
  writeFileSync(join(program.directory, "index.ts"), source);
});
afterAll(() => program.remove());

async function createRegistry(name: string, properties: object): Promise<string> {
  const body = { location: "westeurope", sku: { name: "Basic" }, properties };
  const created = await armOk("PUT", `${registries}/${name}`, "2025-04-01", body);
  return String(created.properties?.loginServer);
}

async function up(repository: string, server = loginServer): Promise<Ended> {
  program.configure({ "test:loginServer": server, "test:repository": repository });
  return program.up();
}

async function upAndOk(repository: string, server = loginServer): Promise<void> {
  const { exitCode, output } = await up(repository, server);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
}

const destroy = () => program.pulumi("destroy", "--yes", "--run-program", "--skip-preview", "--stack", program.stack);

async function destroyAndOk(): Promise<void> {
  const { exitCode, output } = await destroy();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(await program.resources()).toEqual([]);
}

async function expectStillOwned(): Promise<void> {
  const resources = (await program.resources()).map(({ type, name }) => ({ type, name }));
  expect(resources).toContainEqual({ type: "pulumi:index:Stash", name: "repository" });
}

/** Pushes as a pipeline does. */
async function push(repository: string, tag: string, server = loginServer): Promise<void> {
  const { response } = await clientOf(server).pushImage(
    "operator",
    repository,
    tag,
    Buffer.from(`${repository}:${tag}`),
  );
  expect(response.status).toBe(201);
}

async function tagsOf(repository: string, server = loginServer): Promise<string[]> {
  const identityToken = await clientOf(server).refreshToken("operator");
  return new Repository({ registry: server, repository, login: { identityToken } }).tags();
}

/** All of a repository, byte for byte: the digest of each tag's manifest and of all that is in it. */
async function contentOf(repository: string): Promise<Record<string, string[]>> {
  const client = clientOf(loginServer);
  const token = await client.accessToken("operator", `repository:${repository}:pull`);
  const bytes = async (path: string) => {
    const response = await client.call("GET", `/v2/${repository}/${path}`, token);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };
  const content: Record<string, string[]> = {};
  for (const tag of await tagsOf(repository)) {
    const manifest = await bytes(`manifests/${tag}`);
    const { config, layers } = JSON.parse(manifest.toString()) as Record<"config", { digest: string }> &
      Record<"layers", { digest: string }[]>;
    const blobs = [config, ...layers].map(async ({ digest }) => digestOf(await bytes(`blobs/${digest}`)));
    content[tag] = [digestOf(manifest), ...(await Promise.all(blobs))];
  }
  return content;
}

async function lock(repository: string, deleteEnabled: boolean): Promise<void> {
  const client = clientOf(loginServer);
  const token = await client.accessToken("operator", `repository:${repository}:metadata_write`);
  const body = Buffer.from(JSON.stringify({ deleteEnabled }));
  const response = await client.call("PATCH", `/acr/v1/${repository}`, token, body, "application/json");
  expect(response.status).toBe(200);
}

describe("destroying", () => {
  const neighbours = [base, `${base}/tensor`, `${base}/tensorflow2`, `${branch}/deeper`];

  test("takes the tags that were pushed after up, and leaves every other repository as it is, byte for byte", async () => {
    for (const repository of neighbours) for (const tag of ["latest", "build-1"]) await push(repository, tag);
    const before = await Promise.all(neighbours.map(contentOf));
    await upAndOk(branch);
    const outputs = await program.succeed("stack", "output", "--json", "--stack", program.stack);
    expect(JSON.parse(outputs)).toEqual({ name: branch });
    for (const tag of ["latest", "build-7", "build-8"]) await push(branch, tag);
    expect(await tagsOf(branch)).toEqual(["build-7", "build-8", "latest"]);

    await destroyAndOk();
    expect(await tagsOf(branch)).toEqual([]);
    expect(await clientOf(loginServer).catalog("operator")).not.toContain(branch);
    expect(await Promise.all(neighbours.map(contentOf))).toEqual(before);
  });

  test("without the program is refused, and takes nothing", async () => {
    await upAndOk(branch);
    await push(branch, "latest");
    const { exitCode, output } = await program.destroy();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("--run-program");
    expect(await tagsOf(branch)).toEqual(["latest"]);
    await destroyAndOk();
  });

  test("a repository that nobody ever pushed to is done", async () => {
    await upAndOk(`${base}/never`);
    await destroyAndOk();
  });

  test("goes by the state, and not by what the settings say by now", async () => {
    await upAndOk(branch);
    await push(branch, "latest");
    await push("mlops/another", "latest");
    program.configure({ "test:loginServer": loginServer, "test:repository": "mlops/another" });
    await destroyAndOk();
    expect(await tagsOf(branch)).toEqual([]);
    expect(await tagsOf("mlops/another")).toEqual(["latest"]);
  });
});

describe("when the registry refuses", () => {
  // What the operator has on the whole subscription would speak for it in every registry.
  const everywhere = "/providers/Microsoft.Authorization/roleAssignments/c0ffee00-0000-4000-8000-000000000002";
  beforeAll(() => take(everywhere));
  afterAll(() => assign(repositoryContributor, everywhere));

  test("because of a lock, the stack keeps the repository, says why, and is destroyed once it is unlocked", async () => {
    await upAndOk(branch);
    await push(branch, "latest");
    await lock(branch, false);
    const { exitCode, output } = await destroy();
    expect(exitCode).not.toBe(0);
    expect(output).toContain("405 REGISTRY_DISALLOWED_OPERATION");
    expect(output).toContain(
      `az acr repository update --name ${loginServer} --repository ${branch} --delete-enabled true`,
    );
    expect(await tagsOf(branch)).toEqual(["latest"]);
    await expectStillOwned();

    await lock(branch, true);
    await destroyAndOk();
    expect(await tagsOf(branch)).toEqual([]);
  });

  test("because of a role, the stack keeps the repository, says which it takes, and is destroyed once it is given", async () => {
    const server = await createRegistry("imagerepositoryabac", { roleAssignmentMode: "AbacRepositoryPermissions" });
    const contributor = await assign(repositoryContributor);
    await upAndOk(branch, server);
    await push(branch, "latest", server);

    await take(contributor);
    const withoutAny = await destroy();
    expect(withoutAny.exitCode).not.toBe(0);
    expect(withoutAny.output).toMatch(/refused to sign in: 401 .*Container Registry Repository Contributor/);
    await expectStillOwned();

    const writer = await assign(repositoryWriter);
    const withWriter = await destroy();
    expect(withWriter.exitCode).not.toBe(0);
    expect(withWriter.output).toMatch(
      /does not let this identity delete \S+ \(401 UNAUTHORIZED.*Container Registry Repository Contributor/,
    );
    expect(await tagsOf(branch, server)).toEqual(["latest"]);
    await expectStillOwned();

    await take(writer);
    await assign(repositoryContributor);
    await destroyAndOk();
    expect(await tagsOf(branch, server)).toEqual([]);
  });

  /** @returns the assignment's path */
  async function assign(role: string, id = assignment(randomUUID())): Promise<string> {
    const definitions = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions`;
    const properties = { principalId: operator.objectId, roleDefinitionId: `${definitions}/${role}` };
    await armOk("PUT", id, "2022-04-01", { properties });
    return id;
  }

  function assignment(name: string): string {
    return `${registries}/imagerepositoryabac/providers/Microsoft.Authorization/roleAssignments/${name}`;
  }

  async function take(id: string): Promise<void> {
    await armOk("DELETE", id, "2022-04-01");
  }
});

describe("another name", () => {
  const [first, second] = [`${base}/first`, `${base}/second`];

  test("is another repository: the earlier one is deleted", async () => {
    await upAndOk(first);
    await push(first, "latest");
    expect(await program.preview()).toEqual([]);
    await upAndOk(second);
    expect(await tagsOf(first)).toEqual([]);
    await destroyAndOk();
  });

  test("cannot be taken back while the earlier repository has its images; it can be finished", async () => {
    await upAndOk(first);
    await push(first, "latest");
    await lock(first, false);
    expect((await up(second)).exitCode).not.toBe(0);
    await push(second, "latest");
    await lock(first, true);

    const { exitCode, output } = await up(first);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`has a repository ${first} already, which this stack did not make (in it: latest)`);
    expect([await tagsOf(first), await tagsOf(second)]).toEqual([["latest"], ["latest"]]);

    await upAndOk(second);
    expect([await tagsOf(first), await tagsOf(second)]).toEqual([[], ["latest"]]);
    await destroyAndOk();
    expect(await tagsOf(second)).toEqual([]);
  });
});

describe("killed in the middle and run again", () => {
  test.each([
    ["before the registry was asked", "wait-before", ["latest"]],
    ["after the registry had deleted it", "wait-after", []],
  ])("%s, a destroy ends with nothing left", async (_, wait, left) => {
    await upAndOk(branch);
    await push(branch, "latest");
    await killWhileWaiting(wait, ["destroy", "--run-program"]);
    expect(await tagsOf(branch)).toEqual(left);
    await expectStillOwned();

    await program.succeed("cancel", "--yes", "--stack", program.stack);
    await destroyAndOk();
    expect(await tagsOf(branch)).toEqual([]);
  });

  test("a replacement ends with the new repository alone, and so does destroy", async () => {
    const [first, second] = [`${base}/first`, `${base}/second`];
    await upAndOk(first);
    await push(first, "latest");
    program.configure({ "test:loginServer": loginServer, "test:repository": second });
    await killWhileWaiting("wait-before", ["up"]);
    await push(second, "latest");
    expect(await tagsOf(first)).toEqual(["latest"]);

    await program.succeed("cancel", "--yes", "--stack", program.stack);
    await upAndOk(second);
    expect(await tagsOf(first)).toEqual([]);
    expect(await tagsOf(second)).toEqual(["latest"]);
    await destroyAndOk();
    expect(await tagsOf(second)).toEqual([]);
  });

  /** Kills a command at once, without a chance to clean up, when it waits at a hook. */
  async function killWhileWaiting(file: string, command: string[]): Promise<void> {
    const [wait, waiting] = [file, "waiting"].map((name) => join(program.directory, name));
    if (wait === undefined || waiting === undefined) throw new Error("no files to wait for");
    writeFileSync(wait, "");
    const options = ["--yes", "--skip-preview", "--non-interactive", "--stack", program.stack];
    const child: ChildProcess = spawn("pulumi", [...command, ...options], {
      ...{ cwd: program.directory, env: program.environment, detached: true, stdio: "ignore" },
    });
    const ended = once(child, "exit");
    while (!existsSync(waiting) && child.exitCode === null) await sleep(50);
    expect(existsSync(waiting)).toBe(true);
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
    for (const each of [wait, waiting]) rmSync(each); // what is left of the program stops waiting, and ends
  }
});
