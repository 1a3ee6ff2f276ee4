import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";

/** An answer, read to its end. */
export interface HttpAnswer {
  status: number;
  statusText: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * Sends one HTTP request. Node's `fetch` would do, but loading it takes each plugin some 35 ms, in every command.
 *
 * @throws Error of the connection; any status is an answer.
 */
export function send(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<HttpAnswer> {
  const { method = "GET", headers = {}, body = "" } = options;
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { statusCode: status = 0, statusMessage: statusText = "" } = response;
        resolve({ status, statusText, headers: response.headers, body: Buffer.concat(chunks) });
      });
    })
      .on("error", reject)
      .end(body);
  });
}

/** Whether a status is a success. */
export function isOk({ status }: HttpAnswer): boolean {
  return status >= 200 && status < 300;
}
