import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { askBackend } from "../../../local-cloud/azuredevops/git/backend";
import { BareRepository } from "../../../local-cloud/azuredevops/git/bare-repository";
import { commitFiles, localAuthor } from "../../../local-cloud/git/commit-files";
import { checkedOutFiles } from "../../../local-cloud/repository/files";

/**
 * A Git host with one repository, at whatever path it is asked for. Its name leads nowhere: who is to find it goes by its
 * proxy, which leads to nothing else, and trusts the certificate that it has for its name.
 */
export class GitHost {
  static readonly name = "git.contoso.com";

  private constructor(
    private readonly folder: string,
    private readonly host: SecureServer,
    private readonly proxy: Server,
  ) {}

  /** @param root folder of what the repository has, in one commit with a tag */
  static async start(root: string, tag: string): Promise<GitHost> {
    const folder = mkdtempSync(join(tmpdir(), "git-host-"));
    const repository = await repositoryOf(join(folder, "repository"), root, tag);
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const names = ["-subj", `/CN=${GitHost.name}`, "-addext", `subjectAltName=DNS:${GitHost.name}`];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", ...kind, ...names, ...files], { stdio: "pipe" });

    const options = { key: readFileSync(key), cert: readFileSync(certificate) };
    const host = createSecureServer(options, (request, response) => {
      respond(repository, request, response).catch((error) => response.destroy(error));
    });
    const proxy = createServer((_, response) => response.writeHead(501).end());
    proxy.on("connect", ({ url }, socket) => {
      if (url !== `${GitHost.name}:443`) return socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      host.emit("connection", socket);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    return new GitHost(folder, host, proxy);
  }

  /** The variables by which a program finds the host. npm, which it may start, goes where it does otherwise. */
  get environment(): NodeJS.ProcessEnv {
    const { port } = this.proxy.address() as AddressInfo;
    const registry = new URL(execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim());
    return {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: ["127.0.0.1", registry.hostname, process.env.NO_PROXY ?? ""].filter(Boolean).join(),
      SSL_CERT_FILE: join(this.folder, "certificate.pem"),
      npm_config_prefer_offline: "true",
      npm_config_audit: "false",
    };
  }

  async stop(): Promise<void> {
    this.proxy.closeAllConnections();
    this.host.closeAllConnections();
    this.proxy.close();
    await once(this.proxy, "close");
    rmSync(this.folder, { recursive: true });
  }
}

/** A bare repository with the files that a folder's own has. */
async function repositoryOf(directory: string, root: string, tag: string): Promise<BareRepository> {
  const repository = new BareRepository(directory);
  repository.create();
  const { files } = checkedOutFiles(root);
  const commit = { message: "All files", author: localAuthor, files, without: "all" } as const;
  await commitFiles(repository.directory, { ref: `refs/tags/${tag}`, ...commit });
  return repository;
}

/** Answers with what `git http-backend` says. */
async function respond(repository: BareRepository, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, search } = new URL(request.url ?? "", `https://${GitHost.name}`);
  const [path = ""] = /\/(?:info\/refs|git-upload-pack)$/.exec(pathname) ?? [];
  if (path === "") {
    response.writeHead(404).end();
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { method = "GET", headers } = request;
  const answer = await askBackend(
    repository,
    {
      ...{ method, path, query: search.slice(1), user: "", signal: gone.signal },
      contentType: headers["content-type"],
      protocol: headers["git-protocol"]?.toString(),
      body: method === "POST" ? request : undefined,
    },
    () => {},
  );
  response.writeHead(answer.status, answer.headers);
  await pipeline(answer.body, response);
}
