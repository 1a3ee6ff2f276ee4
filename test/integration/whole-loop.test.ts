import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildReason } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { variablesOf } from "../../local-cloud/cloud/environment";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { readCloudSettings } from "../../local-cloud/cloud/settings";
import { cloudStatus, type Running } from "../../local-cloud/cloud/status";
import { pluginArchive } from "../../src/common/pulumi-archives/archives";
import { plugins } from "../../src/common/pulumi-archives/plugins";
import { reservePorts } from "../support/ports";
import { Packages, Team } from "./support/team";
import { expectSuccess, infrastructureOf, TeamDeployment } from "./support/team-deployment";

/** The whole loop of a team: what it pushes, its pipelines do. */
let packages: Packages;
let team: Team;
let cloud: Running;
let deployment: TeamDeployment;
let pipeline: number;

const folder = "job-container";
const file = (name: string) => join(team.root, folder, name);

/** Runs a command in the local cloud. */
const exec = (...command: string[]) => team.succeed("npx", "local-cloud", "exec", "--", ...command);

/** Name of the Pulumi project. */
const project = () => z.object({ name: z.string() }).parse(parse(readFileSync(file("Pulumi.yaml"), "utf8"))).name;

/** Changes the stack's settings in the working tree. @param settings undefined for one that is taken out */
function configure(settings: Record<string, unknown>): void {
  const content = stackFile.parse(parse(readFileSync(file("Pulumi.local.yaml"), "utf8")));
  for (const [name, value] of Object.entries(settings)) content.config[`${project()}:${name}`] = value;
  writeFileSync(file("Pulumi.local.yaml"), stringify(content));
}

const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

function push(...refs: string[]): void {
  team.git("push", "--quiet", "local", ...refs);
}

beforeAll(async () => {
  packages = await Packages.pack();
  team = new Team(folder, {}, packages.programs);
  await team.succeedIn(".", ...packages.init, "--directory", folder);
  await team.succeed("sh", "-c", `npm install --save-exact ${packages.jobContainer}`);
  await team.succeed("npm", "install", "--save-exact", "--save-dev", packages.localCloud);
  await team.succeed("npx", "job-container", "adopt", "../.pipelines/ci.yml", "../.pipelines/train.yml");
  team.commit("A job container of our own");
  await team.succeed("npx", "local-cloud", "start", "--port", String(await reservePorts()));
  const status = cloudStatus(layoutOf(join(team.root, ".local-cloud")));
  if (!status.running) throw new Error("the local cloud does not run");
  cloud = status;
  deployment = new TeamDeployment(cloud);
});
afterAll(async () => {
  await team.succeed("npx", "--no-install", "local-cloud", "reset");
  team.remove();
  packages.remove();
});

test("an administrator prepares it once, and brings the pipeline up", async () => {
  const layout = layoutOf(cloud.directory);
  const settings = readCloudSettings(layout);
  if (settings === undefined) throw new Error("the local cloud has no settings");
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = variablesOf(layout, settings);
  const infrastructure = infrastructureOf(project());
  await deployment.prepare(infrastructure, { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE });
  configure({
    infrastructurePipeline: { ...infrastructure, path: `${folder}/infrastructure.yml` },
    // The pipeline makes one of its own.
    builder: undefined,
  });
  // Of the archives that Pulumi publishes, in whose place the local cloud has its own.
  const sums = plugins().map(({ name, version }) => [pluginArchive(name, version).name, "0".repeat(64)]);
  writeFileSync(file("pulumi-checksums.json"), JSON.stringify(Object.fromEntries(sums)));
  writeFileSync(file(".gitignore"), readFileSync(file(".gitignore"), "utf8").replace("/Pulumi.local.yaml\n", ""));
  // `start` has locked the environment, and has committed that to the local repository only.
  team.git("add", "--force", ".local-cloud/conda-locks");
  team.commit("The pipeline that deploys");
  const { remoteUrl, personalAccessToken } = cloud.azureDevOps;
  team.git("remote", "add", "local", remoteUrl.replace("://", `://team:${personalAccessToken}@`));
  team.git("fetch", "--quiet", "local");
  push("--force", "HEAD:master");
  await exec("pulumi", "up", "--yes", "--skip-preview", "--stack", "local");
  pipeline = await deployment.definition("-infrastructure");
});

/** The run that something has started, once it is over. */
const started = (reasons: BuildReason[], branch: string, version?: string) =>
  deployment.startedRun(pipeline, reasons, branch, version);

