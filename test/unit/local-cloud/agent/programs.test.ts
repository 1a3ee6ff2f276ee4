import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrograms } from "../../../../local-cloud/agent/equipment";
import {
  azureDevOpsAudience,
  deployer,
  graphAudience,
  managementAudience,
  operator,
  previewer,
  subscriptionId,
  tenantId,
} from "../../../../local-cloud/cloud/identity";
import { LocalAzure } from "../../support/local-azure";

const trusted = { issuer: "https://login.microsoftonline.com/tenant/v2.0", subject: "/eid1/c/pub/sc/1" };
const audiences = ["api://AzureADTokenExchange"];

let programs: string;
let home: string;
let azure: LocalAzure;
let buildkit: Server;
beforeAll(async () => {
  programs = mkdtempSync(join(tmpdir(), "agent-programs-"));
  await writePrograms(programs, { azure: "http://127.0.0.1:1", buildkit: "tcp://127.0.0.1:2" });
});
afterAll(() => rmSync(programs, { recursive: true }));
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "agent-home-"));
  azure = await LocalAzure.start();
  buildkit = createServer().listen(0, "127.0.0.1");
  await once(buildkit, "listening");
});
afterEach(async () => {
  await azure.stop();
  buildkit.close();
  rmSync(home, { recursive: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program as its launcher does, with an address of its own. */
function run(name: string, address: string, args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(programs, `${name}.js`), address, ...args],
      { env: { HOME: home } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const az = (...args: string[]) => run("az", `http://${azure.address}`, args);

/** Microsoft Graph's list of whose tokens an application takes. */
async function graph(method: string, path: string, body?: object, who = operator) {
  const token = await azure.tokens.issueAzureToken(who, graphAudience);
  return azure.fetch(`/v1.0/applications(appId='${deployer.clientId}')/federatedIdentityCredentials${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  });
}

const trust = () => graph("POST", "", { name: "devops", ...trusted, audiences });

async function login(...options: string[]): Promise<Ended> {
  const who = ["--service-principal", "-u", deployer.clientId, "--tenant", tenantId, "--allow-no-subscriptions"];
  return az("login", ...who, "--federated-token", await azure.tokens.issueFederatedToken(trusted), ...options);
}

test("the launchers run them with the agent's own Node", () => {
  expect(readFileSync(join(programs, "az"), "utf8")).toBe(
    '#!/bin/sh\nexec /__a/externals/node/bin/node /opt/local-cloud/bin/az.js http://127.0.0.1:1 "$@"\n',
  );
});

describe("az", () => {
  test("signs an application in by a token that it trusts, and gives tokens for whatever is asked", async () => {
    await trust();
    const { code, stdout } = await login();
    expect({ code, accounts: JSON.parse(stdout) }).toMatchObject({
      ...{
        code: 0,
        accounts: [{ id: subscriptionId, name: "Local cloud", isDefault: true, user: { name: deployer.clientId } }],
      },
    });
    const shown = await az("account", "show", "--query", "user.name", "-o", "tsv");
    expect(shown.stdout).toBe(`${deployer.clientId}\n`);
    const token = (await az("account", "get-access-token", "--query", "accessToken", "--output", "tsv")).stdout.trim();
    expect(await azure.tokens.verifyAzureToken(token, managementAudience)).toMatchObject({ oid: deployer.objectId });
    const devOps = JSON.parse((await az("account", "get-access-token", "--resource", azureDevOpsAudience)).stdout);
    expect(devOps).toMatchObject({ tokenType: "Bearer", tenant: tenantId, subscription: subscriptionId });
    await azure.tokens.verifyAzureToken(devOps.accessToken, azureDevOpsAudience);
    expect((await az("account", "clear")).code).toBe(0);
    expect(await az("account", "show")).toMatchObject({
      ...{ code: 1, stderr: "ERROR: Please run 'az login' to setup account.\n" },
    });
  });

  test("is refused as Entra ID refuses, and then nobody is signed in", async () => {
    expect(await login("--output", "none")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ERROR: AADSTS70025: The client '.*' has no configured federated identity/),
    });
    await graph("POST", "", { name: "other", ...trusted, subject: "/other", audiences });
    expect((await login()).stderr).toContain("AADSTS700213");
    expect((await az("account", "show")).code).toBe(1);
  });

  test("sets the subscription by id or name, and no other than there is", async () => {
    await trust();
    expect((await login("--output", "none")).stdout).toBe("");
    expect((await az("account", "set", "--subscription", "local cloud")).code).toBe(0);
    expect((await az("account", "set", "-s", "none")).stderr).toBe(
      "ERROR: The subscription of 'none' doesn't exist in cloud 'AzureCloud'.\n",
    );
    expect((await az("cloud", "set", "-n", "AzureCloud")).code).toBe(0);
    expect((await az("cloud", "set", "-n", "AzureChinaCloud")).stderr).toContain("is not registered");
  });

  test("signs Docker in to a registry, and says of one that it does not see that there is none", async () => {
    const registry = createServer((_request, response) => response.end(JSON.stringify({ refresh_token: "refresh" })));
    await once(registry.listen(0, "127.0.0.1"), "listening");
    const loginServer = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    azure.registries.create = async () => loginServer;
    await azure.createRegistry(await azure.createGroup(), "mlopsregistry");
    await trust();
    await login();
    try {
      expect((await az("acr", "login", "--name", "mlopsregistry")).stdout).toBe("Login Succeeded\n");
      const { auths } = JSON.parse(readFileSync(join(home, ".docker/config.json"), "utf8"));
      const signedIn = Buffer.from(auths[loginServer].auth, "base64").toString();
      expect(signedIn).toBe("00000000-0000-0000-0000-000000000000:refresh");
      const exposed = await az(
        "acr",
        "login",
        "-n",
        "mlopsregistry",
        "--expose-token",
        "--query",
        "accessToken",
        "-o",
        "tsv",
      );
      expect(exposed.stdout).toBe("refresh\n");
      expect((await az("acr", "login", "--name", "other")).stderr).toContain("The resource with name 'other' and type");
    } finally {
      registry.close();
    }
  });

  test.each([
    [["storage", "blob", "list"], "does not know the command 'storage blob list'. It knows login, logout"],
    [["account", "show", "--all"], "does not do this with 'account show': Unknown option '--all'"],
    [["login", "--identity"], "does not do this with 'login': Unknown option '--identity'"],
    [["login"], "signs in service principals only"],
    [["login", "--service-principal", "-u", "a"], "the following arguments are required: --tenant"],
  ])("refuses %j by name", async (args, message) => {
    expect(await az(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  test.each([
    ["--output", "table", "does not print --output table"],
    ["--query", "[].id", "takes names with dots between them for --query"],
  ])("prints nothing with %s %s", async (option, value, message) => {
    await trust();
    await login();
    expect(await az("account", "show", option, value)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining(message) },
    });
  });
});

describe("Microsoft Graph", () => {
  test("lists what an application trusts, and forgets it", async () => {
    const { status, body } = await trust();
    expect({ status, body }).toMatchObject({ status: 201, body: { name: "devops", ...trusted, audiences } });
    expect((await trust()).status).toBe(409);
    expect((await graph("GET", "")).body.value).toHaveLength(1);
    expect((await graph("DELETE", `/${body.id}`)).status).toBe(204);
    expect((await graph("DELETE", `/${body.id}`)).status).toBe(404);
    expect((await login()).stderr).toContain("AADSTS70025");
  });

  test("is the owner's only, and wants what it needs", async () => {
    expect((await graph("GET", "", undefined, previewer)).body.error.code).toBe("Authorization_RequestDenied");
    expect((await graph("POST", "", { name: "a", ...trusted, audiences: [] })).status).toBe(400);
    const none = await azure.fetch("/v1.0/applications(appId='x')/federatedIdentityCredentials");
    expect(none.body.error.code).toBe("InvalidAuthenticationToken");
  });
});

describe("docker", () => {
  const docker = (...args: string[]) => {
    const { port } = buildkit.address() as AddressInfo;
    return run("docker", `tcp://127.0.0.1:${port}`, args);
  };

  test("makes a builder, which is the local cloud's BuildKit, and uses it", async () => {
    const { code, stdout, stderr } = await docker(
      ...["buildx", "create", "--use", "--bootstrap", "--driver-opt", "image=moby/buildkit:v0.34.0"],
    );
    const name = stdout.trim();
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("pulling image moby/buildkit:v0.34.0"),
    });
    const file = (path: string) => JSON.parse(readFileSync(join(home, ".docker/buildx", path), "utf8"));
    expect(file(`instances/${name}`)).toMatchObject({
      Driver: "remote",
      Nodes: [{ Endpoint: expect.stringMatching(/^tcp:/) }],
    });
    expect(file("current")).toMatchObject({ Name: name });
  });

  test("makes none of a name that there is, nor one that does not answer", async () => {
    await docker("buildx", "create", "--name", "mine");
    expect((await docker("buildx", "create", "--name", "mine")).stderr).toContain('existing instance for "mine"');
    expect(readdirSync(join(home, ".docker/buildx"))).toEqual(["instances"]);
    expect((await run("docker", "tcp://127.0.0.1:1", ["buildx", "create", "--bootstrap"])).stderr).toContain(
      "BuildKit does not answer at tcp://127.0.0.1:1",
    );
  });

  test.each([
    [["build", "."], "does not know the command 'docker build .'"],
    [["buildx", "create", "--driver", "kubernetes"], "of the driver docker-container only, not of kubernetes"],
    [["buildx", "create", "--driver-opt", "network=host"], "does not know the driver option network"],
    [["buildx", "create", "--platform", "linux/arm64"], "Unknown option '--platform'"],
  ])("refuses %j by name", async (args, message) => {
    expect(await docker(...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});
