import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import type { MetadataApi } from "./metadata-api";
import { Refusal } from "./refusal";
import type { TokenService } from "./token-service";

const maxFormBytes = 64 * 1024;

/**
 * The server at a registry's login server address. It answers Azure's token service and Azure's own API itself, and
 * streams everything under `/v2/` that no lock forbids to the registry process behind it, which does its own checking
 * of tokens.
 *
 * @param socket Unix socket of the registry process.
 * @param log is told why something was refused; the client is not, as with Azure.
 */
export function createFront(
  socket: string,
  service: TokenService,
  metadata: MetadataApi,
  log: (line: string) => void,
): Server {
  return createServer({ requestTimeout: 0 }, (request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?", 1); // As sent: not every path that is sent makes a URL.
    const refuse = (error: unknown) => {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, "UNKNOWN", "internal error", { reason: String(error) });
      log(`${request.method} ${path}: ${refusal.status} ${refusal.reason}`);
      sendJson(response, refusal.status, refusal.body, refusal.headers);
    };
    if (path === "/v2" || path.startsWith("/v2/")) {
      try {
        metadata.checkLocks(request.method ?? "", path);
      } catch (error) {
        request.resume(); // What is not read would keep the answer from a client that is still sending.
        refuse(error);
        return;
      }
      forward(request, response, socket);
      return;
    }
    const answered = path.startsWith("/acr/v1/")
      ? metadata.answer(request, path)
      : answer(request, path, service).then((body) => ({ status: 200, body, headers: {} }));
    answered.then(({ status, body, headers }) => sendJson(response, status, body, headers), refuse);
  });
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

/**
 * Streams a request to the registry process and its answer back. `Host` stays: `Location` headers are made of it. A
 * body is sent on only when the registry asks for it (RFC 9110, 10.1.1): one that refuses closes the connection at
 * once, and writing to it then could lose the answer.
 */
function forward(request: IncomingMessage, response: ServerResponse, socketPath: string): void {
  // Connection headers concern one connection only (RFC 9110, 7.6.1); `Expect` has been answered by this server.
  const { connection, "keep-alive": keepAlive, expect, ...headers } = request.headers;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const upstream = httpRequest({
    socketPath,
    method: request.method,
    path: request.url,
    headers: hasBody ? { ...headers, expect: "100-continue" } : headers,
    agent: false,
  });
  upstream.once("continue", () => request.pipe(upstream));
  upstream.once("response", (result) => {
    const { connection, "keep-alive": keepAlive, ...resultHeaders } = result.headers;
    response.writeHead(result.statusCode ?? 502, resultHeaders);
    pipeline(result, response, () => {});
  });
  upstream.on("error", (error) => {
    if (response.headersSent) return;
    const message = `the registry does not answer: ${error.message}`;
    sendJson(response, 502, { errors: [{ code: "UNAVAILABLE", message }] });
  });
  upstream.once("close", () => request.unpipe(upstream).resume());
  response.once("close", () => upstream.destroy());
  if (hasBody) upstream.flushHeaders();
  else upstream.end();
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

function sendJson(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
