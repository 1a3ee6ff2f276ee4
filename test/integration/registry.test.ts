import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { sign } from "jsonwebtoken";
import { managementAudience, TokenIssuer, tenantId } from "../../local-cloud/cloud/identity";
import { type Ports, portsFrom } from "../../local-cloud/cloud/layout";
import { isFree, isListening, isRunning } from "../../local-cloud/processes/process";
import { noRegistries, Registries, registriesForm } from "../../local-cloud/registry/host";
import { startPublicRegistry } from "../../local-cloud/registry/public";
import { pushTarballs } from "../../local-cloud/registry/push";
import { blobFile } from "../../local-cloud/registry/repository-files";
import type { IsAllowed, RegistryAction } from "../../local-cloud/registry/token-service";
import { Store } from "../../local-cloud/state/store";
import { installToolchain } from "../../local-cloud/toolchain";
import { reservePorts } from "../support/ports";
import { digestOf, RegistryClient } from "./support/registry-client";

const issuer = "http://127.0.0.1/tenant";
const nullUser = "00000000-0000-0000-0000-000000000000";
const idOf = (name: string) =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/${name}`;

/** Who may do what, as role assignments would say; tests may change it. */
const roles: Record<string, RegistryAction[]> = {
  pusher: ["pull", "push"],
  puller: ["pull", "catalog"],
  owner: ["pull", "push", "delete", "catalog"],
};
const isAllowed: IsAllowed = (principal, _resource, action) => roles[principal]?.includes(action) ?? false;

/** Registries that answer in a network of their own only. */
const notPublic = new Set<string>();

let ports: Ports;
let directory: string;
let keysFile: string;
let executable: string;
let tokens: TokenIssuer;
let registries: Registries;
let client: RegistryClient;

const azureToken = (principal: string) =>
  tokens.issueAzureToken({ objectId: principal, clientId: `client of ${principal}` }, managementAudience);

function openRegistries(): Registries {
  const store = new Store(join(directory, "state/registries.json"), registriesForm, noRegistries);
  return new Registries({
    ...{ store, directory, executable, tokens, isAllowed, ports: ports.registries },
    isPublic: (resourceId) => !notPublic.has(resourceId),
    takesManagementTokens: () => true,
  });
}

beforeAll(async () => {
  ports = portsFrom(await reservePorts());
  directory = mkdtempSync(join(tmpdir(), "registry-"));
  keysFile = join(directory, "keys.json");
  tokens = await TokenIssuer.open(keysFile, issuer);
  executable = (await installToolchain()).registry;
  registries = openRegistries();
  client = new RegistryClient(await registries.create("mlopscr", idOf("mlopscr")), azureToken);
}, 1_800_000);

afterAll(async () => {
  await registries.stop();
  rmSync(directory, { recursive: true });
});

async function expectUnauthorized(response: Response): Promise<void> {
  expect(response.status).toBe(401);
  const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
  expect(errors[0]?.code).toBe("UNAUTHORIZED");
  expect(errors[0]?.message).toMatch(/^authentication required/);
}

describe("a registry honours roles", () => {
  test("a request without a token is sent to the registry's own token service", async () => {
    const response = await client.call("GET", "/v2/mlops/model/manifests/latest");
    await expectUnauthorized(response);
    expect(response.headers.get("www-authenticate")).toBe(
      `Bearer realm="http://${client.server}/oauth2/token",service="${client.server}",scope="repository:mlops/model:pull"`,
    );
  });

  test("who may push pushes, and who may pull pulls it, byte for byte", async () => {
    const layer = randomBytes(5_000_000);
    const pushed = await client.pushImage("pusher", "mlops/model", "latest", layer);
    expect(pushed.response.status).toBe(201);
    expect(new URL(pushed.response.headers.get("location") ?? "").host).toBe(client.server);

    const token = await client.accessToken("puller", "repository:mlops/model:pull");
    const head = await client.call("HEAD", "/v2/mlops/model/manifests/latest", token);
    expect(head.headers.get("docker-content-digest")).toBe(pushed.digest);
    const path = `/v2/mlops/model/blobs/${digestOf(layer)}`;
    const blob = await client.call("GET", path, token);
    expect(Buffer.from(await blob.arrayBuffer()).equals(layer)).toBe(true);
    const headers = { authorization: `Bearer ${token}`, range: "bytes=10-19" };
    const range = await fetch(`http://${client.server}${path}`, { headers });
    expect(range.status).toBe(206);
    expect(Buffer.from(await range.arrayBuffer()).equals(layer.subarray(10, 20))).toBe(true);
  });

  test("a layer that BuildKit has as well is on the disk once", async () => {
    const layer = randomBytes(100_000);
    const hash = digestOf(layer).slice("sha256:".length);
    const content = join(directory, "buildkit/runc-overlayfs/content/blobs/sha256");
    mkdirSync(content, { recursive: true });
    writeFileSync(join(content, hash), layer);
    expect((await client.pushImage("pusher", "mlops/once", "latest", layer)).response.status).toBe(201);
    const stored = blobFile(join(directory, "registries/mlopscr"), digestOf(layer));
    expect(statSync(stored).ino).toBe(statSync(join(content, hash)).ino);
  });

  test("a layer may be streamed without its length being known, and a client may go away half way", async () => {
    const token = await client.accessToken("pusher", "repository:mlops/chunked:pull,push");
    const parts = [randomBytes(300_000), randomBytes(300_000)];
    const upload = async (body: ReadableStream, signal?: AbortSignal) => {
      const started = await client.call("POST", "/v2/mlops/chunked/blobs/uploads/", token);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/octet-stream" };
      return fetch(started.headers.get("location") ?? "", { method: "PATCH", headers, body, duplex: "half", signal });
    };
    const leaving = AbortSignal.timeout(200);
    const unfinished = new ReadableStream({
      async pull(controller) {
        await sleep(10);
        if (leaving.aborted) controller.close();
        else controller.enqueue(parts[0]);
      },
    });
    await expect(upload(unfinished, leaving)).rejects.toThrow("aborted");

    const patched = await upload(ReadableStream.from(parts));
    expect(patched.status).toBe(202);
    expect(patched.headers.get("range")).toBe("0-599999");
    const end = `${patched.headers.get("location")}&digest=${encodeURIComponent(digestOf(Buffer.concat(parts)))}`;
    expect((await client.call("PUT", end, token)).status).toBe(201);
  });

  test("who may only pull gets no push out of the token service, and the registry refuses", async () => {
    await expectUnauthorized((await client.pushImage("puller", "mlops/model", "latest")).response);
  });

  test("a push refused before its end is answered, not cut off", async () => {
    const token = await client.accessToken("puller", "repository:mlops/model:pull");
    const path = "/v2/mlops/model/blobs/uploads/x";
    await expectUnauthorized(await client.call("PUT", path, token, randomBytes(3_000_000)));
  });

  test("a token for one repository opens no other", async () => {
    const token = await client.accessToken("pusher", "repository:mlops/model:pull,push");
    await expectUnauthorized(await client.pushBlob("mlops/other", Buffer.from("x"), token));
  });

  test("who may push may not delete; who may delete does", async () => {
    const { digest } = await client.pushImage("pusher", "mlops/old", "1");
    const path = `/v2/mlops/old/manifests/${digest}`;
    const pusher = await client.accessToken("pusher", "repository:mlops/old:delete");
    await expectUnauthorized(await client.call("DELETE", path, pusher));
    const owner = await client.accessToken("owner", "repository:mlops/old:pull,delete");
    expect((await client.call("DELETE", path, owner)).status).toBe(202);
    expect((await client.call("HEAD", path, owner)).status).toBe(404);
  });

  test("who has no role gets no refresh token", async () => {
    await expectUnauthorized(await client.exchange(await azureToken("stranger")));
  });

  test("a role taken away counts at once, whatever tokens are left", async () => {
    roles.leaver = ["pull"];
    const token = await client.refreshToken("leaver");
    expect((await client.token(token, "repository:mlops/model:pull")).status).toBe(200);
    delete roles.leaver;
    await expectUnauthorized(await client.token(token, "repository:mlops/model:pull"));
  });

  test("the catalog is for those who may list it", async () => {
    expect(await client.catalog("puller")).toContain("mlops/model");
    const token = await client.accessToken("pusher", "registry:catalog:*");
    await expectUnauthorized(await client.call("GET", "/v2/_catalog", token));
  });
});

