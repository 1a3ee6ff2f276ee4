import type { ExecuteRun } from "../../../../local-cloud/agent/run";
import { localAuthor } from "../../../../local-cloud/git/commit-files";
import { queueFile } from "../../../../local-cloud/repository/run-file";
import { textFile } from "../../../support/repository";
import { personalAccessToken } from "../../support/local-azure-devops";
import { World } from "../../support/triggers-world";

let execute: ExecuteRun;
let world: World;

beforeEach(async () => {
  execute = async () => "succeeded";
  world = await World.start((...args) => execute(...args));
});
afterEach(() => world.close());

/** Queues a run as the command does. */
function run(files: Record<string, string>, { path = "ci.yml", branch = "main", stages = [] as string[] } = {}) {
  const { url, directory } = world.azureDevOps;
  const azureDevOps = {
    ...{ orgServiceUrl: url, personalAccessToken, project: "mlops", repository: "diabetes_regression" },
    ...{ defaultBranch: "main", url: "", remoteUrl: "" },
  };
  const all = Object.entries(files).map(([name, text]) => textFile(name, text));
  return queueFile({ directory, azureDevOps }, { path, branch, stages, files: all, author: localAuthor });
}

it("runs a file with what the working tree has, and leaves no branch and no pipeline behind", async () => {
  const { azureDevOps } = world;
  const refs = azureDevOps.repository.refs("refs/");
  const main = azureDevOps.head();
  let seen: (string | undefined)[] = [];
  execute = async ({ stages }, { definition, version }) => {
    const readme = azureDevOps.repository.fileAt(version, "README.md")?.toString();
    seen = [definition.name, definition.path, stages[0]?.jobs[0]?.steps.at(-1)?.displayName, readme];
    return "succeeded";
  };
  const started = await run({ "ci.yml": "steps: [{ bash: echo, displayName: Say }]\n", "README.md": "mine" });
  expect(started).toMatchObject({ isTemporary: true, build: { id: 1, validationResults: [] } });
  const build = await world.finished(1);
  expect(build).toMatchObject({ sourceBranch: "refs/heads/main" });
  expect(azureDevOps.repository.commit(build.sourceVersion)?.parents).toEqual([main]);
  expect(seen).toEqual(["ci.yml 1", "\\local-cloud run", "Say", "mine"]);
  expect(azureDevOps.repository.refs("refs/")).toEqual(refs);
  expect(azureDevOps.state.definitions).toEqual([]);
});

it("runs it as the pipeline that has it: the one of the branch, if there are several", async () => {
  const ids = [
    await world.define("base", { triggers: [] }),
    await world.define("branch", {
      ...{ triggers: [], variables: { which: { value: "branch's" } } },
      repository: { id: world.azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "refs/heads/topic" },
    }),
  ];
  const yaml = { "ci.yml": `steps: [{ bash: echo, displayName: "\${{ variables.which }}" }]\n` };
  expect(await run(yaml)).toMatchObject({ pipeline: "base", isTemporary: false });
  expect(await run(yaml, { branch: "topic" })).toMatchObject({ pipeline: "branch", isTemporary: false });
  await world.finished(2);
  expect(world.builds().map(({ definitionId }) => definitionId)).toEqual(ids);
  expect(world.builds()[1]?.plan.stages[0]?.jobs[0]?.steps.at(-1)?.displayName).toBe("branch's");
  expect(world.azureDevOps.state.definitions).toHaveLength(2);
});

it("says all that it would refuse, with the lines, and runs nothing", async () => {
  const yaml = "steps:\n  - task: Unknown@1\n  - bash: echo\n    retryCountOnTaskFailure: 3\n  - task: Other@2\n";
  await expect(run({ "ci.yml": yaml })).rejects.toThrow(/\(Line: 2, .*\n.*\(Line: 4, .*\n.*\(Line: 5, /);
  await expect(run({ a: "" })).rejects.toThrow("ci.yml is no file that the local repository would get");
  expect(world.builds()).toEqual([]);
  expect(world.azureDevOps.state.definitions).toEqual([]);
  const id = await world.define("paused", { triggers: [], queueStatus: 1 });
  await expect(run({ "ci.yml": "steps: [{ bash: echo }]\n" })).rejects.toThrow("The pipeline paused is paused");
  expect(world.azureDevOps.state.definitions.map((definition) => definition.id)).toEqual([id]);
});

it("runs the stages that are named, each after what the others would have waited for, and no stage that is not there", async () => {
  const stage = (name: string) => `- { stage: ${name}, jobs: [{ job: a, steps: [{ bash: echo }] }] }\n`;
  const yaml = { "ci.yml": `stages:\n${["Build", "Test", "Deploy"].map(stage).join("")}` };
  await run(yaml, { stages: ["deploy", "Build"] });
  expect(world.builds()[0]?.plan.stages).toMatchObject([
    { name: "Build", dependsOn: [] },
    { name: "Deploy", dependsOn: ["Build"] },
  ]);
  await world.finished(1);
  const unknown = { "ci.yml": yaml["ci.yml"].replace("bash: echo", "task: Unknown@1") };
  await expect(run(unknown)).rejects.toThrow("Task Unknown@1 is not emulated");
  expect(await run(unknown, { stages: ["Test"] })).toMatchObject({ build: { id: 2 } });
  await world.finished(2);
  await expect(run(yaml, { stages: ["Other"] })).rejects.toThrow(
    "The pipeline has no stage Other: it has Build, Test, Deploy.",
  );
});

it("fails before it begins where it may not use a connection, which is said, and leaves no pipeline behind", async () => {
  const yaml = "steps: [{ task: Docker@2, inputs: { command: build, containerRegistry: nowhere } }]\n";
  const { build } = await run({ "ci.yml": yaml });
  expect(build.validationResults).toEqual([
    { message: expect.stringContaining("references service connection nowhere which could not be found") },
  ]);
  expect(world.azureDevOps.state.definitions).toEqual([]);
});
