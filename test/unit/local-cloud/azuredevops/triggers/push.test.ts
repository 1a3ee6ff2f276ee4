import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { BuildReason, BuildResult, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ExecuteRun } from "../../../../../local-cloud/agent/run";
import { noObject } from "../../../../../local-cloud/azuredevops/git/bare-repository";
import { World } from "../../../support/triggers-world";

let execute: ExecuteRun;
let world: World;

const steps = "steps: [{ bash: echo }]\n";

beforeEach(async () => {
  execute = async () => "succeeded";
  world = await World.start((...args) => execute(...args));
});
afterEach(() => world.close());

const byYaml = { triggerType: 2, settingsSourceType: 2 };

/** Which pipelines a push has started on which branch. */
async function startedBy(push: () => Promise<unknown>): Promise<string[]> {
  const before = world.builds().length;
  await push();
  return world
    .builds()
    .slice(before)
    .map(({ definitionId, branch }) => `${definitionId} ${branch}`);
}

describe("a push starts", () => {
  it.each([
    ["every branch's, where the file says nothing", "", "topic", true],
    ["none", "trigger: none\n", "main", false],
    ["those that are listed", "trigger: [main, releases/*]\n", "releases/1", true],
    ["no others", "trigger: [main]\n", "topic", false],
    ["all but what is excluded", "trigger: { branches: { exclude: [topic] } }\n", "other", true],
    ["not what is excluded", "trigger: { branches: { exclude: [topic] } }\n", "topic", false],
    ["no branch, where there are paths alone", "trigger: { paths: { include: [a] } }\n", "main", false],
    ["no branch, where there are tags alone", "trigger: { tags: { include: ['*'] } }\n", "main", false],
    ["what has a name for many", "trigger: { branches: { include: ['*'] } }\n", "a/b", true],
  ])("%s", async (_, trigger, branch, starts) => {
    await world.commit("main", { "ci.yml": `trigger: none\n${steps}` });
    const id = await world.define("ci", { triggers: [byYaml] });
    const started = await startedBy(() => world.commit(branch, { "ci.yml": trigger + steps }));
    expect(started).toEqual(starts ? [`${id} refs/heads/${branch}`] : []);
  });

  it("a run of the pushed commit, by the file of that commit, for who pushed it", async () => {
    await world.define("ci", { triggers: [byYaml] });
    let reason: string | undefined;
    execute = async (_, { started }) => {
      reason = started["Build.Reason"];
      return "succeeded";
    };
    await world.commit("topic", { "ci.yml": steps });
    const build = await world.finished(1);
    expect(build).toMatchObject({
      reason: BuildReason.IndividualCI,
      result: BuildResult.Succeeded,
      sourceBranch: "refs/heads/topic",
      sourceVersion: world.azureDevOps.head("topic"),
      requestedFor: { displayName: "Local operator" },
      triggerInfo: { "ci.sourceBranch": "refs/heads/topic", "ci.sourceSha": world.azureDevOps.head("topic") },
    });
    expect(reason).toBe("IndividualCI");
    const found = async (reasonFilter: BuildReason) =>
      (await world.azureDevOps.request("GET", `mlops/_apis/build/builds?reasonFilter=${reasonFilter}`)).body.count;
    expect([await found(BuildReason.IndividualCI), await found(BuildReason.Manual)]).toEqual([1, 0]);
  });

  it("nothing of a definition without such a trigger, a disabled one, or one of another repository", async () => {
    await world.commit("main", { "ci.yml": steps });
    await world.define("none", { triggers: [] });
    await world.define("disabled", { triggers: [byYaml], queueStatus: 2 });
    const other = await world.azureDevOps.request("POST", "mlops/_apis/git/repositories", { name: "other" });
    await world.define("other", { triggers: [byYaml], repository: { id: String(other.body.id), type: "TfsGit" } });
    expect(await startedBy(() => world.commit("main", { a: "1" }))).toEqual([]);
  });

  it("nothing where the file says nothing and the project wants it said", async () => {
    await world.define("ci", { triggers: [byYaml] });
    const settings = "mlops/_apis/build/generalsettings";
    await world.azureDevOps.request("PATCH", settings, { disableImpliedYAMLCiTrigger: true });
    expect((await world.azureDevOps.request("GET", settings)).body).toEqual({
      ...{ disableImpliedYAMLCiTrigger: true, enforceSettableVar: true },
    });
    expect(await startedBy(() => world.commit("main", { "ci.yml": steps }))).toEqual([]);
  });

  it("what a definition's own trigger says, whatever the file does", async () => {
    await world.commit("main", { "ci.yml": `trigger: none\n${steps}` });
    const own = { triggerType: 2, settingsSourceType: 1, branchFilters: ["+topic"], pathFilters: ["+docs", "-docs/a"] };
    const id = await world.define("ci", { triggers: [own] });
    expect(await startedBy(() => world.commit("main", { "docs/b": "1" }))).toEqual([]);
    expect(await startedBy(() => world.commit("topic", { "docs/c": "1" }))).toEqual([`${id} refs/heads/topic`]);
    expect(await startedBy(() => world.commit("topic", { "docs/a/1": "1", src: "1" }))).toEqual([]);
  });

  it("what its paths are in: of a new branch those that it changes", async () => {
    const yaml = `trigger: { branches: { include: ['*'] }, paths: { include: [docker] } }\n${steps}`;
    await world.commit("main", { "ci.yml": yaml });
    const id = await world.define("ci", { triggers: [byYaml] });
    expect(await startedBy(() => world.branch("empty"))).toEqual([]);
    expect(await startedBy(() => world.push("topic", { "docs/a": "1" }, { "docs/b": "1" }))).toEqual([]);
    expect(await startedBy(() => world.push("other", { "docker/a": "1" }, { "docs/b": "1" }))).toEqual([
      `${id} refs/heads/other`,
    ]);
    expect(await startedBy(() => world.commit("other", { "docs/c": "1" }))).toEqual([]);
  });

  it("a branch without paths in its trigger also where it brings nothing new", async () => {
    await world.commit("main", { "ci.yml": steps });
    const id = await world.define("ci", { triggers: [byYaml] });
    expect(await startedBy(() => world.branch("topic"))).toEqual([`${id} refs/heads/topic`]);
  });

  it("nothing if one of its commits says so, which later ones do not go by", async () => {
    await world.commit("main", { "ci.yml": steps });
    const id = await world.define("ci", { triggers: [byYaml] });
    expect(await startedBy(() => world.commit("main", { a: "1" }, "Change a [skip ci]"))).toEqual([]);
    expect(await startedBy(() => world.branch("topic"))).toEqual([]);
    expect(await startedBy(() => world.commit("main", { a: "2" }))).toEqual([`${id} refs/heads/main`]);
  });

  it("runs of tags that are asked for", async () => {
    const yaml = `trigger: { branches: { include: [main] }, tags: { include: [v*] } }\n${steps}`;
    await world.commit("main", { "ci.yml": yaml });
    const id = await world.define("ci", { triggers: [byYaml] });
    expect(await startedBy(() => world.move("refs/tags/v1", noObject, world.azureDevOps.head()))).toEqual([
      `${id} refs/tags/v1`,
    ]);
    expect(await startedBy(() => world.move("refs/tags/w1", noObject, world.azureDevOps.head()))).toEqual([]);
  });

  it("two runs where two branches lead to one commit, and none for what is there already", async () => {
    await world.commit("main", { "ci.yml": steps });
    const id = await world.define("ci", { triggers: [byYaml] });
    const head = world.azureDevOps.head();
    const ref = (name: string) => ({ name: `refs/heads/${name}`, oldObjectId: noObject, newObjectId: head });
    const path = `mlops/_apis/git/repositories/${world.azureDevOps.repositoryId}/refs`;
    const both = () => world.azureDevOps.request("POST", path, [ref("a"), ref("b")]);
    expect(await startedBy(both)).toEqual([`${id} refs/heads/a`, `${id} refs/heads/b`]);
    expect(await startedBy(() => world.move("refs/heads/a", head, head))).toEqual([]);
  });
});

