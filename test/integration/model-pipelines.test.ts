import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildDefinition, DefinitionTriggerType } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { type Ended, Program } from "../support/program";
import { deleteBranch, pushBranch } from "./support/branches";
import { azureDevOps } from "./support/far-side";
import { localCloudDirectory } from "./support/local-cloud";

const folder = "\\models";
const branch = "model-pipelines";
const connection = "models-acr";
const definitionType = "azuredevops:index/buildDefinition:BuildDefinition";

const settings = {
  "job-container:registry": { kind: "new", name: "modelsacr" },
  "job-container:serviceConnection": { name: connection },
  "job-container:pipelineFolder": folder,
  "job-container:repository": { kind: "azureRepos", name: "diabetes_regression", defaultBranch: branch },
};

const train = { path: "pipelines/train.yml" };
const score = { path: "pipelines/score.yml", name: "nightly scoring", folder: "\\models\\nightly" };
const ci = { path: "pipelines/ci.yml" };
const only = { path: "pipelines/model-ci.yml", name: "mlops-diabetes_regression-model" };

let program: Program;
/** The team's own definition, as it was before. */
let teams: BuildDefinition;

/** A pipeline that says in a job which one it is. */
function pipeline(says: string, image = "$(jobContainerImage)", more: string[] = []): string {
  return [
    "resources:",
    "  containers:",
    "    - container: jobcontainer",
    `      image: ${image}`,
    `      endpoint: ${connection}`,
    "jobs:",
    "  - job: one",
    "    container: jobcontainer",
    "    steps:",
    `      - script: echo "This is ${says}."`,
    ...more,
    "",
  ].join("\n");
}

function write(path: string, text: string): void {
  writeFileSync(join(program.directory, path), text);
}

function set(modelPipelines: object[]): void {
  program.configure({ ...settings, "job-container:modelPipelines": modelPipelines });
}

async function up(): Promise<Ended> {
  const ended = await program.up();
  expect(ended).toMatchObject({ exitCode: 0 });
  return ended;
}

async function definition(id: string | number | undefined): Promise<BuildDefinition> {
  return (await azureDevOps().getBuildApi()).getDefinition("mlops", Number(id));
}

async function image(): Promise<string> {
  const { image } = await program.outputs();
  return `${image.repository}@${image.digest}`;
}

beforeAll(async () => {
  program = await Program.create({ cloud: localCloudDirectory(), stack: "models", settings });
  mkdirSync(join(program.directory, "pipelines"), { recursive: true });
  for (const name of ["train", "score"]) write(`pipelines/${name}.yml`, pipeline(name));
  const secret = ['      - script: test "$TOKEN" = "a team\'s secret"', "        env: { TOKEN: $(token) }"];
  write("pipelines/ci.yml", pipeline("ci", undefined, secret));
  await pushBranch(program.directory, branch);

  const builds = await azureDevOps().getBuildApi();
  const { id } = await (await azureDevOps().getGitApi()).getRepository("diabetes_regression", "mlops");
  const process = { type: 2, yamlFilename: ci.path };
  const triggers = [
    {
      triggerType: DefinitionTriggerType.ContinuousIntegration,
      branchFilters: ["+refs/heads/main", "-refs/heads/wip"],
      pathFilters: ["+models"],
      batchChanges: true,
      maxConcurrentBuildsPerBranch: 2,
    },
  ];
  const made = await builds.createDefinition(
    {
      name: "ci",
      path: "\\team",
      description: "The team's own",
      jobTimeoutInMinutes: 25,
      repository: { id, type: "TfsGit", defaultBranch: `refs/heads/${branch}` },
      process,
      variables: {
        threshold: { value: "0.8", allowOverride: true },
        token: { value: "a team's secret", isSecret: true },
      },
      triggers,
    },
    "mlops",
  );
  teams = await definition(made.id);
});
afterAll(async () => {
  program.remove();
  await deleteBranch(branch);
});

test("a stack with one model pipeline makes its definition", async () => {
  await up();
  const [model] = (await program.outputs()).modelPipelines;
  expect(model).toMatchObject({ name: only.name, path: only.path });
});

