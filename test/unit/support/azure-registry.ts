import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What the registry says to one request. */
export interface Answer {
  status: number;
  body?: object | string;
  headers?: Record<string, string>;
}

const unknown = {
  status: 404,
  body: { errors: [{ code: "NAME_UNKNOWN", message: "repository name not known to registry" }] },
};

/**
 * An Azure container registry on loopback for one test. It exchanges any Azure token and gives tokens for what its
 * challenges ask; its API says what the test wants, and otherwise that there is no such repository.
 */
export class AzureRegistry {
  /** `METHOD path` of each request to the API, in their order, the ones that were sent for a token first included. */
  readonly asked: string[] = [];
  /** Scopes that tokens were asked for. */
  readonly scopes: string[] = [];
  /** What was exchanged for refresh tokens. */
  readonly exchanged: string[] = [];
  /** Whether the token service lets anybody in. */
  letsIn = true;
  /** What to say to a request that has the token for it; undefined: there is no such repository. */
  respond: (operation: string) => Answer | undefined = () => undefined;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<AzureRegistry> {
    const server = createServer({ keepAliveTimeout: 0 });
    const registry = new AzureRegistry(server);
    server.on("request", async (request, response) => {
      const { status, body = "", headers } = await registry.answer(request);
      response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
    });
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

  private async answer(request: IncomingMessage): Promise<Answer> {
    const { method = "", url = "", headers } = request;
    const form = new URLSearchParams(await text(request));
    if (url === "/oauth2/exchange") {
      this.exchanged.push(form.get("access_token") ?? "");
      return this.letsIn ? { status: 200, body: { refresh_token: "refresh" } } : refused;
    }
    if (url === "/oauth2/token") {
      const scope = form.get("scope") ?? "";
      this.scopes.push(scope);
      return this.letsIn ? { status: 200, body: { access_token: `for ${scope}` } } : refused;
    }
    const operation = `${method} ${url}`;
    this.asked.push(operation);
    const repository = /^\/(?:acr\/v1|v2)\/(.+?)(?:\/(?:_|tags\/).*)?$/.exec(url)?.[1];
    const scope = `repository:${repository}:${method === "DELETE" ? "delete" : "metadata_read"}`;
    if (headers.authorization !== `Bearer for ${scope}`) {
      const realm = `realm="http://${this.host}/oauth2/token",service="${this.host}",scope="${scope}"`;
      return { ...refused, headers: { "www-authenticate": `Bearer ${realm}` } };
    }
    return this.respond(operation) ?? unknown;
  }
}

const refused = { status: 401, body: { errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] } };
