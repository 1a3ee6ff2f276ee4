import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Service } from "./rule";

/** A fault that a request can meet. */
export type RequestFault = Exclude<Fault, { kind: "late" }>;

/**
 * Lets one request meet a fault.
 *
 * @param work answers the request
 */
export function inject(fault: RequestFault, service: Service, response: ServerResponse, work: () => void): void {
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

const refusals = {
  429: ["TooManyRequests", "TOOMANYREQUESTS", "The request was throttled. Please retry after some time."],
  500: ["InternalServerError", "UNKNOWN", "An unexpected error has occurred on the server."],
  503: ["ServiceUnavailable", "UNAVAILABLE", "The service is unavailable."],
} as const;

/** Refuses in the form of the service's own errors. */
function refuse(response: ServerResponse, service: Service, { status, retryAfter }: Fault & { kind: "status" }): void {
  response.req.resume();
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  });
  response.end(JSON.stringify(bodyOf(service, status)));
}

function bodyOf(service: Service, status: keyof typeof refusals): object {
  const [azureCode, registryCode, message] = refusals[status];
  switch (service) {
    case "azureDevOps":
      return { message, typeKey: "VssServiceException", errorCode: 0 };
    case "azure":
      return { error: { code: azureCode, message } };
    default:
      return { errors: [{ code: registryCode, message }] };
  }
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
