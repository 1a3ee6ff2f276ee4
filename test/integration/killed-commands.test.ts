import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { layoutOf } from "../../local-cloud/cloud/layout";
import type { Program } from "../support/program";
import { BaseEnvironment, env, image, ok, ownDefinitions } from "./support/base-environment";
import { azureDevOps, repositoriesOf } from "./support/far-side";
import { localCloud, localCloudDirectory } from "./support/local-cloud";

/** A branch whose commands are killed. */
let killed: Program;
let base: BaseEnvironment;
let before: Awaited<ReturnType<BaseEnvironment["itself"]>>;

beforeAll(async () => {
  base = await BaseEnvironment.up("killed");
  before = await base.itself();
  killed = await base.branchWith("killed", "joblib=1.4.2");
});
afterAll(() => base.remove());

/** Kills a command with all its processes as soon as it prints something. */
async function killedAt(text: string | RegExp, ...args: string[]): Promise<void> {
  const { directory, environment } = killed;
  const child = spawn("node", [killed.jobContainerPath, "env", ...args], {
    cwd: directory,
    env: environment,
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
      if (output.search(text) !== -1 && child.pid !== undefined && child.exitCode === null) {
        try {
          process.kill(-child.pid, "SIGKILL");
        } catch {} // it has ended by now
      }
    });
  }
  await once(child, "close");
  expect(output).toMatch(text);
  expect(child.signalCode).toBe("SIGKILL");
}

const theirs = [...ownDefinitions, ...ownDefinitions.map((name) => `${name} (killed)`)].sort();

// Each goes on from where the one before has left the environment, and gets further than that one did.
describe("a command that is killed", () => {
  test.each([
    ["the image is built", /docker-build:index:Image job-container creating/],
    ["a definition is created", /BuildDefinition job-container-\S+ creating/],
    ["a permission is given", /PipelineAuthorization job-container-\S+ creating/],
  ])("in up, when %s, is gone on with by the next", (_, text) => killedAt(text, "up", "--branch", "killed"));

  test("in up, is done by the next", async () => {
    const { output } = ok(await env(killed, "up", "--branch", "killed"));
    expect(output).toContain("The environment killed of branch killed is up");
    expect(await base.listed()).toMatchObject([{ name: "killed", state: "up" }]);
    expect(await base.definitionNames()).toEqual(theirs);
  });

  test("after it has made a definition that the state does not know, is done by the next", async () => {
    // As the state is when the process ends between the creation and its being written down. `pulumi stack import`
    // takes away what was under way.
    const file = join(layoutOf(localCloudDirectory()).stacks, ".pulumi/stacks/job-container/killed-killed.json");
    const { checkpoint, ...rest } = JSON.parse(readFileSync(file, "utf8"));
    const resources: { urn: string; dependencies?: string[] }[] = checkpoint.latest.resources;
    const definition = resources.find(({ urn }) => urn.endsWith("BuildDefinition::job-container-model"));
    if (definition === undefined) throw new Error("there is no definition in the state");
    checkpoint.latest.resources = resources.filter(
      (resource) => resource !== definition && !resource.dependencies?.includes(definition.urn),
    );
    checkpoint.latest.pending_operations = [{ type: "creating", resource: { ...definition, id: undefined } }];
    writeFileSync(file, JSON.stringify({ ...rest, checkpoint }));

    const { output } = ok(await env(killed, "up", "--branch", "killed"));
    expect(output).toMatch(
      /The definition mlops-diabetes_regression-model \(killed\) \(\d+\) was created by it: deleted, and will be created again\./,
    );
    expect(await base.definitionNames()).toEqual(theirs);
  });

  test.each([
    ["its permissions are taken", /PipelineAuthorization job-container-\S+ deleting/],
    ["a definition is deleted", /BuildDefinition job-container-\S+ deleting/],
    ["its repository is deleted", /pulumi:index:Stash job-container deleting/],
  ])("in destroy, when %s, is gone on with by the next", (_, text) => killedAt(text, "destroy", "--branch", "killed"));

  test("in destroy, is done by the next", async () => {
    ok(await env(killed, "destroy", "--branch", "killed"));
    expect(await base.listed()).toEqual([]);
    expect(await base.definitionNames()).toEqual(ownDefinitions);
    expect(await repositoriesOf(base.loginServer)).toEqual([image]);
  });

  test("in destroy, whose plugins have gone on deleting without it, is done by the next", async () => {
    ok(await env(killed, "up", "--branch", "killed"));
    const { project } = localCloud().azureDevOps;
    const [builds, endpoints] = [await azureDevOps().getBuildApi(), await azureDevOps().getServiceEndpointApi()];
    const definitions = await builds.getDefinitions(project, "*-model (killed)");
    const connections = await endpoints.getServiceEndpointsByNames(project, ["killed-acr-push-killed"]);
    expect([definitions.length, connections.length]).toEqual([1, 1]);
    for (const { id = 0 } of definitions) await builds.deleteDefinition(project, id);
    for (const { id = "", serviceEndpointProjectReferences: shared = [] } of connections) {
      await endpoints.deleteServiceEndpoint(
        id,
        shared?.map(({ projectReference }) => projectReference?.id ?? "") ?? [],
      );
    }

    const { output } = ok(await env(killed, "destroy", "--branch", "killed"));
    expect(output).toMatch(/the stack forgets PipelineAuthorization job-container-image-build, which was on it/);
    expect(output).toContain("Something is gone already");
    expect(await base.listed()).toEqual([]);
    expect(await repositoriesOf(base.loginServer)).toEqual([image]);
  });

  test("leaves the base environment as it was", async () => {
    expect(await base.itself()).toEqual(before);
  });
});
