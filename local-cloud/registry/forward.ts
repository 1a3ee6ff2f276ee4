import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { sendJson } from "./send-json";

/**
 * Streams a request to the registry process and its answer back. `Host` stays: `Location` headers are made of it. A
 * body is sent on only when the registry asks for it (RFC 9110, 10.1.1): one that refuses closes the connection at
 * once, and writing to it then could lose the answer.
 */
export function forward(request: IncomingMessage, response: ServerResponse, socketPath: string): void {
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
