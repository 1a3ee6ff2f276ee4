import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Service } from "./rule";

/**
 * Lets one request meet a fault.
 *
 * @param work answers the request
 */
export function inject(fault: Fault, service: Service, response: ServerResponse, work: () => void): void {
  switch (fault.kind) {
    case "status":
      refuse(response, service, fault);
      return;
    case "reset":
      response.req.socket.resetAndDestroy();
      return;
    case "hang":
      response.req.resume();
      return;
    case "slow":
      void sleep(fault.milliseconds).then(work);
      return;
    case "truncate":
      truncate(response);
      work();
      return;
    case "lost":
      swallow(response, () => response.req.socket.resetAndDestroy());
      work();
      return;
    case "withheld":
      swallow(response, () => {});
      work();
      return;
  }
}

const messages = {
  429: "The request was throttled. Please retry after some time.",
  500: "An unexpected error has occurred on the server.",
  503: "The service is unavailable.",
};

/** Refuses in the form of the service's own errors. */
function refuse(response: ServerResponse, service: Service, { status, retryAfter }: Fault & { kind: "status" }): void {
  const message = messages[status];
  const isAzure = service === "azure";
  const isAzureDevOps = service === "azureDevOps";
  const code = { 429: "TOOMANYREQUESTS", 500: "UNKNOWN", 503: "UNAVAILABLE" }[status];
  const body = isAzureDevOps
    ? { message, typeKey: "VssServiceException", errorCode: 0 }
    : isAzure
      ? {
          error: {
            code: { 429: "TooManyRequests", 500: "InternalServerError", 503: "ServiceUnavailable" }[status],
            message,
          },
        }
      : { errors: [{ code, message }] };
  response.req.resume();
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  });
  response.end(JSON.stringify(body));
}

/** Sends nothing of an answer that is written, and says when that is complete. */
function swallow(response: ServerResponse, done: () => void): void {
  const callback = (...args: unknown[]) => {
    const last = args.at(-1);
    if (typeof last === "function") setImmediate(() => last());
  };
  response.flushHeaders = () => {};
  response.write = (...args: unknown[]) => {
    callback(...args);
    return true;
  };
  response.end = (...args: unknown[]) => {
    callback(...args);
    done();
    return response;
  };
}

/** Ends the connection after half of the first piece of the body; without a body, instead of the answer. */
function truncate(response: ServerResponse): void {
  const { write } = response;
  let isCut = false;
  const cut = (chunk: unknown) => {
    if (isCut) return;
    isCut = true;
    const bytes = typeof chunk === "string" || chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.alloc(0);
    if (bytes.length === 0) response.req.socket.destroy();
    else write.call(response, bytes.subarray(0, bytes.length / 2), "utf8", () => response.req.socket.destroy());
  };
  response.write = (chunk: unknown) => {
    cut(chunk);
    return true;
  };
  response.end = (chunk?: unknown) => {
    cut(chunk);
    return response;
  };
}
