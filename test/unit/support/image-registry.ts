import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { sha256, type TestImage } from "./image-files";

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
export const indexType = "application/vnd.oci.image.index.v1+json";

/** What a test makes of one request; `undefined` leaves it to the registry. */
type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry on loopback for one test: it serves what a test puts into it, and remembers what was asked. */
export class TestRegistry {
  /** `METHOD path`, in the order of the requests. */
  readonly asked: string[] = [];
  /** The Authorization header of each. */
  readonly authorizations: (string | undefined)[] = [];
  /** Logins that the token service takes: `user:password`, or an identity token. Empty: anybody gets a token. */
  readonly logins: string[] = [];
  /** Set: nothing is served without signing in. */
  challenge: "Bearer" | "Basic" | undefined;
  /** Asked before the registry answers; true if it has answered itself. */
  handler: Handler = () => false;
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { mediaType: string; text: string }>();
  /** Whether it lists what refers to an image, as registries of OCI 1.1 do. */
  listsReferrers = true;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TestRegistry> {
    const server = createServer({ keepAliveTimeout: 0 });
    const registry = new TestRegistry(server);
    server.on("request", (request, response) => registry.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  /** `host:port` */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Serves an image under a tag and its digest. @returns its descriptor */
  push(image: TestImage, tag = "latest") {
    const { layers, config = {}, os = "linux", architecture = "amd64", variant } = image;
    const describe = (mediaType: string, content: Buffer) => {
      const digest = sha256(content);
      this.blobs.set(digest, content);
      return { mediaType, digest, size: content.length };
    };
    const configuration = Buffer.from(JSON.stringify({ os, architecture, variant, config }));
    return this.pushManifest(tag, manifestType, {
      schemaVersion: 2,
      mediaType: manifestType,
      config: describe("application/vnd.oci.image.config.v1+json", configuration),
      layers: layers.map(({ mediaType, content }) => describe(mediaType, content)),
    });
  }

  pushManifest(tag: string, mediaType: string, manifest: object) {
    const text = JSON.stringify(manifest);
    const digest = sha256(text);
    for (const name of [tag, digest]) this.manifests.set(name, { mediaType, text });
    return { mediaType, digest, size: text.length };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    const url = new URL(request.url ?? "", `http://${this.host}`);
    this.asked.push(`${method} ${url.pathname}${url.search}`);
    this.authorizations.push(headers.authorization);
    if (this.handler(request, response)) return;
    const json = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    const error = (status: number, code: string, message: string) => json(status, { errors: [{ code, message }] });

    if (url.pathname === "/token") {
      const form = new URLSearchParams(await text(request));
      const basic = Buffer.from(headers.authorization?.slice("Basic ".length) ?? "", "base64").toString();
      const login = form.get("refresh_token") ?? basic;
      if (this.logins.length > 0 && !this.logins.includes(login))
        return void error(401, "UNAUTHORIZED", "no such login");
      return void json(200, { token: `for ${url.searchParams.get("scope") ?? form.get("scope")}` });
    }
    if (this.challenge && !this.isSignedIn(headers.authorization)) {
      const scope = 'service="test",scope="repository:mlops/model:pull"';
      const challenge = `${this.challenge} realm="http://${this.host}/token",${scope}`;
      response.setHeader("www-authenticate", challenge);
      return void error(401, "UNAUTHORIZED", "authentication required");
    }

    const [, kind, name = ""] = /^\/v2\/mlops\/model\/(manifests|blobs|tags)\/(.+)$/.exec(url.pathname) ?? [];
    if (kind === "tags") {
      return void json(200, {
        name: "mlops/model",
        tags: [...this.manifests.keys()].filter((key) => !key.includes(":")),
      });
    }
    if (method === "POST" && name === "uploads/") {
      const location = `${url.pathname}1?state=begun`;
      return void response.writeHead(202, { location }).end();
    }
    if (method === "PUT") {
      const content = await buffer(request);
      const digest = url.searchParams.get("digest");
      if (kind === "manifests") {
        for (const each of [name, sha256(content)]) {
          this.manifests.set(each, { mediaType: headers["content-type"] ?? "", text: content.toString() });
        }
      } else if (digest !== sha256(content) || url.searchParams.get("state") !== "begun") {
        return void error(400, "DIGEST_INVALID", "not what was announced");
      } else this.blobs.set(digest, content);
      return void response.writeHead(201).end();
    }
    const [, subject] = /^\/v2\/mlops\/model\/referrers\/(.+)$/.exec(url.pathname) ?? [];
    if (subject !== undefined && this.listsReferrers) {
      return void json(200, { schemaVersion: 2, mediaType: indexType, manifests: [] });
    }
    const manifest = kind === "manifests" ? this.manifests.get(name) : undefined;
    if (manifest) {
      const { mediaType, text } = manifest;
      response.writeHead(200, { "content-type": mediaType, "docker-content-digest": sha256(text) }).end(text);
      return;
    }
    const blob = kind === "blobs" ? this.blobs.get(name) : undefined;
    if (blob) response.writeHead(200, { "content-length": blob.length }).end(blob);
    else error(404, "NOT_FOUND", "no such thing");
  }

  private isSignedIn(authorization: string | undefined): boolean {
    if (this.challenge === "Bearer") return authorization === "Bearer for repository:mlops/model:pull";
    return this.logins.some((login) => authorization === `Basic ${Buffer.from(login).toString("base64")}`);
  }
}
