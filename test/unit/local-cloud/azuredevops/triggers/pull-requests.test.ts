import { BuildReason, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { PullRequestStatus } from "azure-devops-node-api/interfaces/GitInterfaces";
import { type PolicyEvaluationRecord, PolicyEvaluationStatus } from "azure-devops-node-api/interfaces/PolicyInterfaces";
import type { ExecuteRun } from "../../../../../local-cloud/agent/run";
import { noObject } from "../../../../../local-cloud/azuredevops/git/bare-repository";
import { World } from "../../../support/triggers-world";

let execute: ExecuteRun;
let world: World;
let definitionId: number;

const yaml = "trigger: none\nsteps: [{ bash: echo }]\n";

beforeEach(async () => {
  execute = async () => "succeeded";
  world = await World.start((...args) => execute(...args));
  await world.commit("main", { "ci.yml": yaml });
  definitionId = await world.define("check", { triggers: [{ triggerType: 2, settingsSourceType: 2 }] });
  await world.commit("topic", { "src/a": "1" });
});
afterEach(() => world.close());

async function addPolicy(settings: object = {}, more: object = {}): Promise<number> {
  const scope = [{ repositoryId: world.azureDevOps.repositoryId, refName: "refs/heads/main", matchKind: "Exact" }];
  const answer = await world.azureDevOps.request("POST", "mlops/_apis/policy/configurations", {
    ...{ isEnabled: true, isBlocking: true, type: { id: "0609b952-1397-4640-95ec-e00a01b2c241" } },
    settings: { buildDefinitionId: definitionId, displayName: "Check", scope, ...settings },
    ...more,
  });
  expect(answer.status).toBe(200);
  return Number(answer.body.id);
}

const git = () => world.azureDevOps.client.getGitApi();
const repository = "diabetes_regression";

async function open(more: object = {}): Promise<number> {
  const branches = { sourceRefName: "refs/heads/topic", targetRefName: "refs/heads/main" };
  const made = await (await git()).createPullRequest({ title: "Topic", ...branches, ...more }, repository, "mlops");
  return made.pullRequestId ?? 0;
}

const change = (id: number, changed: object) =>
  world.azureDevOps.request("PATCH", `mlops/_apis/git/repositories/${repository}/pullrequests/${id}`, changed);
const complete = (id: number, options: object = {}) =>
  change(id, { status: "completed", completionOptions: { ...options } });

async function evaluations(id: number, withAll = false): Promise<PolicyEvaluationRecord[]> {
  const artifact = `vstfs:///CodeReview/CodeReviewId/${world.azureDevOps.projectId}/${id}`;
  return (await world.azureDevOps.client.getPolicyApi()).getPolicyEvaluations("mlops", artifact, withAll);
}

const statuses = async (id: number) => (await evaluations(id)).map(({ status }) => status);

/** An agent that goes on until it is told to end. */
function waiting(): () => void {
  const ends: (() => void)[] = [];
  execute = (_plan, _context, _recorder, signal) =>
    new Promise((resolve) => {
      ends.push(() => resolve("succeeded"));
      signal.addEventListener("abort", () => resolve("canceled"));
    });
  return () => ends.shift()?.();
}

describe("a pull request", () => {
  it("runs what a policy requires on the commit that merges it, with what a run may want to know of it", async () => {
    const policyId = await addPolicy();
    let variables: Record<string, string> = {};
    execute = async (_, { started }) => {
      variables = started;
      return "succeeded";
    };
    const id = await open();
    const { azureDevOps } = world;
    expect(await world.finished(1)).toMatchObject({
      definition: { id: definitionId },
      reason: BuildReason.PullRequest,
      sourceBranch: `refs/pull/${id}/merge`,
      sourceVersion: azureDevOps.repository.ref(`refs/pull/${id}/merge`),
      triggerInfo: { "pr.number": String(id), "pr.sourceBranch": "refs/heads/topic" },
    });
    expect(variables).toEqual({
      "Build.Reason": "PullRequest",
      "System.PullRequest.IsFork": "False",
      "System.PullRequest.PullRequestId": String(id),
      "System.PullRequest.SourceBranch": "refs/heads/topic",
      "System.PullRequest.SourceCommitId": azureDevOps.head("topic"),
      "System.PullRequest.SourceRepositoryURI": `${azureDevOps.url}/mlops/_git/diabetes_regression`,
      "System.PullRequest.TargetBranch": "refs/heads/main",
      "System.PullRequest.TargetBranchName": "main",
    });
    const [evaluation] = await evaluations(id);
    expect(evaluation).toMatchObject({
      status: PolicyEvaluationStatus.Approved,
      configuration: { id: policyId, isBlocking: true, settings: { displayName: "Check" } },
      context: { buildId: 1, buildDefinitionName: "check", isExpired: false, buildIsNotCurrent: false },
    });
    const api = await world.azureDevOps.client.getPolicyApi();
    expect(await api.getPolicyEvaluation("mlops", evaluation?.evaluationId ?? "")).toEqual(evaluation);
  });

  it("runs it again when its source branch moves, and once for each commit", async () => {
    await addPolicy();
    const end = waiting();
    const id = await open();
    await world.commit("topic", { "src/b": "1" });
    await world.commit("topic", { "src/c": "1" });
    await world.commit("other", { "src/d": "1" });
    // The second waited when the third came, which it would not have checked.
    expect(world.builds().map(({ status, result }) => result ?? status)).toEqual([
      "inProgress",
      "canceled",
      "notStarted",
    ]);
    expect(world.builds().at(-1)?.version).toBe(world.azureDevOps.repository.ref(`refs/pull/${id}/merge`));
    await change(id, { status: "abandoned" });
    expect(world.builds().at(-1)?.result).toBe("canceled");
    await change(id, { status: "active" });
    expect(
      world
        .builds()
        .map(({ status, result }) => result ?? status)
        .slice(2),
    ).toEqual(["canceled", "notStarted"]);
    await change(id, { title: "Topic, again" });
    expect(world.builds()).toHaveLength(4);
    end();
    await world.finished(1);
  });

  it("runs nothing by a policy that is switched off, for another branch, for other files, or waits to be asked", async () => {
    await addPolicy({}, { isEnabled: false });
    await addPolicy({ manualQueueOnly: true });
    await addPolicy({ filenamePatterns: ["/docs/*", "*.md"] });
    await addPolicy({ filenamePatterns: ["/src/*", "!/src/a"] });
    const scope = [
      { repositoryId: world.azureDevOps.repositoryId, refName: "refs/heads/releases/", matchKind: "Prefix" },
    ];
    await addPolicy({ scope });
    const id = await open();
    expect(world.builds()).toEqual([]);
    expect((await evaluations(id, true)).map(({ status }) => status)).toEqual([
      PolicyEvaluationStatus.Queued,
      PolicyEvaluationStatus.NotApplicable,
      PolicyEvaluationStatus.NotApplicable,
    ]);
    const [asked] = await evaluations(id);
    await (await world.azureDevOps.client.getPolicyApi()).requeuePolicyEvaluation("mlops", asked?.evaluationId ?? "");
    expect((await world.finished(1)).reason).toBe(BuildReason.PullRequest);
    expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Approved]);
  });

  it("runs when it has files that a policy is about", async () => {
    await addPolicy({ filenamePatterns: ["/docs/*", "/src/*", "!/src/b"] });
    await open();
    await world.finished(1);
  });

  it("that is a draft runs when it is published, and one whose branches conflict does not", async () => {
    await addPolicy();
    const id = await open({ isDraft: true });
    expect(world.builds()).toEqual([]);
    await change(id, { isDraft: false });
    await world.finished(1);
    await world.commit("conflict", { "src/a": "2" });
    await complete(id);
    await open({ sourceRefName: "refs/heads/conflict" });
    expect(world.builds()).toHaveLength(1);
  });
});

