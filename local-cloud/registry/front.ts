import { createServer, type IncomingMessage, type Server } from "node:http";
import { forward } from "./forward";
import type { MetadataApi } from "./metadata-api";
import { Refusal } from "./refusal";
import { sendJson } from "./send-json";
import type { TokenService } from "./token-service";

const maxFormBytes = 64 * 1024;

export interface FrontOptions {
  /** Unix socket of the registry process. */
  socket: string;
  service: TokenService;
  metadata: MetadataApi;
  /** Told the digest of each blob that was pushed. */
  onBlob: (digest: string) => void;
  /** Whether anybody is answered: https://learn.microsoft.com/azure/container-registry/container-registry-private-link */
  isPublic: () => boolean;
  /** Is told why something was refused; the client is not, as with Azure. */
  log: (line: string) => void;
}

/**
 * The server at a registry's login server address. It answers Azure's token service and Azure's own API itself, and
 * streams everything under `/v2/` that no lock forbids to the registry process behind it, which does its own checking
 * of tokens.
 */
export function createFront({ socket, service, metadata, onBlob, isPublic, log }: FrontOptions): Server {
  // Longer than clients keep a connection: one that is closed as it is used again fails what cannot be sent twice.
  return createServer({ requestTimeout: 0, keepAliveTimeout: 72_000 }, (request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?", 1); // As sent: not every path that is sent makes a URL.
    const refuse = (error: unknown) => {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, "UNKNOWN", "internal error", { reason: String(error) });
      log(`${request.method} ${path}: ${refusal.status} ${refusal.reason}`);
      sendJson(response, refusal.status, refusal.body, refusal.headers);
    };
    if (!isPublic()) {
      request.resume();
      refuse(notPublic(request));
      return;
    }
    const [, repository, subject] = /^\/v2\/(.+)\/referrers\/(sha256:[\da-f]{64})$/.exec(path) ?? [];
    if (request.method === "GET" && repository !== undefined && subject !== undefined) {
      metadata
        .referrers(request, repository, subject)
        .then(({ status, body, headers }) => sendJson(response, status, body, headers), refuse);
      return;
    }
    if (path === "/v2" || path.startsWith("/v2/")) {
      try {
        metadata.checkLocks(request.method ?? "", path);
      } catch (error) {
        request.resume(); // What is not read would keep the answer from a client that is still sending.
        refuse(error);
        return;
      }
      const digest = pushedBlob(request);
      if (digest !== undefined) response.once("finish", () => response.statusCode === 201 && onBlob(digest));
      forward(request, response, socket);
      return;
    }
    const answered = path.startsWith("/acr/v1/")
      ? metadata.answer(request, path)
      : answer(request, path, service).then((body) => ({ status: 200, body, headers: {} }));
    answered.then(({ status, body, headers }) => sendJson(response, status, body, headers), refuse);
  });
}

/** The digest of the blob whose upload a request ends (OCI distribution specification, "Pushing blobs"). */
function pushedBlob({ method, url = "" }: IncomingMessage): string | undefined {
  const [path = "", query] = url.split("?", 2);
  if (method !== "PUT" || !path.includes("/blobs/uploads/")) return undefined;
  const digest = new URLSearchParams(query).get("digest") ?? "";
  return /^sha256:[\da-f]{64}$/.test(digest) ? digest : undefined;
}

function notPublic({ socket }: IncomingMessage): Refusal {
  const message = `client with IP '${socket.remoteAddress}' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.`;
  return new Refusal(403, "DENIED", message);
}

async function answer(request: IncomingMessage, path: string, service: TokenService): Promise<object> {
  const operation = `${request.method} ${path}`;
  if (operation === "POST /oauth2/exchange") return service.exchange(await readForm(request));
  if (operation === "POST /oauth2/token") return service.token(await readForm(request));
  if (operation === "GET /oauth2/token") {
    const query = new URLSearchParams(request.url?.slice(path.length));
    return service.token(query, readBasic(request.headers.authorization));
  }
  throw new Refusal(404, "NOT_FOUND", `the local cloud's registry has no ${operation}`);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const type = request.headers["content-type"] ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded"))
    throw new Refusal(415, "UNSUPPORTED", `content type "${type}" is not application/x-www-form-urlencoded`);
  request.setEncoding("utf8");
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > maxFormBytes) throw new Refusal(413, "SIZE_INVALID", `the form is over ${maxFormBytes} bytes`);
  }
  return new URLSearchParams(text);
}

function readBasic(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon === -1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
