import { randomUUID } from "node:crypto";
import type { Publication, Recorder, Result } from "../../agent/run";
import { requireValidNumber } from "./number";
import type { Runs } from "./runs";
import type { Build, TimelineRecord } from "./state";

/** Takes down a run's timeline and logs. */
export function recorderOf(runs: Runs, build: Build): Recorder {
  const record = (id: string): TimelineRecord => {
    const found = build.records.find((item) => item.id === id);
    if (!found) throw new Error(`the agent speaks of a part ${id} of run ${build.id} that it did not plan`);
    return found;
  };
  /** What begins and ends at once: a job, and the phase that has no other job. */
  const withPhase = (id: string): TimelineRecord[] => {
    const own = record(id);
    return [own, ...build.records.filter(({ type, id: other }) => type === "Phase" && other === own.parentId)];
  };

  return {
    planned(parts) {
      build.records = parts.flatMap((part): TimelineRecord[] => {
        const planned = { ...part, state: "pending" as const, issues: [] };
        if (part.type !== "Job") return [planned];
        const phase = { ...planned, type: "Phase" as const, id: randomUUID() };
        return [phase, { ...planned, parentId: phase.id, order: 1 }];
      });
      runs.save();
    },
    started(partId) {
      const startTime = new Date().toISOString();
      for (const item of withPhase(partId)) Object.assign(item, { state: "inProgress", startTime });
      runs.save();
    },
    log(partId, line) {
      const item = record(partId);
      if (item.logId === undefined) {
        item.logId = build.records.filter(({ logId }) => logId !== undefined).length + 1;
        runs.save();
      }
      runs.append(build, item.logId, line);
    },
    issue(partId, type, message) {
      record(partId).issues.push({ type, message });
      runs.save();
    },
    finished(partId, result) {
      for (const item of withPhase(partId)) finish(item, result);
      runs.save();
    },
    published(what) {
      publish(runs, build, what);
      runs.save();
    },
  };
}

function publish(runs: Runs, build: Build, what: Publication): void {
  if (what.kind === "tag") {
    if (!build.tags.includes(what.tag)) build.tags.push(what.tag);
  } else if (what.kind === "number") {
    requireValidNumber(what.number);
    build.number = what.number;
  } else if (what.kind === "coverage") {
    const isAnew = (label: string) => what.statistics.some((one) => one.label === label);
    const kept = build.coverage.filter(({ label }) => !isAnew(label));
    build.coverage = [...kept, ...what.statistics].sort((a, b) => a.position - b.position);
  } else {
    const { results, ...about } = what.run;
    const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
    const id = ++runs.state.last.testRun;
    runs.keepTests(build, id, results);
    build.testResults.push({
      ...{ id, ...about, total: results.length },
      ...{ passed: count("Passed"), failed: count("Failed"), skipped: count("NotExecuted") },
    });
  }
}

/** Ends what a run that was broken off has left: its timeline says what had begun and what never did. */
export function abandon({ records }: Build): void {
  for (const item of records) {
    if (item.state === "inProgress") finish(item, "abandoned");
    if (item.state === "pending") finish(item, "skipped");
  }
}

function finish(item: TimelineRecord, result: Result | "abandoned"): void {
  Object.assign(item, { state: "completed", result, finishTime: new Date().toISOString() });
}