describe("a policy that blocks", () => {
  it("lets a pull request be completed when its run has succeeded, and says until then what is missing", async () => {
    await addPolicy();
    const end = waiting();
    const id = await open();
    expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Running]);
    expect(await complete(id)).toMatchObject({
      status: 403,
      body: { typeKey: "GitPullRequestUpdateRejectedByPolicyException", message: "Check must succeed to update main." },
    });
    end();
    await world.finished(1);
    expect((await complete(id)).status).toBe(200);
    const found = await (await git()).getPullRequestById(id);
    expect(found.status).toBe(PullRequestStatus.Completed);
    expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Approved]);
  });

  it("does not if that has failed, unless who may bypass it does", async () => {
    await addPolicy();
    execute = async () => "failed";
    const id = await open();
    await world.finished(1);
    expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Rejected]);
    expect((await complete(id)).status).toBe(403);
    expect((await complete(id, { bypassPolicy: true })).status).toBe(200);
  });

  it.each([
    [false, 0, PolicyEvaluationStatus.Rejected],
    [true, 0, PolicyEvaluationStatus.Approved],
    [true, 720, PolicyEvaluationStatus.Approved],
  ])(
    "with queueOnSourceUpdateOnly %s and validDuration %i sees a target branch that moves",
    async (only, minutes, expected) => {
      await addPolicy({ queueOnSourceUpdateOnly: only, validDuration: minutes });
      const id = await open();
      await world.finished(1);
      await world.commit("main", { "docs/a": "1" });
      expect(await statuses(id)).toEqual([expected]);
      expect(world.builds()).toHaveLength(1);
    },
  );

  it("counts a success for its minutes only, once the target branch has moved", async () => {
    await addPolicy({ queueOnSourceUpdateOnly: true, validDuration: 1 });
    const id = await open();
    await world.finished(1);
    const [build] = world.builds();
    if (build) build.finishTime = new Date(Date.now() - 61_000).toISOString();
    expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Approved]);
    await world.commit("main", { "docs/a": "1" });
    expect((await evaluations(id))[0]).toMatchObject({
      status: PolicyEvaluationStatus.Rejected,
      context: { isExpired: true },
    });
  });
});

