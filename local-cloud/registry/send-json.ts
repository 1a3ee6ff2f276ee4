import type { ServerResponse } from "node:http";

/** Answers with JSON. Without a body only the status is sent, as with 202. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object | undefined,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
