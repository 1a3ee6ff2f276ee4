import type { Build, TimelineRecord } from "../azuredevops/builds/state";
import { type Html, html } from "./html";

/** What a run or a part of it is doing or has come to, in Azure DevOps' words. */
const words = {
  notStarted: "Queued",
  cancelling: "Canceling",
  pending: "Pending",
  inProgress: "Running",
  succeeded: "Succeeded",
  partiallySucceeded: "Partially succeeded",
  succeededWithIssues: "Succeeded with issues",
  failed: "Failed",
  canceled: "Canceled",
  skipped: "Skipped",
  abandoned: "Abandoned",
  completed: "Completed",
};

export function stateWord({ state, result }: TimelineRecord): string {
  return words[result ?? state];
}

export function stateOf({ state, result }: TimelineRecord): Html {
  return badge(result ?? state);
}

export function statusOf({ status, result }: Build): Html {
  return badge(result ?? status);
}

/** How a run came to be. */
export function howOf({ cause }: Build): string {
  switch (cause.reason) {
    case "manual":
      return "manually";
    case "individualCI":
      return "by a push";
    case "batchedCI":
      return "by a push, batched";
    case "schedule":
      return `by the schedule ${cause.displayName}`.trimEnd();
    case "pullRequest":
      return `by the pull request !${cause.pullRequestId}`;
  }
}

function badge(key: keyof typeof words): Html {
  return html`<span class="state ${key}">${words[key]}</span>`;
}

/** Whether a pipeline may use a protected resource, in a cell. */
export function permission(permitted: boolean): Html {
  return permitted
    ? html`<span class="state permitted">Permitted</span>`
    : html`<span class="state">Not permitted</span>`;
}

/** A moment, to the second. @param iso ISO 8601 */
export function time(iso: string | undefined): Html | undefined {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return undefined;
  const text = new Date(iso).toISOString().slice(0, 19).replace("T", " ");
  return html`<time datetime="${iso}">${text} UTC</time>`;
}

/** How long something took, or has taken so far: "1m 4s". */
export function duration({ startTime, finishTime }: { startTime?: string; finishTime?: string }): string {
  if (startTime === undefined) return "";
  const end = finishTime === undefined ? Date.now() : Date.parse(finishTime);
  const seconds = Math.floor((end - Date.parse(startTime)) / 1000);
  if (seconds < 1) return "<1s";
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number}${unit}`)
    .join(" ");
}

/** "12.3 MB", with 1000 bytes to the kilobyte. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `refs/heads/main` as people say it. */
export function branchName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
