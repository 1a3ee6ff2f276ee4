import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";

const path = "example.test/hello";
const version = "v1.0.0";
const files = {
  "go.mod": `module ${path}\n\ngo 1.21\n`,
  "hello.go": 'package hello\n\n// Text is what the program prints.\nconst Text = "hello"\n',
};

/** A Go program that needs a module of the proxy: what to write into its folder. */
export const program = {
  "go.mod": `module example.test/program\n\ngo 1.21\n\nrequire ${path} ${version}\n`,
  "go.sum": [
    `${path} ${version} ${hash(Object.entries(files).map(([name, text]) => [`${path}@${version}/${name}`, text]))}\n`,
    `${path} ${version}/go.mod ${hash([["go.mod", files["go.mod"]]])}\n`,
  ].join(""),
  "main.go": `package main\n\nimport (\n\t"fmt"\n\n\t"${path}"\n)\n\nfunc main() { fmt.Println(hello.Text) }\n`,
};

/** What the proxy does with the next request for a module's files: answer, stop half way, or never answer. */
export type Behaviour = "whole" | "half" | "silent";

/** A Go module proxy on loopback (the GOPROXY protocol, https://go.dev/ref/mod#goproxy-protocol) with one module. */
export class GoProxy {
  behaviour: Behaviour = "whole";
  /** How many times the module's files were asked for. */
  downloads = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<GoProxy> {
    const server = createServer();
    const proxy = new GoProxy(server);
    server.on("request", (request, response) => proxy.respond(request.url ?? "", response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** The variables that make Go use this proxy and nothing else, with a module cache of its own. */
  environment(moduleCache: string): NodeJS.ProcessEnv {
    const { port } = this.server.address() as AddressInfo;
    return {
      ...process.env,
      GOPROXY: `http://127.0.0.1:${port}`,
      GOMODCACHE: moduleCache,
      GOFLAGS: `${process.env.GOFLAGS ?? ""} -modcacherw`,
      GONOSUMDB: "*",
      GOTOOLCHAIN: "local",
    };
  }

  /** Ends what was asked for and not answered. */
  hangUp(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.hangUp();
    this.server.close();
    await once(this.server, "close");
  }

  private respond(url: string, response: ServerResponse): void {
    const name = url.replace(`/${path}/@v/${version}`, "");
    if (name === ".info") response.end(JSON.stringify({ Version: version }));
    else if (name === ".mod") response.end(files["go.mod"]);
    else if (name === ".zip") this.download(response);
    else response.writeHead(404).end();
  }

  private download(response: ServerResponse): void {
    this.downloads += 1;
    const whole = zip(Object.entries(files).map(([name, text]) => [`${path}@${version}/${name}`, text]));
    if (this.behaviour === "silent") return;
    response.writeHead(200, { "content-length": whole.length });
    if (this.behaviour === "whole") response.end(whole);
    else response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
  }
}

/** The hash that `go.sum` has for files in the order of their names (golang.org/x/mod/sumdb/dirhash, `h1:`). */
function hash(entries: [name: string, text: string][]): string {
  const lines = entries.map(([name, text]) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`);
  return `h1:${createHash("sha256").update(lines.join("")).digest("base64")}`;
}

/** A zip archive without compression (PKWARE's APPNOTE.TXT: local headers, central directory, its end). */
function zip(entries: [name: string, text: string][]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of entries) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(Buffer.byteLength(text), 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), Buffer.from(text)]);
    central.push(Buffer.from("PK\x01\x02\x14\x00"), common, place, Buffer.from(name));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}