it("a pull request that is completed is a push to its target branch, whatever the messages of its own commits say", async () => {
  await world.commit("topic", { "ci.yml": "trigger: [main]\nsteps: [{ bash: echo }]\n" }, "Change it [skip ci]");
  expect(world.builds()).toEqual([]);
  expect((await complete(await open(), { deleteSourceBranch: true })).status).toBe(200);
  expect(await world.finished(1)).toMatchObject({
    reason: BuildReason.IndividualCI,
    sourceBranch: "refs/heads/main",
    sourceVersion: world.azureDevOps.head(),
  });
  expect(world.builds()).toHaveLength(1);
});

it("a policy that does not block lets a pull request be completed whatever comes of its run", async () => {
  await addPolicy({}, { isBlocking: false });
  execute = async () => "failed";
  const id = await open();
  await world.finished(1);
  expect((await complete(id)).status).toBe(200);
});

it("what a pipeline's file says on the merged commit counts: one that nobody can read fails the check", async () => {
  await addPolicy();
  await world.commit("broken", { "ci.yml": "steps: [{ task: Unknown@1 }]\n" });
  const id = await open({ sourceRefName: "refs/heads/broken" });
  const build = await world.finished(world.builds().length);
  expect(build).toMatchObject({ reason: BuildReason.PullRequest, status: BuildStatus.Completed });
  expect(await statuses(id)).toEqual([PolicyEvaluationStatus.Rejected]);
});

it("evaluations are asked for by a pull request of the project", async () => {
  const path = "mlops/_apis/policy/evaluations";
  expect(await world.azureDevOps.request("GET", path)).toMatchObject({ status: 400 });
  const artifact = `vstfs:///CodeReview/CodeReviewId/${world.azureDevOps.projectId}/9`;
  expect(await world.azureDevOps.request("GET", `${path}?artifactId=${artifact}`)).toMatchObject({ status: 404 });
  expect(await world.azureDevOps.request("GET", `${path}/${noObject}`)).toMatchObject({ status: 404 });
});
