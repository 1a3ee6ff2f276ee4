import { BuildReason } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ExecuteRun } from "../../../../../local-cloud/agent/run";
import { runSchedules } from "../../../../../local-cloud/repository/schedules";
import { personalAccessToken } from "../../../support/local-azure-devops";
import { World } from "../../../support/triggers-world";

let execute: ExecuteRun;
let world: World;

beforeEach(async () => {
  execute = async () => "succeeded";
  world = await World.start((...args) => execute(...args));
});
afterEach(() => world.close());

const yaml = (...schedules: string[]) =>
  `trigger: none\nschedules:\n${schedules.map((each) => `- { cron: "0 2 * * *", ${each} }\n`).join("")}steps: [{ bash: echo }]\n`;

/** Runs the schedules as the command does. */
const run = (pipeline: string | number) => {
  const { url } = world.azureDevOps;
  const azureDevOps = {
    ...{ orgServiceUrl: url, personalAccessToken, project: "mlops", repository: "", defaultBranch: "main", url: "" },
    remoteUrl: "",
  };
  return runSchedules({ azureDevOps }, String(pipeline));
};

it("runs each branch that the schedule in its own file names, and says so", async () => {
  await world.commit("main", { "ci.yml": yaml("displayName: Sweep, branches: { include: [main, releases/*] }") });
  await world.branch("releases/1");
  await world.commit("topic", { "ci.yml": yaml("displayName: Mine, branches: { include: [main] }") });
  let variables: Record<string, string> = {};
  execute = async (_, { started }) => {
    variables = started;
    return "succeeded";
  };
  await world.define("nightly", { triggers: [] });
  expect(await run("Nightly")).toEqual([
    expect.stringMatching(/^On main, by the schedule Sweep: Started #\S+ of nightly: http.*buildId=1$/),
    expect.stringMatching(/^On releases\/1, by the schedule Sweep: Started #\S+ of nightly: http.*buildId=2$/),
  ]);
  expect(await world.finished(2)).toMatchObject({
    reason: BuildReason.Schedule,
    sourceBranch: "refs/heads/releases/1",
    triggerInfo: { scheduleName: "Sweep" },
  });
  expect(variables).toEqual({ "Build.Reason": "Schedule", "Build.CronSchedule.DisplayName": "Sweep" });
});

it("runs only where something has changed since the last scheduled run that succeeded, unless it always runs", async () => {
  const [sweep, always] = ["displayName: Sweep", "displayName: Always, always: true"];
  await world.commit("main", { "ci.yml": yaml(`${sweep}, branches: { include: [main] }`) });
  const id = await world.define("nightly", { triggers: [] });
  execute = async () => "failed";
  await run(id);
  await world.finished(1);
  execute = async () => "succeeded";
  await run(id);
  await world.finished(2);
  expect(await run(id)).toEqual([
    expect.stringMatching(
      /^On main, by the schedule Sweep: nothing was started, as nothing has changed since the scheduled run #\S+\.2, /,
    ),
  ]);
  await world.commit("main", { a: "1" });
  expect(await run(id)).toEqual([expect.stringContaining("buildId=3")]);
  await world.finished(3);
  await world.commit("main", { "ci.yml": yaml(`${always}, branches: { include: [main] }`) });
  for (const next of [4, 5]) {
    expect(await run(id)).toEqual([expect.stringContaining(`buildId=${next}`)]);
    await world.finished(next);
  }
});

it("does not begin while the run before goes on, if it batches", async () => {
  await world.commit("main", { "ci.yml": yaml("batch: true, branches: { include: [main] }") });
  const id = await world.define("nightly", { triggers: [] });
  let end = () => {};
  execute = () =>
    new Promise((resolve) => {
      end = () => resolve("succeeded");
    });
  await run(id);
  expect(await run(id)).toEqual([
    expect.stringMatching(/^On main: nothing was started, as the scheduled run #\S+ is not over/),
  ]);
  end();
  await world.finished(1);
});

it("is the definition's own, where it has one, whatever the file says", async () => {
  await world.commit("main", { "ci.yml": yaml("displayName: Sweep, branches: { include: [main] }") });
  await world.branch("topic");
  const schedules = [{ branchFilters: ["+topic"], scheduleOnlyWithChanges: false, daysToBuild: 31, startHours: 2 }];
  const id = await world.define("nightly", { triggers: [{ triggerType: "schedule", schedules }] });
  expect(await run(id)).toEqual([expect.stringMatching(/^On topic: Started #/)]);
  await world.finished(1);
});

it("says what is wrong: no schedule, no such pipeline, two of a name, a file that nobody can read", async () => {
  await world.commit("main", { "ci.yml": "trigger: none\nsteps: [{ bash: echo }]\n" });
  const id = await world.define("nightly", { triggers: [] });
  await expect(run(id)).rejects.toThrow(
    "No schedule of the pipeline nightly is for a branch of its repository. A schedule is in the file ci.yml",
  );
  await expect(run("weekly")).rejects.toThrow("Build pipeline weekly was not found.");
  const other = await world.define("nightly", { triggers: [], path: "\\team" });
  await expect(run("nightly")).rejects.toThrow(`say which by its number (${id} in \\, ${other} in \\team)`);
  await world.commit("main", { "ci.yml": "schedules: [{ when: now }]\nsteps: [{ bash: echo }]\n" });
  expect(await run(id)).toEqual([
    "On main: nothing was started, as its file says nothing that can be read: /ci.yml (Line: 1, Col: 15): Unexpected value 'when'",
  ]);
  const refused = await world.azureDevOps.request("POST", "mlops/_apis/build/definitions", {
    ...{ name: "own", repository: { id: world.azureDevOps.repositoryId, type: "TfsGit" } },
    process: { yamlFilename: "ci.yml" },
    triggers: [{ triggerType: "schedule", schedules: [{ branchFilters: ["main"] }] }],
  });
  expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining("The trigger's schedules") } });
});