describe("what is wrong with the file", () => {
  it("makes a run that has failed, where its trigger can be read and wants one", async () => {
    const id = await world.define("ci", { triggers: [byYaml] });
    await world.commit("main", { "ci.yml": "trigger: [main]\nsteps: [{ task: Unknown@1 }]\n" });
    expect(await world.finished(1)).toMatchObject({
      definition: { id },
      reason: BuildReason.IndividualCI,
      result: BuildResult.Failed,
      validationResults: [{ message: expect.stringContaining("/ci.yml (Line: 2, Col: 17): Task Unknown@1") }],
    });
    await world.commit("topic", { a: "1" });
    expect(world.builds()).toHaveLength(1);
  });

  it("makes one on every branch, where nobody can say what its trigger is", async () => {
    await world.define("ci", { triggers: [byYaml] });
    await world.commit("topic", { "ci.yml": "trigger: [main\n" });
    expect(await world.finished(1)).toMatchObject({
      result: BuildResult.Failed,
      sourceBranch: "refs/heads/topic",
      validationResults: [
        { message: expect.stringContaining("This is an informational run.") },
        { message: expect.stringContaining("/ci.yml (Line: ") },
      ],
    });
  });

  it("is none where the branch has no such file", async () => {
    await world.define("ci", { triggers: [byYaml] });
    await world.commit("main", { a: "1" });
    expect(world.builds()).toEqual([]);
  });
});

