import type { Fault, FaultRule } from "../../local-cloud/faults/rule";

/** What happens to a step. */
export interface Trouble {
  name: string;
  fault: Fault;
  when?: FaultRule["when"];
  /** How the command is ended once the request is made. */
  ended?: { after: number; signal: NodeJS.Signals }[];
  /** What a message about it has to say, if the command fails by itself. */
  says: RegExp;
}

const broken = /reset|ECONNRESET|EOF|JSON|unexpected end|aborted|terminated|hang up|closed|cut short|fetch failed/i;
const once = { first: 1 };

/** Ctrl-C after ten seconds, and again: Pulumi's providers have no limit of their own for an answer. */
const interruption = { after: 10, signal: "SIGINT" as const };
const interrupted = [interruption, interruption];
/** At once, but for what was begun to be written down and done. */
const killed = [{ after: 0.3, signal: "SIGKILL" as const }];

export const troubles: Trouble[] = [
  {
    ...{ name: "429 once", fault: { kind: "status", status: 429, retryAfter: 1 }, when: once },
    says: /429|throttled|too ?many/i,
  },
  { name: "500", fault: { kind: "status", status: 500 }, says: /500|unexpected error/i },
  { name: "503", fault: { kind: "status", status: 503 }, says: /503|unavailable/i },
  { name: "reset", fault: { kind: "reset" }, says: broken },
  { name: "hang", fault: { kind: "hang" }, when: once, ended: interrupted, says: /./ },
  { name: "slow", fault: { kind: "slow", milliseconds: 3000 }, when: { first: 2 }, says: /./ },
  { name: "truncated", fault: { kind: "truncate" }, when: once, says: broken },
  { name: "answer lost", fault: { kind: "lost" }, when: once, says: broken },
  { name: "killed before", fault: { kind: "hang" }, ended: killed, says: /./ },
  { name: "killed after", fault: { kind: "withheld" }, ended: killed, says: /./ },
];
