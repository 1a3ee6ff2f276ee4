import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { managementAudience, TokenIssuer } from "../../local-cloud/cloud/identity";
import { portsFrom } from "../../local-cloud/cloud/layout";
import { noRegistries, Registries, registriesForm } from "../../local-cloud/registry/host";
import type { IsAllowed, RegistryAction } from "../../local-cloud/registry/token-service";
import { Store } from "../../local-cloud/state/store";
import { installToolchain } from "../../local-cloud/toolchain";
import { deleteRepository } from "../../src/image/delete-repository";
import { attach } from "../../src/image/referrer";
import { Repository } from "../../src/image/repository";
import { reservePorts } from "../support/ports";
import { type Pushed, RegistryClient } from "./support/registry-client";

/** Who may do what, as role assignments would say. */
const roles: Record<string, RegistryAction[]> = {
  puller: ["pull"],
  deleter: ["delete"],
  owner: ["pull", "push", "delete", "catalog"],
};
const isAllowed: IsAllowed = (principal, _resource, action) => roles[principal]?.includes(action) ?? false;

const base = "mlops/diabetes_regression";
const branch = `${base}/tensorflow`;
/** Repositories that a careless deletion of the branch's could take with it. */
const neighbours = [base, `${base}/tensor`, `${base}/tensorflow2`, `${branch}/deeper`, "tensorflow"];

const path = (inside: string) => `/acr/v1/${inside}`;

let directory: string;
let tokens: TokenIssuer;
let registries: Registries;
let client: RegistryClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "registry-metadata-"));
  tokens = await TokenIssuer.open(join(directory, "keys.json"), "http://127.0.0.1/tenant");
  const store = new Store(join(directory, "state/registries.json"), registriesForm, noRegistries);
  const { registry: executable } = await installToolchain();
  const { registries: ports } = portsFrom(await reservePorts());
  registries = new Registries({
    store,
    directory,
    executable,
    ports,
    tokens,
    isAllowed,
    isPublic: () => true,
    takesManagementTokens: () => true,
  });
  const id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/mlopscr";
  const azureToken = (principal: string) =>
    tokens.issueAzureToken({ objectId: principal, clientId: principal }, managementAudience);
  client = new RegistryClient(await registries.create("mlopscr", id), azureToken);
}, 1_800_000);

afterAll(async () => {
  await registries.stop();
  rmSync(directory, { recursive: true });
});

async function push(repository: string, tag: string, layer = `${repository}:${tag}`): Promise<Pushed> {
  const pushed = await client.pushImage("owner", repository, tag, Buffer.from(layer));
  expect(pushed.response.status).toBe(201);
  return pushed;
}

