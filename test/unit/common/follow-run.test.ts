import {
  type Build,
  BuildStatus,
  TaskResult,
  type TimelineRecord,
  TimelineRecordState,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import { follow } from "../../../src/common/follow-run";

/** What Azure DevOps answers at one look: a timeline with the lines of its logs, or nothing that can be read. */
type Look = { records: TimelineRecord[]; logs?: Record<number, string[]> } | Error;

/** Follows a run that is over at the last look. @returns what was said, look by look */
async function followed(...looks: Look[]): Promise<string[][]> {
  const said: string[][] = [[]];
  let index = 0;
  const now = () => {
    const look = looks[index];
    if (look === undefined || look instanceof Error) throw look ?? new Error("it was over");
    return look;
  };
  await follow({
    api: {
      getBuild: async (): Promise<Build> => {
        now();
        return { status: index === looks.length - 1 ? BuildStatus.Completed : BuildStatus.InProgress };
      },
      getBuildTimeline: async () => ({ records: now().records }),
      getBuildLogs: async () =>
        Object.entries(now().logs ?? {}).map(([id, lines]) => ({ id: Number(id), lineCount: lines.length })),
      getBuildLogLines: async (_project, _build, id) => now().logs?.[id] ?? [],
    },
    project: "mlops",
    buildId: 1,
    say: (line) => said.at(-1)?.push(line),
    pause: async () => {
      index += 1;
      said.push([]);
    },
    colours: false,
  });
  return said;
}

const { Pending, InProgress, Completed } = TimelineRecordState;

function record(type: string, id: string, parentId: string | null, state: TimelineRecordState, more: object = {}) {
  return { id, type, name: id, ...(parentId ? { parentId } : {}), state, order: 1, ...more };
}

function step(id: string, state: TimelineRecordState, logId: number, job = "job") {
  return record("Task", id, job, state, { log: { id: logId }, order: logId, result: TaskResult.Succeeded });
}

const time = "2026-11-24T10:00:00.1234567Z";

test("each look says what is new, and nothing twice", async () => {
  const said = await followed(
    { records: [] },
    { records: [record("Job", "job", null, InProgress), step("a", Pending, 1)] },
    { records: [record("Job", "job", null, InProgress), step("a", InProgress, 1)], logs: { 1: [`${time} one`] } },
    {
      records: [record("Job", "job", null, Completed, { result: 2 }), step("a", Completed, 1)],
      logs: { 1: [`${time} one`, `${time} two`] },
    },
  );
  expect(said).toEqual([
    [],
    ["  Job job"],
    ["    Step a", "      one"],
    ["      two", "    Step a: succeeded", "  Job job: failed"],
  ]);
});

test("steps that run at the same time are told apart", async () => {
  const records = (state: TimelineRecordState) => [
    record("Job", "x", null, state),
    record("Job", "y", null, state, { order: 2 }),
    step("a", state, 1, "x"),
    step("b", state, 2, "y"),
  ];
  const said = await followed(
    { records: records(InProgress), logs: { 1: [`${time} a1`], 2: [`${time} b1`] } },
    { records: records(InProgress), logs: { 1: [`${time} a1`, `${time} a2`], 2: [`${time} b1`] } },
    { records: records(InProgress), logs: { 1: [`${time} a1`, `${time} a2`, `${time} a3`], 2: [`${time} b1`] } },
  );
  expect(said).toEqual([
    ["  Job x", "    Step a", "      a1", "  Job y", "    Step b", "      b1"],
    ["    Step a, further", "      a2"],
    ["      a3"],
  ]);
});

test("phases, jobs' own logs and the stage of a pipeline without stages are not shown", async () => {
  const [said] = await followed({
    records: [
      record("Stage", "stage", null, InProgress, { name: "__default" }),
      record("Phase", "phase", "stage", InProgress),
      record("Job", "job", "phase", InProgress, { log: { id: 9 } }),
      step("a", InProgress, 1),
    ],
    logs: { 1: ["\uFEFF2026-11-24T10:00:00.1234567Z one"], 9: [`${time} one`] },
  });
  expect(said).toEqual(["  Job job", "    Step a", "      one"]);
});

test("that a run waits for a permission or an approval is said once", async () => {
  const waiting = { records: [record("Checkpoint.Authorization", "Authorization", null, InProgress)] };
  expect((await followed(waiting, waiting)).flat()).toEqual([
    "It waits for an approval, a check or a permission (Authorization): see the run's page.",
  ]);
});

test("Azure DevOps may be away for a while", async () => {
  const away = new Error("socket hang up");
  const said = await followed(away, away, away, away, { records: [record("Job", "job", null, InProgress)] });
  expect(said.flat()).toEqual(["  Job job"]);
});

test("when it stays away, the command ends and says that the run may go on", async () => {
  const away = new Error("socket hang up");
  await expect(followed(away, away, away, away, away, { records: [] })).rejects.toThrow(
    "Azure DevOps no longer answers about the run: socket hang up. The run itself may continue.",
  );
});
