import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { inject, type RequestFault } from "./inject";
import { random } from "./random";
import type { FaultRule, FaultRuleStatus, Service } from "./rule";

interface Entry extends FaultRuleStatus {
  /** Whether the next request that fits meets the fault. */
  draw: () => boolean;
  /** Answers that are kept back. */
  held: Set<ServerResponse>;
}

/** The faults of a local cloud. There are none until a rule is added. */
export class Faults {
  private entries: Entry[] = [];
  private lastId = 0;

  add(rule: FaultRule): FaultRuleStatus {
    const entry: Entry = { ...rule, id: ++this.lastId, seen: 0, hit: 0, draw: () => true, held: new Set() };
    const { when } = rule;
    if (when && "first" in when) entry.draw = () => entry.hit < when.first;
    if (when && "probability" in when) {
      const next = random(when.seed);
      entry.draw = () => next() < when.probability;
    }
    this.entries.push(entry);
    return statusOf(entry);
  }

  list(): FaultRuleStatus[] {
    return this.entries.map(statusOf);
  }

  /**
   * Takes a rule away, or all of them. What waits for an answer because of it is disconnected.
   * @returns how many there were.
   */
  remove(id?: number): number {
    const removed = this.entries.filter((entry) => id === undefined || entry.id === id);
    this.entries = this.entries.filter((entry) => !removed.includes(entry));
    for (const { held } of removed) for (const response of held) response.destroy();
    return removed.length;
  }

  /** How many milliseconds old something has to be before it is known where it is used. */
  lateness(): number {
    return Math.max(0, ...this.entries.map(({ fault }) => (fault.kind === "late" ? fault.milliseconds : 0)));
  }

  /** Puts a server's requests under the rules: what answered them so far does so when no rule has them. */
  guard(server: Server, service: Service): void {
    const answer = server.listeners("request");
    server.removeAllListeners("request");
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const work = () => {
        for (const listener of answer) listener.call(server, request, response);
      };
      const taken = this.take(service, request);
      if (taken === undefined) return work();
      const { entry, fault } = taken;
      entry.held.add(response);
      response.once("close", () => entry.held.delete(response));
      inject(fault, service, response, work);
    });
  }

  private take(
    service: Service,
    { method, url = "/" }: IncomingMessage,
  ): { entry: Entry; fault: RequestFault } | undefined {
    for (const entry of this.entries) {
      const { fault } = entry;
      if (entry.service !== service || fault.kind === "late") continue;
      if (entry.method !== undefined && entry.method !== method) continue;
      if (entry.path !== undefined && !new RegExp(entry.path).test(url)) continue;
      entry.seen++;
      if (!entry.draw()) continue;
      entry.hit++;
      return { entry, fault };
    }
    return undefined;
  }
}

function statusOf({ draw, held, ...status }: Entry): FaultRuleStatus {
  return status;
}