/** Calls the API with a token that allows one action on the repository, as far as the principal's roles do. */
async function call(method: string, repository: string, inside = "", body?: object, principal = "owner") {
  const action = { GET: "metadata_read", PATCH: "metadata_write", DELETE: "delete" }[method];
  const token = await client.accessToken(principal, `repository:${repository}:${action}`);
  const content = body && Buffer.from(JSON.stringify(body));
  const response = await client.call(method, path(repository + inside), token, content, "application/json");
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const loginOf = async (principal: string) => ({ identityToken: await client.refreshToken(principal) });
const remove = async (repository: string, principal = "owner") =>
  deleteRepository({ registry: client.server, repository, login: await loginOf(principal), pause: 0 });
const tagsOf = async (repository: string) =>
  new Repository({ registry: client.server, repository, login: await loginOf("owner") }).tags();

describe("deleting a repository", () => {
  test("takes all of it, and nothing of those whose path begins like it or goes on from it", async () => {
    const before = new Map<string, string>();
    for (const repository of neighbours) before.set(repository, (await push(repository, "latest", "shared")).digest);
    await push(branch, "latest", "shared");
    await push(branch, "build-7", "own");

    await remove(branch);
    const token = await client.accessToken("owner", `repository:${branch}:pull`);
    expect((await client.call("GET", `/v2/${branch}/manifests/latest`, token)).status).toBe(404);
    expect(await tagsOf(branch)).toEqual([]);
    expect(await client.catalog("owner")).not.toContain(branch);

    for (const [repository, digest] of before) {
      const pull = await client.accessToken("owner", `repository:${repository}:pull`);
      const manifest = await client.call("GET", `/v2/${repository}/manifests/latest`, pull);
      expect(manifest.headers.get("docker-content-digest")).toBe(digest);
      const { layers } = (await manifest.json()) as { layers: { digest: string }[] };
      const blob = await client.call("GET", `/v2/${repository}/blobs/${layers[0]?.digest}`, pull);
      expect(await blob.text()).toBe("shared");
    }
  });

  test("the parent of one goes without it", async () => {
    const { digest } = await push(branch, "latest");
    await remove(base);
    expect(await tagsOf(base)).toEqual([]);
    expect(
      await new Repository({ registry: client.server, repository: branch, login: await loginOf("owner") }).digestOf(
        "latest",
      ),
    ).toBe(digest);
  });

  test("a push afterwards makes it anew, with nothing of what was in it", async () => {
    await remove(branch);
    const { digest } = await push(branch, "new");
    expect(await tagsOf(branch)).toEqual(["new"]);
    expect((await call("GET", branch, "/_manifests")).body.manifests).toMatchObject([{ digest, tags: ["new"] }]);
  });

  test("takes what refers to its images, which it lists to whoever may pull", async () => {
    const { digest } = await push(branch, "latest");
    const access = { registry: client.server, repository: branch, login: await loginOf("owner") };
    const artifact = { type: "application/vnd.cyclonedx+json", content: "{}\n", annotations: { title: "sbom" } };
    const tags = await tagsOf(branch);
    const pushed = await attach(access, digest, artifact);
    expect(await tagsOf(branch)).toEqual(tags);
    const referrers = async (subject: string, token?: string) =>
      client.call("GET", `/v2/${branch}/referrers/${subject}`, token);
    const token = await client.accessToken("puller", `repository:${branch}:pull`);
    expect(await (await referrers(digest, token)).json()).toMatchObject({
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ digest: pushed, artifactType: artifact.type, annotations: artifact.annotations }],
    });
    expect(await (await referrers(pushed, token)).json()).toMatchObject({ manifests: [] });
    expect((await referrers(digest)).status).toBe(401);
    await remove(branch);
    expect(await (await referrers(digest, token)).json()).toMatchObject({ manifests: [] });
  });

  test("one that never existed is deleted already", async () => {
    await expect(remove("mlops/never")).resolves.toBeUndefined();
  });

  test("the answer says what went", async () => {
    const { digest } = await push("mlops/answer", "1");
    expect(await call("DELETE", "mlops/answer")).toMatchObject({
      status: 202,
      body: { manifestsDeleted: [digest], tagsDeleted: ["1"] },
    });
    expect(await call("DELETE", "mlops/answer")).toMatchObject({
      status: 404,
      body: { errors: [{ code: "NAME_UNKNOWN", detail: { name: "mlops/answer" } }] },
    });
  });

  test("takes the permission to delete, and no other", async () => {
    await push("mlops/permission", "1");
    await expect(remove("mlops/permission", "puller")).rejects.toThrow(
      /^the registry \S+ does not let this identity delete mlops\/permission \(401 UNAUTHORIZED: authentication required.*AcrDelete/,
    );
    expect(await tagsOf("mlops/permission")).toEqual(["1"]);
    await remove("mlops/permission", "deleter");
    expect(await tagsOf("mlops/permission")).toEqual([]);
  });
});

describe("locks", () => {
  const locked = "mlops/locked";
  const unlocked = { deleteEnabled: true, writeEnabled: true };
  let digest: string;

  beforeAll(async () => {
    ({ digest } = await push(locked, "1"));
    await push(locked, "2");
  });
  afterAll(() => remove(locked));

  test.each([
    ["the repository", "", { deleteEnabled: false }, locked],
    ["the repository, against writing", "", { writeEnabled: false }, locked],
    ["a tag", "/_tags/1", { deleteEnabled: false }, `${locked}:1`],
    ["a manifest", "/_manifests/DIGEST", { deleteEnabled: false }, `${locked}@DIGEST`],
  ])("a lock on %s keeps all of it, and is named", async (_, inside, lock, name) => {
    const target = inside.replace("DIGEST", digest);
    const { status, body } = await call("PATCH", locked, target, lock);
    expect(status).toBe(200);
    expect((body.tag ?? body.manifest ?? body).changeableAttributes).toEqual({
      ...{ deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true },
      ...lock,
    });
    await expect(remove(locked)).rejects.toThrow(`405 REGISTRY_DISALLOWED_OPERATION`);
    await expect(remove(locked)).rejects.toThrow(
      `locked is ${name.replace("DIGEST", digest)}. If it may go, unlock with`,
    );
    expect(await tagsOf(locked)).toEqual(["1", "2"]);
    expect((await call("PATCH", locked, target, unlocked)).status).toBe(200);
  });

  test("keep tags and manifests from being overwritten and deleted by the registries' protocol too", async () => {
    await call("PATCH", locked, "/_tags/1", { writeEnabled: false });
    const overwriting = await client.pushImage("owner", locked, "1", Buffer.from("other"));
    expect(overwriting.response.status).toBe(405);
    const token = await client.accessToken("owner", `repository:${locked}:delete`);
    for (const reference of ["1", digest, encodeURIComponent(digest)]) {
      expect((await client.call("DELETE", `/v2/${locked}/manifests/${reference}`, token)).status).toBe(405);
    }
    expect((await call("DELETE", locked, "/_tags/1")).status).toBe(405);
    await call("PATCH", locked, "/_tags/1", unlocked);
    expect((await client.pushImage("owner", locked, "1", Buffer.from("other"))).response.status).toBe(201);
    expect((await call("DELETE", locked, "/_tags/1")).status).toBe(202);
    expect(await tagsOf(locked)).toEqual(["2"]);
    expect((await call("GET", locked, "/_tags/1")).body.errors[0].code).toBe("TAG_UNKNOWN");
  });

  test("are not on what comes after a deletion", async () => {
    await push("mlops/relocked", "1");
    await call("PATCH", "mlops/relocked", "/_tags/1", { deleteEnabled: false });
    await call("PATCH", "mlops/relocked", "/_tags/1", unlocked);
    await remove("mlops/relocked");
    await push("mlops/relocked", "1");
    await expect(remove("mlops/relocked")).resolves.toBeUndefined();
  });

  test("of attributes that are not emulated are refused by name", async () => {
    expect(await call("PATCH", locked, "", { readEnabled: false })).toMatchObject({
      status: 501,
      body: { errors: [{ message: expect.stringContaining("readEnabled") }] },
    });
  });
});