test("a registry without public network access answers nobody from outside, whatever their role", async () => {
  notPublic.add(idOf("mlopscr"));
  try {
    for (const path of ["/v2/", "/oauth2/token", "/acr/v1/_catalog"]) {
      const response = await fetch(`http://${client.server}${path}`);
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({
        errors: [
          { code: "DENIED", message: expect.stringMatching(/^client with IP '127.0.0.1' is not allowed access/) },
        ],
      });
    }
    await expect(client.refreshToken("owner")).rejects.toThrow(/403/);
  } finally {
    notPublic.delete(idOf("mlopscr"));
  }
  expect(await client.refreshToken("owner")).toEqual(expect.any(String));
});

describe("signing in as Docker does", () => {
  const basic = (user: string, password: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
  });
  const url = () => `http://${client.server}/oauth2/token?service=${client.server}&scope=repository:mlops/model:pull`;

  test("a refresh token is the null user's password, in a form and in a header", async () => {
    const password = await client.refreshToken("puller");
    const form = await client.postForm("/oauth2/token", {
      grant_type: "password",
      service: client.server,
      scope: "repository:mlops/old:pull repository:mlops/model:pull",
      username: nullUser,
      password,
    });
    for (const response of [form, await fetch(url(), basic(nullUser, password))]) {
      const { access_token } = (await response.json()) as { access_token: string };
      expect((await client.call("GET", "/v2/mlops/model/tags/list", access_token)).status).toBe(200);
    }
  });

  test("anonymous pull and the admin user are off", async () => {
    await expectUnauthorized(await fetch(url()));
    await expectUnauthorized(await fetch(url(), basic("mlopscr", "password")));
  });

  test("a password that is no refresh token is refused, an access token among them", async () => {
    for (const password of ["guess", await client.accessToken("puller", "repository:mlops/model:pull")])
      await expectUnauthorized(await fetch(url(), basic(nullUser, password)));
  });
});