/** A push starts a run at once, or one of several pushes. */
const pushed = [BuildReason.IndividualCI, BuildReason.BatchedCI];

const folderOf = async () =>
  (await (await deployment.client.getBuildApi()).getDefinition(deployment.project, pipeline)).path;

describe("a pull request", () => {
  let pullRequest: number;
  let merge: string;
  let folderBefore: string | undefined;
  const git = () => deployment.client.getGitApi();
  const comments = async () => {
    const { repository } = cloud.azureDevOps;
    const threads = await (await git()).getThreads(repository, pullRequest, deployment.project);
    return threads.flatMap(({ comments: all = [] }) => all.map(({ content = "" }) => content));
  };
  const change = (to: string) => {
    configure({ pipelineFolder: to });
    team.commit(`The pipelines into ${to}`);
    push("HEAD:topic");
  };
  const mergeCommit = async () => {
    const { repository } = cloud.azureDevOps;
    const found = await (await git()).getPullRequestById(pullRequest, deployment.project);
    expect(found.repository?.name).toBe(repository);
    return found.lastMergeCommit?.commitId;
  };

  test("is not commented while the build service may not, and the run says why", async () => {
    folderBefore = await folderOf();
    await deployment.allowComments(false);
    team.git("checkout", "--quiet", "-b", "topic");
    change("\\moved");
    const refs = { sourceRefName: "refs/heads/topic", targetRefName: "refs/heads/master" };
    const { repository } = cloud.azureDevOps;
    const opened = await (await git()).createPullRequest({ title: "Move", ...refs }, repository, deployment.project);
    pullRequest = opened.pullRequestId ?? 0;
    merge = `refs/pull/${pullRequest}/merge`;
    const { succeeded, log } = await started([BuildReason.PullRequest], merge, await mergeCommit());
    expect({ succeeded, log }).toMatchObject({ succeeded: false });
    expect(log).toContain("Contribute to pull requests");
    expect(await comments()).toEqual([]);
  });

  test("is previewed in a comment, and nothing is deployed", async () => {
    await deployment.allowComments(true);
    change("\\elsewhere");
    expectSuccess(await started([BuildReason.PullRequest], merge, await mergeCommit()));
    const [comment, ...others] = await comments();
    expect(others).toEqual([]);
    expect(comment).toMatch(/Preview of <code>Base environment local<\/code>[\s\S]*elsewhere/);
    expect(await folderOf()).toBe(folderBefore);
  });

  test("is deployed when it is merged, which is a push to the default branch, as the connection's identity", async () => {
    const { repository } = cloud.azureDevOps;
    const api = await git();
    const { lastMergeSourceCommit } = await api.getPullRequestById(pullRequest, deployment.project);
    const completed = { status: 3, lastMergeSourceCommit };
    await api.updatePullRequest(completed, repository, pullRequest, deployment.project);
    team.git("fetch", "--quiet", "local");
    const head = team.git("rev-parse", "local/master").trim();
    expectSuccess(await started(pushed, "refs/heads/master", head));
    expect(await folderOf()).toBe("\\elsewhere");
  });
});

test("a branch with other packages has an environment on request, in which its model runs, until it is deleted", async () => {
  team.git("checkout", "--quiet", "-b", "feature/other", "local/master");
  const conda = join(team.root, "diabetes_regression/ci_dependencies.yml");
  writeFileSync(conda, readFileSync(conda, "utf8").replace("dependencies:", "dependencies:\n  - pandas=3.1.1"));
  await exec("npx", "job-container", "check", "conda", "--solve", "--stack", "local");
  team.git("add", "--force", ".local-cloud/conda-locks");
  team.commit("Another package");
  push("HEAD:feature/other");
  await exec("npx", "job-container", "env", "up", "--base", "local");
  expect(await exec("npx", "job-container", "env", "list", "--base", "local")).toMatch(/feature[-/]other/);
  const model = ["run", "model", "--pipeline", ".pipelines/ci.yml", "--wait"];
  const run = await exec("npx", "job-container", ...model, "--stack", "local-feature--other");
  expect(run).toMatch(/3 passed/);
  push("--delete", "feature/other");
  team.git("checkout", "--quiet", "--detach", "local/master");
  await team.succeed("npx", "local-cloud", "schedule", "run", String(pipeline));
  expectSuccess(await started([BuildReason.Schedule], "refs/heads/master"));
  expect(await exec("npx", "job-container", "env", "list", "--base", "local")).not.toMatch(/feature[-/]other/);
});