describe("a list of pipelines", () => {
  test("keeps the definition of the one that was there alone: a preview only creates and adopts", async () => {
    set([only, train, score, { ...ci, adopt: teams.id }]);
    const steps = await program.preview();
    const definitions = steps.filter(({ type }) => type === definitionType);
    expect(definitions.map(({ op, name }) => `${op} ${name}`).sort()).toEqual([
      "create job-container-model-pipelines/score.yml",
      "create job-container-model-pipelines/train.yml",
      `import job-container-adopted-${teams.id}`,
    ]);
    expect(steps.filter(({ op }) => op !== "create" && op !== "import")).toEqual([]);
    expect(await definition(teams.id)).toEqual(teams);
  });

  test("all of them get the image, and the permission to pull it", async () => {
    const [former] = (await program.outputs()).modelPipelines;
    const { output } = await up();
    expect(output.replace(/\s+/g, " ")).toContain(
      `pulumi destroy would leave the pipeline definitions that were adopted, with their variable jobContainerImage: ci (${teams.id})`,
    );
    const { modelPipelines, serviceConnection } = await program.outputs();
    expect(modelPipelines.map(({ name, path }) => [name, path])).toEqual([
      [only.name, only.path],
      ["mlops-diabetes_regression-train", train.path],
      [score.name, score.path],
      ["ci", ci.path],
    ]);
    expect(modelPipelines[0]?.id).toBe(former?.id);
    for (const { id } of modelPipelines) {
      expect((await definition(id)).variables).toMatchObject({ jobContainerImage: { value: await image() } });
    }
    const url = `${azureDevOps().serverUrl}/mlops/_apis/pipelines/pipelinepermissions/endpoint/${serviceConnection.id}?api-version=7.1-preview.1`;
    const { result } = await azureDevOps().rest.get<{ pipelines: { id: number }[] }>(url);
    expect(result?.pipelines.map(({ id }) => id).sort()).toEqual(modelPipelines.map(({ id }) => Number(id)).sort());
  });

  test("the adopted one has all that it had, its secret as well", async () => {
    const { revision, url, _links, variables, ...now } = await definition(teams.id);
    expect(teams).toMatchObject(now);
    expect(variables).toEqual({
      ...teams.variables,
      jobContainerImage: { value: await image() }, // the service leaves out what is false
    });
    expect(now).toMatchObject({ description: "The team's own", jobTimeoutInMinutes: 25, path: "\\team" });
  });

  test("a second preview shows no change, in another order as well", async () => {
    expect(await program.preview()).toEqual([]);
    set([{ ...ci, adopt: "\\team\\ci" }, score, only, train]);
    expect(await program.preview()).toEqual([]);
  });

  test("what the team changes in the adopted one meanwhile is no difference, and stays", async () => {
    const builds = await azureDevOps().getBuildApi();
    const now = await definition(teams.id);
    const changed = { ...now, variables: { ...now.variables, more: { value: "1" } } };
    await builds.updateDefinition(changed, "mlops", Number(teams.id));
    expect(await program.preview()).toEqual([]);
    await program.succeed("refresh", "--yes", "--stack", program.stack);
    await up();
    expect((await definition(teams.id)).variables).toMatchObject({ more: { value: "1" } });
  });

  test.each([
    ["train", "by its path", train.path],
    ["ci", "by its name", "ci"],
  ])("job-container run model runs %s, %s", async (says, _, wanted) => {
    const { exitCode, output } = await program.jobContainer([
      ...["run", "model", "--stack", program.stack, "--pipeline", wanted, "--wait"],
    ]);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toContain(`This is ${says}.`);
  });

  test("without a name, job-container run model lists them", async () => {
    const { exitCode, output } = await program.jobContainer(["run", "model", "--stack", program.stack]);
    expect({ exitCode, output }).toMatchObject({ exitCode: 2 });
    expect(output).toContain("the stack has 4 model pipelines. Choose one with --pipeline, by its name or its path:");
    expect(output).toContain(`  ${score.name}                  ${score.path}`);
  });
});

describe("a preview refuses, before anything is done,", () => {
  afterEach(() => set([only, train, score, { ...ci, adopt: teams.id }]));

  async function refused(): Promise<string> {
    const { exitCode, output } = await program.pulumi("preview", "--stack", program.stack);
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    return output.replace(/\s+/g, " ");
  }

  test("a definition that exists and is not adopted", async () => {
    set([only, train, score, { ...ci, adopt: teams.id }, { path: "pipelines/more.yml", name: "CI", folder: "\\team" }]);
    write("pipelines/more.yml", pipeline("more"));
    expect(await refused()).toContain(
      `there is a pipeline definition CI (${teams.id}) in the folder \\team already, which this stack did not make. ` +
        `To take it up, set adopt: ${teams.id} beside the pipeline's path (pipelines/more.yml)`,
    );
    rmSync(join(program.directory, "pipelines/more.yml"));
  });

  test("a file that is not there, and one that does not use the job container", async () => {
    set([only, { path: "pipelines/no.yml" }]);
    expect(await refused()).toContain(
      'job-container:modelPipelines.1.path "pipelines/no.yml" does not exist in what is checked out',
    );
    write("pipelines/train.yml", pipeline("train", "python:3.12"));
    set([only, train]);
    expect(await refused()).toContain(
      "pipelines/train.yml has no container with the image $(jobContainerImage) (setting modelPipelines.1.path): " +
        `edit it with \`npx job-container adopt pipelines/train.yml --endpoint ${connection}\``,
    );
    write("pipelines/train.yml", pipeline("train"));
  });

  test("a definition that does not exist, or is another file's", async () => {
    set([only, { ...ci, adopt: 4711 }]);
    expect(await refused()).toContain(
      "the pipeline definition 4711 (setting modelPipelines.1.adopt) cannot be read: there is none in the project",
    );
    set([only, { ...train, adopt: "\\team\\ci" }]);
    expect(await refused()).toContain("is of the file pipelines/ci.yml, not of pipelines/train.yml");
  });
});

test("a file that is not pushed yet is only said", async () => {
  write("pipelines/more.yml", pipeline("more"));
  set([only, train, score, { ...ci, adopt: teams.id }, { path: "pipelines/more.yml" }]);
  const { exitCode, output } = await program.pulumi("preview", "--stack", program.stack);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(output).toContain(
    `pipelines/more.yml is not on the branch ${branch} yet: push it before the pipeline's first run`,
  );
  set([only, train, score, { ...ci, adopt: teams.id }]);
});

test("destroy deletes the stack's own definitions, and leaves the adopted one", async () => {
  const { modelPipelines } = await program.outputs();
  program.configure({ ...settings, "job-container:protect": false });
  const { exitCode, output } = await program.destroy();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  for (const { id, adopted } of modelPipelines) {
    if (!adopted) expect(await definition(id)).toBeNull();
  }
  const { variables, name, triggers } = await definition(teams.id);
  expect({ name, triggers }).toEqual({ name: "ci", triggers: teams.triggers });
  expect(variables).toMatchObject({ threshold: { value: "0.8" }, jobContainerImage: {} });
});