describe("tokens that are not good", () => {
  const claims = { oid: "owner", tid: tenantId };
  const options = { algorithm: "RS256", issuer, audience: managementAudience, expiresIn: 60 } as const;
  const ownKey = () => (JSON.parse(readFileSync(keysFile, "utf8")) as { privateKey: string }).privateKey;

  test("forged: signed with another key, or not at all", async () => {
    const other = await TokenIssuer.open(join(directory, "other-keys.json"), issuer);
    const identity = { objectId: "owner", clientId: "client" };
    await expectUnauthorized(await client.exchange(await other.issueAzureToken(identity, managementAudience)));
    await expectUnauthorized(await client.exchange(sign(claims, null, { ...options, algorithm: "none" })));
    const access = [{ type: "registry", name: "catalog", actions: ["*"] }];
    const token = await other.issueAccessToken("owner", client.server, access);
    await expectUnauthorized(await client.call("GET", "/v2/_catalog", token));
  });

  test("expired", async () => {
    expect((await client.exchange(sign(claims, ownKey(), options))).status).toBe(200);
    await expectUnauthorized(await client.exchange(sign(claims, ownKey(), { ...options, expiresIn: -120 })));
  });

  test("for another audience, tenant or issuer", async () => {
    const others = [
      sign(claims, ownKey(), { ...options, audience: "https://vault.azure.net" }),
      sign({ ...claims, tid: "another" }, ownKey(), options),
      sign(claims, ownKey(), { ...options, issuer: "https://elsewhere" }),
    ];
    for (const token of others) await expectUnauthorized(await client.exchange(token));
  });

  test("for another service or tenant than this registry's", async () => {
    const token = await azureToken("owner");
    await expectUnauthorized(await client.exchange(token, { service: "other.azurecr.io" }));
    await expectUnauthorized(await client.exchange(token, { tenant: "another" }));
  });

  test("none, a deprecated kind, and what this registry does not serve", async () => {
    expect((await client.exchange("")).status).toBe(400);
    expect((await client.exchange("x", { grant_type: "refresh_token" })).status).toBe(400);
    expect((await client.call("GET", "/oauth2/exchange")).status).toBe(404);
    for (const path of ["/acr/v2/_catalog", "//"])
      expect((await fetch(`http://${client.server}${path}`)).status).toBe(404);
  });
});