describe("reading", () => {
  const many = "mlops/many";
  beforeAll(async () => {
    for (const tag of ["a", "b", "c"]) await push(many, tag);
  });

  test("a repository, its tags and its manifests have Azure's form", async () => {
    const heading = { registry: client.server, imageName: many };
    const changeableAttributes = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
    const times = { createdTime: expect.stringMatching(/^\d{4}-.*Z$/), lastUpdateTime: expect.stringMatching(/Z$/) };
    expect((await call("GET", many)).body).toEqual({
      ...{ ...heading, ...times, manifestCount: 3, tagCount: 3, changeableAttributes },
    });
    const { tag } = (await call("GET", many, "/_tags/a")).body;
    expect(tag).toEqual({ ...times, name: "a", digest: expect.any(String), signed: false, changeableAttributes });
    expect((await call("GET", many, `/_manifests/${tag.digest}`)).body).toEqual({
      ...heading,
      manifest: {
        ...{ ...times, digest: tag.digest, imageSize: 14, tags: ["a"], changeableAttributes },
        mediaType: "application/vnd.oci.image.manifest.v1+json",
      },
    });
  });

  test("lists come in pages, which the client reads to their end", async () => {
    const { headers, body } = await call("GET", many, "/_tags?n=2");
    expect(body.tags.map(({ name }: { name: string }) => name)).toEqual(["a", "b"]);
    expect(headers.get("link")).toBe(`</acr/v1/${many}/_tags?last=b&n=2&orderby=>; rel="next"`);
    const next = /<\/acr\/v1\/mlops\/many(.+)>/.exec(headers.get("link") ?? "")?.[1];
    const last = await call("GET", many, next);
    expect(last.body.tags).toMatchObject([{ name: "c" }]);
    expect(last.headers.get("link")).toBeNull();
    expect((await call("GET", many, "/_tags?orderby=timedesc")).status).toBe(501);
    expect((await call("GET", many, "/_tags?n=none")).status).toBe(400);
  });

  test("the catalog is for those who may list it, and has what there is", async () => {
    const token = await client.accessToken("owner", "registry:catalog:*");
    const { repositories } = (await (await client.call("GET", path("_catalog"), token)).json()) as {
      repositories: string[];
    };
    expect(repositories).toEqual(await client.catalog("owner"));
    const without = await client.accessToken("puller", "registry:catalog:*");
    expect((await client.call("GET", path("_catalog"), without)).status).toBe(401);
  });

  test("a name may be sent as Azure's libraries do, with its slashes encoded", async () => {
    const token = await client.accessToken("owner", `repository:${many}:metadata_read`);
    const response = await client.call("GET", path(`${encodeURIComponent(many)}?api-version=2021-07-01`), token);
    expect(await response.json()).toMatchObject({ imageName: many });
  });

  test("without a token that allows it is refused, and says what it takes", async () => {
    const scope = `service="${client.server}",scope="repository:${many}:metadata_read"`;
    const challenge = `Bearer realm="http://${client.server}/oauth2/token",${scope}`;
    const other = await client.accessToken("owner", "repository:mlops/other:metadata_read");
    for (const [token, error] of [
      [undefined, ""],
      ["forged", ',error="invalid_token"'],
      [await client.refreshToken("owner"), ',error="invalid_token"'],
      [other, ',error="insufficient_scope"'],
    ] as const) {
      const response = await client.call("GET", path(many), token);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(challenge + error);
      const detail = [{ Type: "repository", Name: many, Action: "metadata_read" }];
      expect(await response.json()).toMatchObject({ errors: [{ code: "UNAUTHORIZED", detail }] });
    }
  });

  test.each([
    ["PUT", many],
    ["DELETE", `${many}/_tags`],
    ["DELETE", `${many}/_manifests/sha256:0`],
    ["GET", "_deletedcatalog"],
    ["GET", "..%2F..%2Fsecret"],
    ["GET", "%"],
  ])("what Azure or the local cloud does not have is refused: %s %s", async (method, inside) => {
    const token = await client.accessToken("owner", `repository:${many}:delete,metadata_read`);
    const response = await client.call(method, path(inside), token);
    expect([400, 404]).toContain(response.status);
  });
});
