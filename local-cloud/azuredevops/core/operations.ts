import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { ServiceError } from "../common/errors";
import type { Organization } from "../common/organization";

const locations = [
  apiLocation("9a1b74b4-2ca8-4a9f-8470-c2f2e6fdc949", "operations", "operations", "_apis/{resource}/{operationId}", 1),
];

type Status = "queued" | "succeeded" | "failed";

interface Operation {
  id: string;
  status: Status;
  /** What went wrong. */
  resultMessage?: string;
}

/** Milliseconds from the request to its result: nobody who does not wait for it may find it done. */
const duration = 50;

/**
 * What the service does after it has answered. It is kept in memory: with the server ends what it was about to do, and
 * nobody can ask any more what became of the rest.
 */
export class Operations {
  private readonly all: Operation[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @param work What it throws is the operation's failure. */
  start(work: () => void | Promise<void>): Operation {
    const operation: Operation = { id: randomUUID(), status: "queued" };
    this.all.push(operation);
    const timer = setTimeout(async () => {
      this.timers.delete(timer);
      try {
        await work();
        operation.status = "succeeded";
      } catch (error) {
        operation.status = "failed";
        operation.resultMessage = error instanceof Error ? error.message : String(error);
      }
    }, duration);
    this.timers.add(timer);
    return { ...operation };
  }

  find(id: string): Operation {
    const found = this.all.find((operation) => operation.id === id.toLowerCase());
    if (found) return found;
    const operations = "Microsoft.VisualStudio.Services.Operations";
    throw new ServiceError(
      404,
      `${operations}.OperationNotFoundException, ${operations}`,
      `The operation ${id} does not exist.`,
    );
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }
}

/** Where clients ask whether what they asked for is done. */
export const operations: Area = { locations, routes };

function routes(api: Api, { organization, operations }: AreaContext): void {
  const one = { schema: { params: z.object({ operationId: z.string() }) } };
  api.get("/_apis/operations/:operationId", one, async ({ params }) => {
    const { resultMessage, ...operation } = operations.find(params.operationId);
    const reference = operationReference(organization, operation);
    return { ...reference, ...(resultMessage ? { resultMessage } : {}), _links: { self: { href: reference.url } } };
  });
}

/** An operation as the answer to a request refers to it, which has status 202. */
export function operationReference(organization: Organization, { id, status }: Operation) {
  return { id, status, url: `${organization.url}/_apis/operations/${id}` };
}