describe("several registries", () => {
  test("neither content nor tokens of one are good at another; removing one leaves the other", async () => {
    const second = new RegistryClient(await registries.create("secondcr", idOf("secondcr")), azureToken);
    expect(await registries.create("SecondCR", idOf("secondcr"))).toBe(second.server);
    await expect(registries.create("secondcr", idOf("elsewhere"))).rejects.toThrow("belongs to");

    await second.pushImage("pusher", "mlops/only-here", "1");
    expect(await second.catalog("puller")).toEqual(["mlops/only-here"]);
    expect(await client.catalog("puller")).not.toContain("mlops/only-here");
    const foreign = await client.accessToken("puller", "registry:catalog:*");
    await expectUnauthorized(await second.call("GET", "/v2/_catalog", foreign));
    await expectUnauthorized(await second.token(await client.refreshToken("owner"), "registry:catalog:*"));

    await registries.remove("secondcr");
    await registries.remove("secondcr");
    expect(await isListening(Number(second.server.split(":")[1]))).toBe(false);
    expect(registries.list().map(({ name }) => name)).toEqual(["mlopscr"]);
    expect(await registries.create("secondcr", idOf("secondcr"))).toBe(second.server);
    expect(await second.catalog("puller")).toEqual([]);
    await registries.remove("secondcr");
  });

  test("a restart keeps the addresses and the content, and a stop leaves nothing running", async () => {
    const { digest } = await client.pushImage("pusher", "mlops/kept", "1");
    const processes = registries.processes();
    expect(processes.map(({ name }) => name)).toEqual(["registry mlopscr"]);
    await registries.stop();
    expect(processes.filter(isRunning)).toEqual([]);
    expect(await isFree(Number(client.server.split(":")[1]))).toBe(true);

    registries = openRegistries();
    await registries.start();
    expect(registries.list()).toEqual([{ name: "mlopscr", loginServer: client.server }]);
    const token = await client.accessToken("puller", "repository:mlops/kept:pull");
    const head = await client.call("HEAD", "/v2/mlops/kept/manifests/1", token);
    expect(head.headers.get("docker-content-digest")).toBe(digest);
  });
});

describe("the public registry", () => {
  test("takes an image made of tarballs, and gives it to anybody", async () => {
    const registry = await startPublicRegistry({ directory, executable, port: ports.publicRegistry });
    const address = `127.0.0.1:${ports.publicRegistry}`;
    try {
      const tars = [randomBytes(2_000_000), randomBytes(1000)];
      const files = [join(directory, "base.tar"), join(directory, "top.tar.gz")];
      writeFileSync(join(directory, "base.tar"), tars[0] ?? "");
      writeFileSync(join(directory, "top.tar.gz"), gzipSync(tars[1] ?? ""));
      const push = () => pushTarballs(address, "mambaorg/micromamba", "1", files, { Env: ["A=b"] });
      const digest = await push();
      expect(await push()).toBe(digest);

      const anonymous = new RegistryClient(address, azureToken);
      const get = async (path: string) => {
        const response = await anonymous.call("GET", `/v2/mambaorg/micromamba/${path}`);
        return Buffer.from(await response.arrayBuffer());
      };
      const manifest = await get("manifests/1");
      expect(digestOf(manifest)).toBe(digest);
      const { config, layers } = JSON.parse(manifest.toString()) as Record<"config", { digest: string }> &
        Record<"layers", { digest: string; size: number }[]>;
      const blobs = await Promise.all(layers.map((layer) => get(`blobs/${layer.digest}`)));
      expect(blobs.map((blob) => blob.length)).toEqual(layers.map(({ size }) => size));
      expect(blobs.map((blob) => gunzipSync(blob).equals(tars[blobs.indexOf(blob)] ?? blob))).toEqual([true, true]);
      expect(JSON.parse((await get(`blobs/${config.digest}`)).toString())).toMatchObject({
        os: "linux",
        config: { Env: ["A=b"] },
        rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
      });
    } finally {
      await registry.stop();
    }
  });
});
