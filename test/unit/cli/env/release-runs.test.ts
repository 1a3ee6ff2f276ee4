import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { BuildResult, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ExecuteRun } from "../../../../local-cloud/agent/run";
import { releaseRuns } from "../../../../src/cli/env/release-runs";
import { LocalAzureDevOps } from "../../support/local-azure-devops";

/** An agent whose runs go on until they are cancelled. */
const endless: ExecuteRun = (_, __, ___, signal) =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve("canceled"), { once: true }));

let execute: ExecuteRun;
let azureDevOps: LocalAzureDevOps;
let api: IBuildApi;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args));
  api = await azureDevOps.client.getBuildApi();
  const git = await azureDevOps.client.getGitApi();
  const [main] = await git.getRefs(azureDevOps.repositoryId, "mlops", "heads/main");
  const changes = [{ changeType: 1, item: { path: "/ci.yml" }, newContent: { content: "steps:\n- bash: pytest\n" } }];
  const refUpdates = [{ name: "refs/heads/main", oldObjectId: main?.objectId }];
  await git.createPush({ refUpdates, commits: [{ comment: "CI", changes }] }, azureDevOps.repositoryId, "mlops");
});
afterAll(() => azureDevOps.close());

async function define(name: string) {
  const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
  const process = { type: 2, yamlFilename: "ci.yml" };
  const { id = 0 } = await api.createDefinition({ name, repository, process }, "mlops");
  return { project: azureDevOps.projectId, id, name };
}
type Definition = Awaited<ReturnType<typeof define>>;

async function queue({ id }: Definition) {
  const build = await api.queueBuild({ definition: { id } }, "mlops");
  return { id: build.id ?? 0, number: build.buildNumber };
}

async function statusOf({ id }: { id: number }): Promise<BuildStatus | undefined> {
  return (await api.getBuild("mlops", id)).status;
}

async function reached(run: { id: number }, status: BuildStatus): Promise<void> {
  while ((await statusOf(run)) !== status) await new Promise((resolve) => setImmediate(resolve));
}

async function released(definition: Definition): Promise<string[]> {
  const said: string[] = [];
  await releaseRuns(api, definition, (line) => said.push(line));
  return said;
}

test("runs that go on or wait are cancelled, those of other pipelines are not, and then it can be deleted", async () => {
  execute = endless;
  const [own, other] = [await define("model"), await define("other")];
  const going = await queue(own);
  await reached(going, BuildStatus.InProgress);
  const [waiting, others] = [await queue(own), await queue(other)];
  const said = await released(own);
  expect(said.sort()).toEqual(
    [going, waiting].map(({ number }) => `Run ${number} of model is in progress: it is cancelled.`).sort(),
  );
  for (const { id } of [going, waiting]) {
    expect(await api.getBuild("mlops", id)).toMatchObject({
      status: BuildStatus.Completed,
      result: BuildResult.Canceled,
    });
  }
  expect(await statusOf(others)).not.toBe(BuildStatus.Completed);
  await api.deleteDefinition("mlops", own.id);
  await api.updateBuild({ status: BuildStatus.Cancelling }, "mlops", others.id);
});

test("leases of its runs are released, each is named, and then it can be deleted", async () => {
  execute = async () => "succeeded";
  const own = await define("retained");
  const run = await queue(own);
  await reached(run, BuildStatus.Completed);
  const lease = { daysValid: 9, definitionId: own.id, ownerId: "Release:7", protectPipeline: true, runId: run.id };
  const [{ leaseId = 0 } = {}] = await api.addRetentionLeases([lease], "mlops");
  await expect(api.deleteDefinition("mlops", own.id)).rejects.toThrow(/retained/);

  expect(await released(own)).toEqual([
    `Run ${run.id} of retained is retained by Release:7: lease ${leaseId} is released.`,
  ]);
  await api.deleteDefinition("mlops", own.id);
  expect(await api.getDefinition("mlops", own.id)).toBeNull();
});

test("where nothing goes on and nothing is retained, nothing is said", async () => {
  execute = async () => "succeeded";
  const own = await define("quiet");
  await reached(await queue(own), BuildStatus.Completed);
  expect(await released(own)).toEqual([]);
});
