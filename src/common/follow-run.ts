import { stripVTControlCharacters } from "node:util";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import {
  type Build,
  BuildResult,
  BuildStatus,
  TaskResult,
  type TimelineRecord,
  TimelineRecordState,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import { messageOf, UserError } from "./errors";

/** What a part of a run is called to people, and how far in it is written. Others are not shown: they are the service's. */
const kinds: Record<string, { title: string; indent: string }> = {
  Stage: { title: "Stage", indent: "" },
  Job: { title: "Job", indent: "  " },
  Task: { title: "Step", indent: "    " },
};

const logIndent = "      ";

/** The name of the stage of a pipeline that has no stages. */
const impliedStage = "__default";

/** How often in a row Azure DevOps may not answer. */
const patience = 5;

/** How many lines the logs of a run have. */
type Lengths = Map<number | undefined, number | undefined>;

export interface Following {
  api: Pick<IBuildApi, "getBuild" | "getBuildTimeline" | "getBuildLogs" | "getBuildLogLines">;
  project: string;
  buildId: number;
  /** Takes a line of text. */
  say: (line: string) => void;
  /** Time between two looks. */
  pause: () => Promise<void>;
  /** Keep colours and the like that steps print. */
  colours: boolean;
}

/**
 * Follows a run to its end: says as they happen which stages, jobs and steps begin and end, and what the steps print.
 *
 * @returns the run as it is at its end
 * @throws UserError if Azure DevOps does not answer any more
 */
export async function follow(following: Following): Promise<Build> {
  const look = watch(following);
  for (let failures = 0; ; ) {
    try {
      const build = await look();
      if (build.status === BuildStatus.Completed) return build;
      failures = 0;
    } catch (error) {
      failures += 1;
      const reason = messageOf(error);
      if (failures === patience) {
        throw new UserError(`Azure DevOps no longer answers about the run: ${reason}. The run itself may continue.`);
      }
    }
    await following.pause();
  }
}

/** @returns a function that says what has happened since it was last called */
function watch({ api, project, buildId, say, colours }: Following): () => Promise<Build> {
  const begun = new Set<string>();
  const ended = new Set<string>();
  /** How many lines of each log have been said. */
  const said = new Map<number, number>();
  /** The step whose lines come last. */
  let speaker: string | undefined;

  return async () => {
    // In this order: of what the run's state has as over, nothing is missing in what is asked for after it.
    const build = await api.getBuild(project, buildId);
    if (!build) throw new Error(`the run ${buildId} is not there any more`); // the client has null for a 404
    const records = (await api.getBuildTimeline(project, buildId))?.records ?? [];
    const lengths = new Map((await api.getBuildLogs(project, buildId))?.map(({ id, lineCount }) => [id, lineCount]));
    await sayAll(records, undefined, lengths);
    return build;
  };

  /** Each part with what is in it between its begin and its end. */
  async function sayAll(records: TimelineRecord[], parentId: string | undefined, lengths: Lengths): Promise<void> {
    const inside = records.filter((record) => (record.parentId ?? undefined) === parentId);
    for (const record of inside.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))) {
      sayBegin(record);
      await sayLog(record, lengths);
      await sayAll(records, record.id, lengths);
      sayEnd(record);
    }
  }

  function sayBegin(record: TimelineRecord): void {
    const { id = "", state, result, name } = record;
    const waits = record.type?.startsWith("Checkpoint") && state === TimelineRecordState.InProgress;
    const kind = kindOf(record);
    if (begun.has(id) || state === TimelineRecordState.Pending || !(kind || waits)) return;
    begun.add(id);
    if (waits) say(`It waits for an approval, a check or a permission (${name}): see the run's page.`);
    if (kind === undefined || result === TaskResult.Skipped) return;
    say(`${kind.indent}${kind.title} ${name}`);
    speaker = id;
  }

  async function sayLog({ id = "", type, name, log }: TimelineRecord, lengths: Lengths): Promise<void> {
    // A job's own log is those of its steps once more.
    if (type !== "Task" || log?.id === undefined) return;
    const from = said.get(log.id) ?? 0;
    if ((lengths.get(log.id) ?? 0) <= from) return;
    const lines = (await api.getBuildLogLines(project, buildId, log.id)) ?? [];
    if (speaker !== id) say(`${kinds.Task?.indent}Step ${name}, further`);
    speaker = id;
    for (const line of lines.slice(from)) {
      const text = line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z ?/, "");
      say(`${logIndent}${colours ? text : stripVTControlCharacters(text)}`);
    }
    said.set(log.id, lines.length);
  }

  function sayEnd(record: TimelineRecord): void {
    const { id = "", state, result, name, log, issues } = record;
    const kind = kindOf(record);
    if (ended.has(id) || state !== TimelineRecordState.Completed || kind === undefined) return;
    ended.add(id);
    // Where there is a log, they are in it.
    if (log === undefined || log === null || record.type !== "Task") {
      for (const { message } of issues ?? []) say(`${kind.indent}  ${message}`);
    }
    say(`${kind.indent}${kind.title} ${name}: ${wordsFor(result)}${durationOf(record)}`);
  }
}

function kindOf({ type = "", name }: TimelineRecord) {
  return name === impliedStage ? undefined : Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}

const words: Record<TaskResult, string> = {
  [TaskResult.Succeeded]: "succeeded",
  [TaskResult.SucceededWithIssues]: "succeeded with issues",
  [TaskResult.Failed]: "failed",
  [TaskResult.Canceled]: "canceled",
  [TaskResult.Skipped]: "skipped",
  [TaskResult.Abandoned]: "abandoned",
  [TaskResult.ManuallyQueued]: "waits to be queued by hand",
  [TaskResult.DependentOnManualQueue]: "waits for another that is queued by hand",
};

function wordsFor(result: TaskResult | undefined): string {
  return result === undefined ? "over" : words[result];
}

const results: Record<BuildResult, string> = {
  [BuildResult.None]: "is over",
  [BuildResult.Succeeded]: "succeeded",
  [BuildResult.PartiallySucceeded]: "succeeded with issues",
  [BuildResult.Failed]: "failed",
  [BuildResult.Canceled]: "was canceled",
};

/** What came of a run that is over, in one line. */
export function outcomeOf(build: Build): string {
  return `Run ${build.buildNumber} ${results[build.result ?? BuildResult.None]}${durationOf(build)}.`;
}

/** How long something took, for the end of a line; nothing where it did not run. */
function durationOf({ startTime, finishTime }: { startTime?: Date; finishTime?: Date }): string {
  if (!startTime || !finishTime) return "";
  const seconds = Math.round((finishTime.getTime() - startTime.getTime()) / 1000);
  return seconds < 60 ? ` (${seconds} s)` : ` (${Math.floor(seconds / 60)} min ${seconds % 60} s)`;
}
