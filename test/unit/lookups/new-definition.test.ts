import * as pulumi from "@pulumi/pulumi";
import { requireNew } from "../../../src/lookups/new-definition";
import { LocalAzureDevOps, personalAccessToken } from "../support/local-azure-devops";
import { saidByProgram } from "../support/said";

const folder = "\\ml";
const path = "pipelines/train.yml";
const variables = { jobContainerImage: { value: "mlops/diabetes_regression@sha256:0" } };

let azureDevOps: LocalAzureDevOps;
let said: string[];
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "p",
    "dev",
    false,
    "o",
  );
});
afterAll(() => azureDevOps.close());
beforeEach(() => {
  said = saidByProgram();
});
afterEach(async () => {
  jest.restoreAllMocks();
  const builds = await azureDevOps.client.getBuildApi();
  for (const { id = 0 } of await builds.getDefinitions("mlops")) await builds.deleteDefinition("mlops", id);
});

/** Makes a definition that is there already. */
async function define(changes: object = {}): Promise<number> {
  const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
  const definition = { name: "train", path: folder, repository, process: { type: 2, yamlFilename: path }, variables };
  const builds = await azureDevOps.client.getBuildApi();
  return (await builds.createDefinition({ ...definition, ...changes }, "mlops")).id ?? 0;
}

const ask = (own: number[] = [], token = personalAccessToken) =>
  requireNew({ projectUrl: `${azureDevOps.url}/mlops`, token }, new Set(own.map(String)), {
    name: "train",
    folder,
    path,
  });

test.each<[string, object | undefined]>([
  ["there is none", undefined],
  ["it is in another folder", { path: "\\" }],
  ["it has a longer name", { name: "train nightly" }],
])("a definition may be made if %s", async (_, other) => {
  if (other) await define(other);
  await ask();
  expect(said).toEqual([]);
});

test.each<[string, object]>([
  ["is of another file", { process: { type: 2, yamlFilename: "pipelines/ci.yml" } }],
  ["has variables of the team's besides", { variables: { ...variables, threshold: { value: "0.8" } } }],
  ["has not this program's variable", { variables: { image: { value: "x" } } }],
  ["has no variables", { variables: {} }],
  ["differs in its name's case only", { name: "TRAIN", variables: {} }],
])("one that is there and %s is somebody's: how to take it up is said", async (_, changes) => {
  const id = await define(changes);
  await expect(ask()).rejects.toThrow(
    `there is a pipeline definition train (${id}) in the folder \\ml already, which this stack did not make. To take it ` +
      `up, set adopt: ${id} beside the pipeline's path (pipelines/train.yml) in the argument modelPipelines`,
  );
});

test("one that is as this program makes it, and was never changed, is what a killed update may have left", async () => {
  const id = await define();
  await ask();
  expect(said).toEqual([
    expect.stringMatching(
      `^warn: there is a pipeline definition train \\(${id}\\) .*npx job-container recover --stack o/dev.*adopt: ${id}$`,
    ),
  ]);
});

test("one that was changed since is somebody's, whatever it has", async () => {
  const id = await define();
  const builds = await azureDevOps.client.getBuildApi();
  await builds.updateDefinition({ ...(await builds.getDefinition("mlops", id)), description: "ours" }, "mlops", id);
  await expect(ask()).rejects.toThrow("which this stack did not make");
});

test("one that this stack made is for another file, and cannot be adopted", async () => {
  const id = await define();
  const refusal: unknown = await ask([id]).catch((error: unknown) => error);
  expect(refusal).toHaveProperty(
    "message",
    `there is a pipeline definition train (${id}) in the folder \\ml already: this stack made it for another file. Give ` +
      "the pipeline of pipelines/train.yml another name, or take the other one out of the settings and run pulumi up " +
      "before this one gets its name.",
  );
});

test("without a token, or if Azure DevOps does not answer, it is said that it is not known", async () => {
  await define();
  await requireNew(undefined, new Set(), { name: "train", folder, path });
  await ask([], "wrong");
  expect(said).toEqual([
    "info: whether there is a definition train already is not checked: AZDO_PERSONAL_ACCESS_TOKEN is not set",
    expect.stringMatching(
      /^info: whether there is a definition train already is not known: TF400813: .* is not authorized/,
    ),
  ]);
});
