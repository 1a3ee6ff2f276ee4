import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as zlib from "node:zlib";
import { type CheckOptions, checkImage } from "../../../src/image/check";
import { ImageError } from "../../../src/image/error";
import { Repository } from "../../../src/image/repository";
import { condaEnvironment, debian, goodImage, gzipLayer, sha256, type TestImage, tarOf } from "../support/image-files";
import { indexType, manifestType, TestRegistry } from "../support/image-registry";

let registry: TestRegistry;
beforeEach(async () => {
  registry = await TestRegistry.start();
});
afterEach(() => registry.stop());

const check = (version = ":latest", options?: CheckOptions) =>
  checkImage(`${registry.host}/mlops/model${version}`, options);

/** The message with which reading fails. */
async function failure(version?: string, options?: CheckOptions): Promise<string> {
  const error: unknown = await check(version, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImageError);
  return error instanceof ImageError ? error.message : "";
}

describe("signing in", () => {
  const login = { username: "user", password: "secret:with:colons" };

  beforeEach(async () => {
    registry.push(await goodImage());
    registry.challenge = "Bearer";
  });

  test("anybody gets a token where that is allowed, once for all requests", async () => {
    expect(await check()).toEqual([]);
    const path = "/token?service=test&scope=repository%3Amlops%2Fmodel%3Apull";
    expect(registry.asked.filter((each) => each.includes("token"))).toEqual([`GET ${path}`]);
  });

  test("a user and a password go to the token service, and to nothing else", async () => {
    registry.logins.push("user:secret:with:colons");
    expect(await check(undefined, { login })).toEqual([]);
    const basic = `Basic ${Buffer.from("user:secret:with:colons").toString("base64")}`;
    const withPassword = registry.asked.filter((_, index) => registry.authorizations[index] === basic);
    expect(withPassword).toEqual([expect.stringMatching(/^GET \/token\?/)]);
  });

  test("an identity token goes to the token service as a form, not in an address", async () => {
    registry.logins.push("identity");
    expect(await check(undefined, { login: { identityToken: "identity" } })).toEqual([]);
    expect(registry.asked).toContain("POST /token");
    expect(registry.asked.join()).not.toContain("identity");
  });

  test("a registry that asks for a password gets it", async () => {
    registry.challenge = "Basic";
    registry.logins.push("user:secret:with:colons");
    expect(await check(undefined, { login })).toEqual([]);
  });

  test("a token that has expired in between is replaced", async () => {
    let expired = 0;
    registry.handler = (request, response) => {
      if (!request.url?.includes("/blobs/") || expired > 0) return false;
      expired++;
      const realm = `http://${registry.host}/token`;
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="${realm}",scope="repository:mlops/model:pull"` })
        .end();
      return true;
    };
    expect(await check()).toEqual([]);
    expect(expired).toBe(1);
  });

  test.each(["Bearer", "Basic"] as const)(
    "without a login, the %s registry's refusal says how to sign in",
    async (kind) => {
      registry.challenge = kind;
      registry.logins.push("user:secret:with:colons");
      expect(await failure()).toMatch(
        /^the registry 127\S+ lets nobody read mlops\/model without signing in \(401 .*\)\. Sign in with `docker login 127\S+`\.$/,
      );
    },
  );

  test.each(["Bearer", "Basic"] as const)(
    "a login that the %s registry refuses is named, without its secret",
    async (kind) => {
      registry.challenge = kind;
      registry.logins.push("somebody:else");
      const message = await failure(undefined, { login });
      expect(message).toContain("does not let the login that was used (user) read mlops/model (401 UNAUTHORIZED:");
      expect(message).toContain("AcrPull");
      expect(message).not.toContain("secret");
    },
  );

  test("a token that does not help ends in a refusal, not in a circle", async () => {
    registry.handler = (request, response) => {
      if (!request.url?.startsWith("/token")) return false;
      response.end('{"access_token":"for nothing"}');
      return true;
    };
    expect(await failure()).toContain("lets nobody read mlops/model without signing in (401 UNAUTHORIZED: auth");
    expect(registry.asked).toHaveLength(3);
  });

  test.each([
    ["", "401 without WWW-Authenticate"],
    ["Negotiate", "Negotiate"],
    ['Bearer service="x"', 'Bearer service="x"'],
  ])("a challenge of another kind is an error: %j", async (challenge, shown) => {
    registry.handler = (_, response) => {
      response.writeHead(401, challenge === "" ? {} : { "www-authenticate": challenge }).end();
      return true;
    };
    expect(await failure()).toContain(`asks for a sign-in that is neither a token nor a password: ${shown}`);
  });

  test.each(["{}", "[]", "<html>", '{"token":1}', '{"token":""}'])(
    "a token service without a token is an error: %s",
    async (body) => {
      registry.handler = (request, response) => {
        if (!request.url?.startsWith("/token")) return false;
        response.end(body);
        return true;
      };
      expect(await failure()).toContain("/token answered without a token");
    },
  );

  test("a token service that fails is named", async () => {
    registry.handler = (request, response) => {
      if (!request.url?.startsWith("/token")) return false;
      response.writeHead(503).end("over capacity");
      return true;
    };
    expect(await failure()).toMatch(
      /^the token service http:\S+\/token of the registry \S+ answered 503 over capacity\./,
    );
  });
});

test("a redirected blob is read from where it is, which does not get the registry's token", async () => {
  registry.push(await goodImage());
  registry.challenge = "Bearer";
  const seen: (string | undefined)[] = [];
  const storage = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    seen.push(request.headers.authorization);
    response.end(registry.blobs.get(request.url?.slice(1) ?? ""));
  });
  await new Promise<void>((resolve) => storage.listen(0, "127.0.0.1", resolve));
  registry.handler = (request, response) => {
    const digest = /\/blobs\/(.+)$/.exec(request.url ?? "")?.[1];
    if (digest === undefined || request.headers.authorization === undefined) return false;
    const { port } = storage.address() as AddressInfo;
    response.writeHead(307, { location: `http://127.0.0.1:${port}/${digest}` }).end();
    return true;
  };
  const broken = await check();
  storage.closeAllConnections();
  await new Promise((resolve) => storage.close(resolve));
  expect(broken).toEqual([]);
  expect(seen).toEqual([undefined, undefined, undefined]); // configuration and two layers
});

describe("what was promised", () => {
  const layerOf = (image: TestImage, index: number) => {
    const content = image.layers[index]?.content ?? Buffer.alloc(0);
    return { content, digest: sha256(content) };
  };

  test("a digest in the reference is what is read", async () => {
    const { digest } = registry.push(await goodImage());
    expect(await check(`@${digest}`)).toEqual([]);
    expect(await check(`:other@${digest}`)).toEqual([]);
  });

  test("a manifest that is not of its digest is an error", async () => {
    const { digest } = registry.push(await goodImage());
    const manifest = registry.manifests.get(digest);
    registry.manifests.set(digest, { mediaType: manifestType, text: `${manifest?.text} ` });
    expect(await failure(`@${digest}`)).toContain(`is not what was pushed: its digest is sha256:`);
  });

  test("a manifest that is not of the digest that came with it is an error", async () => {
    registry.handler = (request, response) => {
      const isManifest = request.url?.includes("/manifests/") ?? false;
      if (isManifest) response.writeHead(200, { "docker-content-digest": `sha256:${"0".repeat(64)}` }).end("{}");
      return isManifest;
    };
    expect(await failure()).toContain(`instead of sha256:${"0".repeat(64)}`);
  });

  test("a layer with another content of the same length is an error, even one that unpacks well", async () => {
    const tar = await tarOf(debian);
    const image = { layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", content: tar }] };
    registry.push(image);
    const altered = tar.toString("latin1").replace("mamba:x:1000", "mamba:x:0000");
    registry.blobs.set(layerOf(image, 0).digest, Buffer.from(altered, "latin1"));
    expect(await failure()).toMatch(/^http:\S+\/blobs\/sha256:\S+ is not what was pushed: its digest is/);
  });

  test("a layer with more behind it is an error", async () => {
    const image = await goodImage();
    registry.push(image);
    const { content, digest } = layerOf(image, 1);
    registry.blobs.set(digest, Buffer.concat([content, content]));
    expect(await failure()).toContain(`is not what was pushed: more than its ${content.length} bytes came`);
  });

  test("a layer that is shorter than promised is an error, even one that unpacks well", async () => {
    const tar = await tarOf(debian);
    const image = { layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", content: tar }] };
    registry.push(image);
    registry.blobs.set(layerOf(image, 0).digest, tar.subarray(0, -512));
    expect(await failure()).toContain(`${tar.length - 512} of its ${tar.length} bytes came`);
  });

  test("a connection that breaks in the middle of a layer is an error", async () => {
    const image = await goodImage();
    registry.push(image);
    const { content, digest } = layerOf(image, 0);
    registry.handler = (request, response) => {
      if (!request.url?.endsWith(digest)) return false;
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, content.length / 2), () => response.destroy());
      return true;
    };
    expect(await failure()).toContain("the connection broke in the middle of http://");
  });

  test("a layer that is missing is an error", async () => {
    const image = await goodImage();
    registry.push(image);
    registry.blobs.delete(layerOf(image, 1).digest);
    expect(await failure()).toMatch(/answered 404 NOT_FOUND: no such thing to \S+\. A part of the image is missing/);
  });

  test.each([
    ["no gzip at all", Buffer.from("no gzip")],
    ["a gzip file that ends early", zlib.gzipSync(Buffer.alloc(10_000)).subarray(0, -9)],
    ["no tar file", zlib.gzipSync(Buffer.alloc(1024, "x"))],
    ["a tar file that ends early", zlib.gzipSync(Buffer.alloc(700, 0x61))],
  ])("a layer that is %s is an error, although it came as it was pushed", async (_, content) => {
    registry.push({ layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", content }] });
    expect(await failure()).toMatch(/^the layer sha256:\S+ cannot be unpacked: \S/);
  });
});

describe("a registry that does not do its part", () => {
  test("an image that is not there is named", async () => {
    expect(await failure(":none")).toMatch(
      /^the registry 127\S+ has no image 127\S+\/mlops\/model:none \(404 NOT_FOUND: no such thing\)\. Check the repository and the tag/,
    );
  });

  test.each([
    [403, "forbids reading mlops/model (403 DENIED: client with IP 1.2.3.4 is not allowed)"],
    [429, "answered 429 DENIED: client with IP 1.2.3.4 is not allowed to http"],
    [500, "answered 500 DENIED: client with IP 1.2.3.4 is not allowed to http"],
  ])("the status %i is passed on with the registry's reason", async (status, message) => {
    registry.handler = (_, response) => {
      response
        .writeHead(status)
        .end('{"errors":[{"code":"DENIED","message":"client with IP 1.2.3.4 is not allowed"}]}');
      return true;
    };
    expect(await failure()).toContain(message);
  });

  test("one that cannot be reached is named, with the reason", async () => {
    const { host } = registry;
    await registry.stop();
    await expect(checkImage(`${host}/mlops/model`)).rejects.toThrow(
      new RegExp(`^cannot reach http://${host}/v2/mlops/model/manifests/latest: .*ECONNREFUSED`),
    );
    registry = await TestRegistry.start();
  });

  test("one that does not answer is given up", async () => {
    registry.handler = () => true;
    expect(await failure(undefined, { timeout: 50 })).toMatch(/^cannot reach http\S+: nothing came for 0\.05 s\./);
  });

  test("one that stops in the middle of a layer is given up", async () => {
    const image = await goodImage();
    registry.push(image);
    registry.handler = (request, response) => {
      if (!request.url?.endsWith(sha256(image.layers[0]?.content ?? ""))) return false;
      response.writeHead(200).write(image.layers[0]?.content.subarray(0, 100));
      return true;
    };
    expect(await failure(undefined, { timeout: 1000 })).toMatch(
      /^the connection broke in the middle of http\S+: nothing came for 1 s\./,
    );
  });

  test("one whose manifest has no end is given up", async () => {
    registry.handler = (_, response) => {
      response.end(Buffer.alloc(5 * 1024 * 1024, " "));
      return true;
    };
    expect(await failure()).toContain("answered with more than 4194304 bytes");
  });
});

describe("what is no image that jobs could use", () => {
  test.each([
    ["application/vnd.docker.distribution.manifest.v1+prettyjws", '{"schemaVersion":1}'],
    ["application/json", "{}"],
    ["text/html; charset=utf-8", "<html>"],
  ])("a manifest of the type %s is an error", async (mediaType, text) => {
    registry.manifests.set("latest", { mediaType, text });
    expect(await failure()).toContain(
      `/mlops/model:latest is a manifest of the type ${mediaType.split(";")[0]}, and not`,
    );
  });

  test.each([
    ["no JSON", "<html>"],
    ["no layers", '{"config":{"mediaType":"a","digest":"b","size":1}}'],
    ["a digest that is none", JSON.stringify({ config: { mediaType: "a", digest: "../../x", size: 1 }, layers: [] })],
    ["a negative size", JSON.stringify({ config: { mediaType: "a", digest: sha256(""), size: -1 }, layers: [] })],
  ])("a manifest with %s is an error", async (_, text) => {
    registry.manifests.set("latest", { mediaType: manifestType, text });
    expect(await failure()).toMatch(/^the registry's description of \S+\/mlops\/model:latest cannot be understood: /);
  });

  test("an artifact of another kind is an error", async () => {
    const config = { mediaType: "application/vnd.cncf.helm.config.v1+json", digest: sha256(""), size: 0 };
    registry.pushManifest("latest", manifestType, { schemaVersion: 2, config, layers: [] });
    expect(await failure()).toContain("is not a container image but an artifact of the type application/vnd.cncf.helm");
  });

  test("a list of platforms in a list of platforms is an error", async () => {
    const platform = { os: "linux", architecture: "amd64" };
    const inner = registry.pushManifest("inner", indexType, { manifests: [] });
    registry.pushManifest("latest", indexType, { manifests: [{ ...inner, platform }] });
    expect(await failure()).toContain(`is a manifest of the type ${indexType}`);
  });
});

describe("layers", () => {
  test("of each of Docker's and OCI's types are read", async () => {
    const { config } = await goodImage();
    const gzipped = await gzipLayer(condaEnvironment("opt/environment"));
    for (const [plain, gzip] of [
      ["application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip"],
      ["application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip"],
    ] as const) {
      const layers = [
        { mediaType: plain, content: await tarOf(debian) },
        { mediaType: gzip, content: gzipped.content },
      ];
      registry.push({ config, layers });
      expect(await check()).toEqual([]);
    }
  });

  test("of another type are an error", async () => {
    registry.push({ layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+xz", content: Buffer.alloc(0) }] });
    expect(await failure()).toContain(
      "a layer of the type application/vnd.oci.image.layer.v1.tar+xz, which is neither",
    );
  });

  test("of zstd are read, by a Node that can", async () => {
    const tar = await tarOf([...debian, ...condaEnvironment("opt/environment")]);
    const canRead = "zstdCompressSync" in zlib;
    const content = canRead ? zlib.zstdCompressSync(tar) : tar;
    const { config } = await goodImage();
    registry.push({ config, layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+zstd", content }] });
    if (canRead) expect(await check()).toEqual([]);
    else expect(await failure()).toContain("zstd, which Node v20");
  });

  test("are not asked for when the platform is wrong", async () => {
    registry.push({ ...(await goodImage()), architecture: "arm64" });
    await check();
    expect(registry.asked.filter((each) => each.includes("/blobs/"))).toHaveLength(1); // the configuration
  });
});

describe("a repository", () => {
  const repository = () => new Repository({ registry: registry.host, repository: "mlops/model" });

  test("says its tags, and where they lead", async () => {
    const { digest } = registry.push(await goodImage(), "one");
    registry.pushManifest("two", manifestType, {});
    expect(await repository().tags()).toEqual(["one", "two"]);
    expect(await repository().digestOf("one")).toBe(digest);
    expect(await repository().digestOf("three")).toBeUndefined();
  });

  describe("whose tags come in pages", () => {
    /** Serves a list of tags, two on a page. @param link makes the header that names the next page */
    function serve(tags: string[], link: (last: string) => string): void {
      registry.handler = (request, response) => {
        const url = new URL(request.url ?? "", `http://${registry.host}`);
        if (url.pathname !== "/v2/mlops/model/tags/list") return false;
        const rest = tags.slice(tags.indexOf(url.searchParams.get("last") ?? "") + 1);
        const page = rest.slice(0, 2);
        if (rest.length > 2) response.setHeader("link", link(page.at(-1) ?? ""));
        response.end(JSON.stringify({ tags: page }));
        return true;
      };
    }
    const tags = ["a", "b", "c", "d", "e"];

    test.each([
      ["a path", (last: string) => `</v2/mlops/model/tags/list?last=${last}&n=2>; rel="next"`],
      ["a path after this one", (last: string) => `<?last=${last}>; rel=next`],
      ["an address", (last: string) => `<http://${registry.host}/v2/mlops/model/tags/list?last=${last}>;rel="next"`],
    ])("has all of them, when the next page is given as %s", async (_, link) => {
      serve(tags, link);
      expect(await repository().tags()).toEqual(tags);
    });

    test("asks no other host for them", async () => {
      serve(tags, (last) => `<http://elsewhere.test/v2/mlops/model/tags/list?last=${last}>; rel="next"`);
      expect(await repository().tags()).toEqual(tags);
    });

    test("ends in an error when a page names itself as the next", async () => {
      serve(tags, () => '</v2/mlops/model/tags/list>; rel="next"');
      await expect(repository().tags()).rejects.toThrow("names a next page that was there already");
    });
  });

  test("that is not there has no tags", async () => {
    const other = new Repository({ registry: registry.host, repository: "other" });
    expect(await other.tags()).toEqual([]);
  });
});
