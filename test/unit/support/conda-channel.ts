import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A package of a channel. */
export interface ChannelPackage {
  name: string;
  version: string;
  /** Default: `0`. */
  build?: string;
  /** Default: `noarch`. */
  subdir?: string;
  /** Default: nothing. */
  depends?: string[];
  /** Which hashes the channel has of it. Default: both. */
  hashes?: ("sha256" | "md5")[];
  /** The platform that its record names. Default: the folder's. */
  recordedFor?: string;
}

/** What the channel does with a folder's `repodata.json`; `body` is sent in its place, or as the file that `as` names. */
export type Behaviour =
  | "whole"
  | "half"
  | "half, then nothing"
  | "hang"
  | "reset"
  | { status: number }
  | { body: string | Buffer; as?: string };

/** A conda channel of a test's own, served on a free port of loopback. */
export class CondaChannel {
  private readonly behaviours = new Map<string, Behaviour>();
  /** Paths that were asked for. */
  readonly requests: string[] = [];

  private constructor(
    private readonly server: Server,
    /** Without a slash at its end. */
    readonly url: string,
    private readonly packages: ChannelPackage[],
  ) {
    server.on("request", ({ url: path = "" }, response: ServerResponse) => this.answer(path, response));
  }

  static async start(packages: ChannelPackage[]): Promise<CondaChannel> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("the channel has no port");
    return new CondaChannel(server, `http://127.0.0.1:${address.port}/channel`, packages);
  }

  /** @param subdir folder, for example noarch; every other keeps what it does */
  behave(subdir: string, behaviour: Behaviour): void {
    this.behaviours.set(subdir, behaviour);
  }

  /** Makes it a whole channel again. */
  heal(): void {
    this.behaviours.clear();
    this.requests.length = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private answer(path: string, response: ServerResponse): void {
    this.requests.push(path);
    const [, , subdir = "", file = ""] = path.split("/");
    const behaviour = this.behaviours.get(subdir) ?? "whole";
    if (behaviour === "hang") return;
    if (behaviour === "reset") return void response.destroy();
    if (typeof behaviour === "object" && "status" in behaviour) return void response.writeHead(behaviour.status).end();
    const { as = "repodata.json", body = this.repodata(subdir) } = typeof behaviour === "object" ? behaviour : {};
    if (file !== as) return void response.writeHead(404).end();
    if (!behaviour.toString().startsWith("half")) return void response.end(body);
    response.writeHead(200, { "content-length": Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2), () => {
      if (behaviour === "half") response.destroy();
    });
  }

  private repodata(subdir: string): string {
    const records = this.packages
      .map((one) => ({ build: "0", subdir: "noarch", depends: [], ...one }))
      .filter((one) => one.subdir === subdir)
      .map(({ hashes = ["sha256", "md5"], recordedFor = subdir, ...one }) => {
        const archive = `${one.name}-${one.version}-${one.build}.conda`;
        const sums = hashes.map((kind) => [
          kind,
          createHash(kind)
            .update(this.url + archive)
            .digest("hex"),
        ]);
        return [
          archive,
          { ...one, subdir: recordedFor, build_number: 0, size: 1, timestamp: 1, ...Object.fromEntries(sums) },
        ];
      });
    return JSON.stringify({
      info: { subdir },
      packages: {},
      "packages.conda": Object.fromEntries(records),
      repodata_version: 1,
    });
  }
}