describe("a trigger that batches", () => {
  const yaml = `trigger: { batch: true, branches: { include: ['*'] } }\n${steps}`;
  let end: () => void;
  beforeEach(async () => {
    await world.define("ci", { triggers: [byYaml] });
    execute = (_plan, _context, _recorder, signal) =>
      new Promise((resolve) => {
        end = () => resolve("succeeded");
        signal.addEventListener("abort", () => resolve("canceled"));
      });
  });

  it("runs what is pushed meanwhile together afterwards, each branch for itself", async () => {
    await world.commit("main", { "ci.yml": yaml });
    await world.commit("main", { a: "1" });
    await world.commit("main", { a: "2" });
    await world.commit("topic", { a: "3" });
    expect(world.builds().map(({ branch }) => branch)).toEqual(["refs/heads/main", "refs/heads/topic"]);
    end();
    expect((await world.finished(1)).reason).toBe(BuildReason.BatchedCI);
    expect(world.builds().slice(2)).toMatchObject([
      { branch: "refs/heads/main", version: world.azureDevOps.head(), cause: { reason: "batchedCI" } },
    ]);
    execute = async () => "succeeded";
    end();
    await world.finished(3);
    expect(world.builds()).toHaveLength(3);
  });

  it("does so also after a restart, once", async () => {
    await world.commit("main", { "ci.yml": yaml });
    await world.commit("main", { a: "1" });
    const { directory } = world.azureDevOps;
    await world.azureDevOps.stop();
    execute = async () => "succeeded";
    world = await World.start((...args) => execute(...args), directory);
    await world.finished(2);
    expect(world.builds().map(({ result }) => result)).toEqual(["failed", "succeeded"]);
    expect(world.builds()[1]?.version).toBe(world.azureDevOps.head());
  });

  it("forgets what was pushed to a branch that is gone, whose waiting runs are canceled", async () => {
    await world.commit("main", { "ci.yml": yaml });
    await world.commit("topic", { a: "1" });
    await world.commit("topic", { a: "2" });
    await world.move("refs/heads/topic", world.azureDevOps.head("topic"), noObject);
    expect(world.builds()[1]).toMatchObject({ branch: "refs/heads/topic", status: "completed", result: "canceled" });
    end();
    await world.finished(1);
    expect(world.builds()).toHaveLength(2);
  });
});

it("a paused pipeline is queued by a push, and runs when it is enabled again", async () => {
  await world.commit("main", { "ci.yml": steps });
  const id = await world.define("ci", { triggers: [byYaml], queueStatus: 1 });
  await world.commit("main", { a: "1" });
  const api: IBuildApi = await world.azureDevOps.client.getBuildApi();
  expect((await api.getBuild("mlops", 1)).status).toBe(BuildStatus.NotStarted);
  const definition = await api.getDefinition("mlops", id);
  await api.updateDefinition({ ...definition, queueStatus: 0 }, "mlops", id);
  expect((await world.finished(1)).result).toBe(BuildResult.Succeeded);
});
