import { text } from "node:stream/consumers";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import {
  type Build,
  BuildQueryOrder,
  BuildResult,
  BuildStatus,
  TaskResult,
  TimelineRecordState,
  type YamlProcess,
} from "azure-devops-node-api/interfaces/BuildInterfaces";
import { VersionControlChangeType } from "azure-devops-node-api/interfaces/GitInterfaces";
import type { ExecuteRun, RunContext } from "../../../../../local-cloud/agent/run";
import type { Plan } from "../../../../../local-cloud/pipelines/plan";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";
import { part } from "../../../support/part";

const yaml = "docker/docker-image-pipeline.yml";

const imagePipeline = `
steps:
  - bash: echo hello
    displayName: Say hello
  - task: Docker@2
    inputs:
      command: build
      containerRegistry: $(registryConnection)
`;

/** What the agent of these tests does with a run. */
let execute: ExecuteRun;
let azureDevOps: LocalAzureDevOps;
let api: IBuildApi;

const succeeds: ExecuteRun = async () => "succeeded";

beforeEach(async () => {
  execute = succeeds;
  await start();
  await commit("main", imagePipeline);
  await azureDevOps.client.getServiceEndpointApi().then((endpoints) => endpoints.createServiceEndpoint(connection()));
  await define();
});

afterEach(() => azureDevOps.close());

async function start(directory?: string) {
  azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args), directory);
  api = await azureDevOps.client.getBuildApi();
}

function connection() {
  return {
    name: "acrconnection",
    type: "dockerregistry",
    url: "https://mlopscr.azurecr.io",
    authorization: {
      scheme: "WorkloadIdentityFederation",
      parameters: {
        tenantId: "6f1b2c3d-0a4e-4f5b-8c6d-7e8f90a1b2c3",
        loginServer: "mlopscr.azurecr.io",
        scope: "/subscriptions/0/registries/mlopscr",
        serviceprincipalid: "11111111-0000-0000-0000-000000000000",
      },
    },
    serviceEndpointProjectReferences: [{ projectReference: { id: azureDevOps.projectId }, name: "acrconnection" }],
  };
}

function process(yamlFilename: string): YamlProcess {
  return { type: 2, yamlFilename };
}

/** Makes a pipeline, which may use the connection. */
async function define(name = "image"): Promise<number> {
  const made = await api.createDefinition(
    {
      name,
      repository: { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" },
      process: process(yaml),
      variables: {
        registryConnection: { value: "acrconnection" },
        amlsdkversion: { value: "1.0", allowOverride: true },
        token: { value: "hush", isSecret: true, allowOverride: true },
      },
    },
    "mlops",
  );
  await permit(made.id ?? 0, true);
  return made.id ?? 0;
}

async function permit(id: number, authorized: boolean) {
  const [endpoint] = azureDevOps.state.endpoints;
  const path = `mlops/_apis/pipelines/pipelinepermissions/endpoint/${endpoint?.id}`;
  await azureDevOps.request("PATCH", path, { pipelines: [{ id, authorized }] });
}

async function commit(branch: string, content: string) {
  const git = await azureDevOps.client.getGitApi();
  const name = `refs/heads/${branch}`;
  const oldObjectId = azureDevOps.head(branch);
  if (/^0+$/.test(oldObjectId)) {
    const update = { name, oldObjectId, newObjectId: azureDevOps.head() };
    await git.updateRefs([update], azureDevOps.repositoryId, "mlops");
  }
  const change = { changeType: VersionControlChangeType.Edit, item: { path: `/${yaml}` }, newContent: { content } };
  const push = {
    refUpdates: [{ name, oldObjectId: azureDevOps.head(branch) }],
    commits: [{ comment: "Change the pipeline", changes: [change] }],
  };
  await git.createPush(push, azureDevOps.repositoryId, "mlops");
}

const queue = (build: Build = {}) => api.queueBuild({ definition: { id: 1 }, ...build }, "mlops");
const refusal = (body: object) =>
  azureDevOps.request("POST", "mlops/_apis/build/builds", { definition: { id: 1 }, ...body });

/** A run, once it is over. */
async function finished(id = 1): Promise<Build> {
  for (;;) {
    const build = await api.getBuild("mlops", id);
    if (build.status === BuildStatus.Completed) return build;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Something to wait for. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** An agent that has begun a run, and goes on until it is broken off. */
function endless(): { execute: ExecuteRun; begun: Promise<void> } {
  const { open, opened } = gate();
  return {
    begun: opened,
    execute: (_, __, recorder, signal) => {
      recorder.planned(parts);
      recorder.started("stage");
      recorder.started("job");
      open();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve("canceled")));
    },
  };
}

const parts = [
  part("stage", "Stage", undefined),
  part("job", "Job", "stage"),
  part("first", "Task", "job", 1),
  part("second", "Task", "job", 2),
];

describe("a run", () => {
  it("is queued, run and over", async () => {
    const { open, opened } = gate();
    execute = async () => {
      await opened;
      return "succeeded";
    };
    expect(await queue()).toMatchObject({
      id: 1,
      status: BuildStatus.NotStarted,
      sourceBranch: "refs/heads/main",
      sourceVersion: azureDevOps.head(),
      definition: { id: 1, name: "image" },
      _links: { web: { href: `${azureDevOps.url}/${azureDevOps.projectId}/_build/results?buildId=1` } },
    });
    expect((await api.getBuild("mlops", 1)).status).toBe(BuildStatus.InProgress);
    open();
    const build = await finished();
    expect(build).toMatchObject({ result: BuildResult.Succeeded, validationResults: [] });
    expect(build.finishTime).toBeInstanceOf(Date);
  });

  it.each([
    ["succeededWithIssues", BuildResult.PartiallySucceeded],
    ["failed", BuildResult.Failed],
    ["canceled", BuildResult.Canceled],
  ] as const)("that the agent ends as %s is so", async (result, expected) => {
    execute = async () => result;
    await queue();
    expect((await finished()).result).toBe(expected);
  });

  it("fails with the reason where the agent does", async () => {
    execute = async () => {
      throw new Error("out of paper");
    };
    await queue();
    expect(await finished()).toMatchObject({
      result: BuildResult.Failed,
      validationResults: [{ message: "out of paper" }],
    });
  });

  it("waits until the one before it is over", async () => {
    const running: number[] = [];
    const gates = [gate(), gate()];
    execute = async (_, { id }) => {
      running.push(id);
      await gates[id - 1]?.opened;
      return "succeeded";
    };
    await queue();
    await queue();
    gates[1]?.open();
    expect((await api.getBuild("mlops", 2)).status).toBe(BuildStatus.NotStarted);
    expect(running).toEqual([1]);
    gates[0]?.open();
    await finished(2);
    expect(running).toEqual([1, 2]);
  });

  it("of a paused pipeline waits until that is not paused any more", async () => {
    const definition = await api.getDefinition("mlops", 1);
    const paused = await api.updateDefinition({ ...definition, queueStatus: 1 }, "mlops", 1);
    await queue();
    expect((await api.getBuild("mlops", 1)).status).toBe(BuildStatus.NotStarted);
    await api.updateDefinition({ ...paused, queueStatus: 0 }, "mlops", 1);
    expect((await finished()).result).toBe(BuildResult.Succeeded);
  });

  it("gives the agent the plan, the commit and the variables of its branch and its queueing", async () => {
    let given: RunContext | undefined;
    let steps: (string | undefined)[] = [];
    execute = async (plan, context) => {
      given = context;
      steps = plan.stages.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps.map(({ displayName }) => displayName)));
      return "succeeded";
    };
    await commit("tensorflow", imagePipeline.replace("hello", "tensorflow"));
    await queue({ sourceBranch: "refs/heads/tensorflow", parameters: '{"AmlSdkVersion":"2.0"}' });
    await finished();
    expect(steps).toContain("Say hello");
    expect(given).toMatchObject({
      id: 1,
      definition: { id: 1, name: "image", path: "\\" },
      project: { name: "mlops" },
      organizationUrl: azureDevOps.url,
      repository: { name: "diabetes_regression", provider: "TfsGit" },
      branch: "refs/heads/tensorflow",
      variables: expect.arrayContaining([
        { name: "amlsdkversion", value: "2.0", secret: false },
        { name: "token", value: "hush", secret: true },
      ]),
    });
    expect(given?.version).toBe(azureDevOps.head("tensorflow"));
    expect(given?.repository.url).toBe(`${azureDevOps.url}/mlops/_git/diabetes_regression`);
    expect(given?.tokenUrl("t")).toBe("http://entra.test/t");
  });

  it("of a pull request is of the commit that merges it", async () => {
    let given: RunContext | undefined;
    execute = async (_, context) => {
      given = context;
      return "succeeded";
    };
    await commit("topic", imagePipeline.replace("hello", "topic"));
    const path = `mlops/_apis/git/repositories/${azureDevOps.repositoryId}/pullrequests`;
    const branches = { sourceRefName: "refs/heads/topic", targetRefName: "refs/heads/main" };
    await azureDevOps.request("POST", path, { title: "Topic", ...branches });
    await queue({ sourceBranch: "refs/pull/1/merge" });
    await finished();
    expect(given?.branch).toBe("refs/pull/1/merge");
    const merge = azureDevOps.repository.commit(given?.version);
    expect(merge?.parents).toEqual([azureDevOps.head(), azureDevOps.head("topic")]);
  });

  it("shows what was set, and no secret", async () => {
    const build = await queue({ parameters: '{"amlsdkversion":"2.0","token":"shh"}' });
    expect(build.parameters).toBe('{"amlsdkversion":"2.0"}');
    await finished();
  });

  it("gets its connection with a token about it, and what of it no log shows: the login server too", async () => {
    let given: RunContext | undefined;
    let masked: string[] = [];
    const container = { file: yaml, line: 1, image: "mlops/model", endpoint: "$(connection)", env: {} };
    execute = async ({ stages }, context) => {
      given = context;
      masked = stages.flatMap(({ jobs }) =>
        jobs.flatMap((job) => context.secretsOf({ ...job, container }, () => "acrconnection")),
      );
      return "succeeded";
    };
    await queue();
    await finished();
    const [endpoint] = azureDevOps.state.endpoints;
    const found = given?.connection("acrconnection");
    expect(found).toMatchObject({
      id: endpoint?.id,
      name: "acrconnection",
      scheme: "WorkloadIdentityFederation",
      loginServer: "address of mlopscr.azurecr.io",
      clientId: "11111111-0000-0000-0000-000000000000",
    });
    const { workloadIdentityFederationIssuer: issuer, workloadIdentityFederationSubject: subject } =
      endpoint?.parameters ?? {};
    expect(await found?.federatedToken()).toBe(`signed for ${issuer} ${subject}`);
    const { tenantId, scope } = endpoint?.parameters ?? {};
    expect(new Set(masked)).toEqual(
      new Set([
        ...["mlopscr.azurecr.io", "address of mlopscr.azurecr.io", "11111111-0000-0000-0000-000000000000"],
        ...[issuer, subject, "EntraID"],
      ]),
    );
    expect(masked).not.toContain(tenantId);
    expect(masked).not.toContain(scope);
    await permit(1, false);
    expect(() => given?.connection("acrconnection")).toThrow("Pipeline does not have permissions");
    expect(() => given?.connection("other")).toThrow("references service connection other which could not be found");
  });
});

describe("a run's number", () => {
  const today = (revision: string) => expect.stringMatching(`^20\\d{6}\\.${revision}$`);
  const thisYear = (revision: string) => expect.stringMatching(`^20\\d\\d\\.${revision}$`);

  it.each([
    ["", [today("1"), today("2")]],
    ["name: $(SourceBranchName)-$(BuildID)", ["main-1", "main-2"]],
    ["name: $(Year:yyyy)$(Rev:.rr)", [thisYear("01"), thisYear("02")]],
    [
      "name: $(TeamProject)_$(Build.DefinitionName)_$(amlsdkversion)_$(Rev:r)",
      ["mlops_image_1.0_1", "mlops_image_1.0_2"],
    ],
  ])("%s", async (name, expected) => {
    await commit("main", `${name}\n${imagePipeline}`);
    expect([(await queue()).buildNumber, (await queue()).buildNumber]).toEqual(expected);
    await finished(2);
  });

  it("is not given again after the run is gone", async () => {
    await queue();
    await finished();
    await api.deleteBuild("mlops", 1);
    expect(await queue()).toMatchObject({ id: 2, buildNumber: today("2") });
    await finished(2);
  });

  it.each([
    ["name: a/b", "The run number 'a/b'"],
    ["name: $(Date:MMM)", "does not know MMM in the date format MMM"],
  ])("is refused: %s", async (name, message) => {
    await commit("main", `${name}\n${imagePipeline}`);
    const answer = await refusal({});
    expect(answer).toMatchObject({ status: 400, body: { typeKey: "BuildNumberFormatException" } });
    expect(answer.body.message).toContain(message);
  });
});

it("may set any variable where the project does not limit them to those that are declared settable", async () => {
  const parameters = '{"registryConnection":"acrconnection","other":"1"}';
  expect(await refusal({ parameters })).toMatchObject({
    status: 400,
    body: { typeKey: "PipelineValidationException", message: expect.stringContaining("(registryConnection, other)") },
  });
  expect(await api.getBuildGeneralSettings("mlops")).toMatchObject({ enforceSettableVar: true });
  await api.updateBuildGeneralSettings({ enforceSettableVar: false }, "mlops");
  expect(await api.getBuildGeneralSettings("mlops")).toMatchObject({ enforceSettableVar: false });
  expect(await queue({ parameters })).toMatchObject({ id: 1, parameters });
  await finished(1);
});

describe("a run is not queued", () => {
  it.each([
    [
      "a variable that may not be set",
      { parameters: '{"registryConnection":"mine"}' },
      "You can't set the following variables (registryConnection).",
    ],
    [
      "a variable that does not exist",
      { parameters: '{"other":"1"}' },
      "You can't set the following variables (other).",
    ],
    ["parameters that are no JSON", { parameters: "a=b" }, "a JSON object of variables, and not a=b"],
    ["a pipeline that does not exist", { definition: { id: 9 } }, "Build pipeline 9 was not found."],
    ["no pipeline", { definition: undefined }, "Parameter name: build.Definition"],
    [
      "something that is not emulated",
      { demands: ["gpu"] },
      "The local Azure DevOps does not take the property 'demands' here.",
    ],
  ])("with %s", async (_, body, message) => {
    const answer = await refusal(body);
    expect(answer.status).toBe(message.endsWith("was not found.") ? 404 : 400);
    expect(answer.body.message).toContain(message);
    expect(await api.getBuilds("mlops")).toEqual([]);
  });

  it("of a pipeline that is disabled", async () => {
    const definition = await api.getDefinition("mlops", 1);
    await api.updateDefinition({ ...definition, queueStatus: 2 }, "mlops", 1);
    expect(await refusal({})).toMatchObject({ status: 400, body: { typeKey: "DefinitionDisabledException" } });
  });

  const problems = async (body: object) => {
    const answer = await refusal(body);
    expect(answer).toMatchObject({ status: 400, body: { typeKey: "BuildRequestValidationFailedException" } });
    return JSON.stringify(answer.body.customProperties);
  };

  it("on a branch that does not exist", async () => {
    expect(await problems({ sourceBranch: "refs/heads/no" })).toContain(
      "Unable to resolve the reference 'refs/heads/no' to a specific version.",
    );
  });

  it("at a commit that does not exist", async () => {
    expect(await problems({ sourceVersion: "f".repeat(40) })).toContain(
      "does not exist in repository diabetes_regression",
    );
  });

  it("without its YAML file", async () => {
    const definition = await api.getDefinition("mlops", 1);
    await api.updateDefinition({ ...definition, process: process("no.yml") }, "mlops", 1);
    expect(await problems({})).toContain(
      "File /no.yml not found in repository diabetes_regression branch refs/heads/main",
    );
  });

  it("with what is wrong in its YAML file, all of it", async () => {
    await commit("main", "steps:\n  - bash: a\n    b: c\n  - task: Unknown@1\n");
    const found = await problems({});
    expect(found).toContain(`/${yaml} (Line: 3, Col: 5): Unexpected value 'b'`);
    expect(found).toContain("Task Unknown@1 is not emulated");
  });
});

describe("a service connection that may not be used fails the run before it starts", () => {
  const failure = async () => {
    const build = await queue();
    expect(build).toMatchObject({ status: BuildStatus.Completed, result: BuildResult.Failed });
    expect(await api.getBuildTimeline("mlops", 1)).toBeNull();
    return build.validationResults?.map(({ message }) => message);
  };

  it("for lack of permission", async () => {
    await permit(1, false);
    expect(await failure()).toEqual([
      'There was a resource authorization issue: "Pipeline does not have permissions to use the referenced service ' +
        'connection(s) acrconnection. For authorization details, refer to https://aka.ms/yamlauthz."',
    ]);
  });

  it("because a task names one that does not exist", async () => {
    await commit("main", imagePipeline.replace("$(registryConnection)", "nowhere"));
    expect(await failure()).toEqual([
      expect.stringContaining(
        "Step Docker input containerRegistry references service connection nowhere which could not be found.",
      ),
    ]);
  });

  it("because a container names one that does not exist", async () => {
    const container = "resources:\n  containers:\n    - container: c\n      image: i\n      endpoint: nowhere\n";
    await commit("main", `${container}jobs:\n  - job: j\n    container: c\n    steps:\n      - bash: a\n`);
    expect(await failure()).toEqual([
      expect.stringContaining(
        "Job j: Container input endpoint references service connection nowhere which could not be found.",
      ),
    ]);
  });
});

/** A branch control check, as the provider makes it. */
async function control(resource: { type: string; id: string }, allowedBranches: string, protection = "false") {
  const answer = await azureDevOps.request("POST", "mlops/_apis/pipelines/checks/configurations", {
    type: { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7" },
    resource,
    settings: {
      displayName: "Only its branch",
      definitionRef: {
        id: "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b",
        name: "evaluatebranchProtection",
        version: "0.0.1",
      },
      inputs: { allowedBranches, ensureProtectionOfBranch: protection },
    },
  });
  expect(answer.status).toBe(200);
}

describe("a branch control check", () => {
  const endpoint = () => ({ type: "endpoint", id: azureDevOps.state.endpoints[0]?.id ?? "" });
  const problemsOn = async (branch: string) => {
    await commit(branch, imagePipeline);
    const build = await queue({ sourceBranch: branch });
    if (build.status !== BuildStatus.Completed) await finished(build.id);
    return (await api.getBuild("mlops", build.id ?? 0)).validationResults?.map(({ message }) => message);
  };

  it("lets runs of the allowed branches use the service connection, and fails those of others", async () => {
    await control(endpoint(), "refs/heads/main, refs/heads/release/*");
    expect(await problemsOn("main")).toEqual([]);
    expect(await problemsOn("release/1")).toEqual([]);
    for (const branch of ["feature", "main2", "releases"]) {
      expect(await problemsOn(branch)).toEqual([
        "Checks failed: Only its branch (branch control) on the service connection acrconnection. The branch " +
          `refs/heads/${branch} is not among the allowed branches: refs/heads/main, refs/heads/release/*`,
      ]);
    }
    // A name is not of another branch because a letter stands for a rule.
    await control(endpoint(), "refs/heads/m.in");
    expect(await problemsOn("main")).toHaveLength(1);
  });

  it("holds for a connection that is only named while the run goes on", async () => {
    await control(endpoint(), "refs/heads/main");
    await commit("feature", "steps:\n  - bash: echo\n");
    let refusal: unknown;
    execute = async (_, { connection }) => {
      try {
        connection("acrconnection");
      } catch (error) {
        refusal = error;
      }
      return "succeeded";
    };
    await queue({ sourceBranch: "feature" });
    await finished();
    expect(String(refusal)).toContain("The branch refs/heads/feature is not among the allowed branches");
  });

  it("that asks for a protected branch is failed, since nobody here knows which are", async () => {
    await control(endpoint(), "*", "true");
    expect(await problemsOn("main")).toEqual([expect.stringContaining("does not know which branches are protected")]);
  });
});

describe("a variable group of the pipeline", () => {
  beforeEach(async () => {
    const groups = "_apis/distributedtask/variablegroups";
    await azureDevOps.request("POST", groups, {
      name: "training",
      type: "Vsts",
      variables: { epochs: { value: "3" }, amlsdkversion: { value: "0.1" }, key: { value: "hush", isSecret: true } },
      variableGroupProjectReferences: [{ name: "training", projectReference: { id: azureDevOps.projectId } }],
    });
    const definition = await api.getDefinition("mlops", 1);
    await api.updateDefinition({ ...definition, variableGroups: [{ id: 1 }] }, "mlops", 1);
  });

  it("gives the run its variables, below the pipeline's own", async () => {
    let given: RunContext["variables"] = [];
    execute = async (_, { variables }) => {
      given = variables;
      return "succeeded";
    };
    const permissions = "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1";
    await azureDevOps.request("PATCH", permissions, { pipelines: [{ id: 1, authorized: true }] });
    await queue();
    await finished();
    expect(given).toEqual(
      expect.arrayContaining([
        { name: "epochs", value: "3", secret: false },
        { name: "key", value: "hush", secret: true },
        { name: "amlsdkversion", value: "1.0", secret: false },
      ]),
    );
  });

  it("that the branch may not use fails the run", async () => {
    const permissions = "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1";
    await azureDevOps.request("PATCH", permissions, { pipelines: [{ id: 1, authorized: true }] });
    await control({ type: "variablegroup", id: "1" }, "refs/heads/release");
    expect((await queue()).validationResults).toMatchObject([
      { message: expect.stringContaining("on the variable group 1. The branch refs/heads/main is not among") },
    ]);
  });

  it("that it may not use fails the run", async () => {
    expect((await queue()).validationResults).toMatchObject([
      { message: expect.stringContaining("Variable group 1 could not be found.") },
    ]);
  });
});

describe("a variable group that the YAML names", () => {
  const permissions = "mlops/_apis/pipelines/pipelinepermissions/variablegroup/1";
  const permit = () => azureDevOps.request("PATCH", permissions, { pipelines: [{ id: 1, authorized: true }] });
  const yaml = "variables:\n  - group: Training\nsteps:\n  - bash: a\n";

  beforeEach(async () => {
    await azureDevOps.request("POST", "_apis/distributedtask/variablegroups", {
      name: "training",
      type: "Vsts",
      variables: { amlsdkversion: { value: "0.1" }, key: { value: "hush", isSecret: true } },
      variableGroupProjectReferences: [{ name: "training", projectReference: { id: azureDevOps.projectId } }],
    });
    await commit("main", yaml);
  });

  it("gives the run its variables, where it is named", async () => {
    let given: RunContext["variables"] = [];
    let named: Plan["variables"] = [];
    execute = async (plan, { groupVariables }) => {
      given = groupVariables("training");
      named = plan.stages[0]?.jobs[0]?.variables ?? [];
      return "succeeded";
    };
    await permit();
    await commit("main", "jobs:\n- job: a\n  variables: [{ group: Training }]\n  steps: [{ bash: a }]\n");
    await queue();
    await finished();
    expect(named).toEqual([{ group: "Training" }]);
    expect(given).toEqual([
      { name: "amlsdkversion", value: "0.1", secret: false },
      { name: "key", value: "hush", secret: true },
    ]);
  });

  it.each([
    ["is not there", "other", true],
    ["the pipeline may not use", "training", false],
  ])("that %s fails the run", async (_, name, permitted) => {
    if (permitted) await permit();
    await commit("main", yaml.replace("Training", name));
    expect((await queue()).validationResults).toMatchObject([
      { message: expect.stringContaining(`Variable group ${name} could not be found.`) },
    ]);
  });
});

describe("a run's timeline and logs", () => {
  const { open, opened } = gate();

  beforeEach(async () => {
    execute = async (_, __, recorder) => {
      recorder.planned(parts);
      recorder.started("stage");
      recorder.started("job");
      recorder.started("first");
      recorder.log("first", "one\ntwo");
      recorder.log("first", "three");
      recorder.issue("first", "warning", "careful");
      recorder.finished("first", "succeededWithIssues");
      recorder.started("second");
      recorder.log("second", "##[error]no");
      recorder.finished("second", "failed");
      recorder.published({ kind: "tag", tag: "tested" });
      recorder.finished("job", "failed");
      recorder.finished("stage", "failed");
      open();
      return "failed";
    };
    await queue();
    await opened;
    await finished();
  });

  it("are a tree, with a phase over each job", async () => {
    const { records = [] } = await api.getBuildTimeline("mlops", 1);
    const tree = records.map(({ id, parentId, type }) => [
      type,
      records.find((other) => other.id === parentId)?.type,
      id,
    ]);
    expect(tree).toEqual([
      ["Stage", undefined, "stage"],
      ["Phase", "Stage", expect.any(String)],
      ["Job", "Phase", "job"],
      ["Task", "Job", "first"],
      ["Task", "Job", "second"],
    ]);
    expect(records.map(({ state }) => state)).toEqual(Array(5).fill(TimelineRecordState.Completed));
    expect(records.map(({ result }) => result)).toEqual([
      TaskResult.Failed,
      TaskResult.Failed,
      TaskResult.Failed,
      TaskResult.SucceededWithIssues,
      TaskResult.Failed,
    ]);
    expect(records[3]).toMatchObject({
      warningCount: 1,
      issues: [{ message: "careful" }],
      log: { id: 1 },
      startTime: expect.any(Date),
    });
  });

  it("have a time before each line, and lines by their numbers", async () => {
    const lines = await api.getBuildLogLines("mlops", 1, 1);
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z /;
    expect(lines.every((line) => time.test(line))).toBe(true);
    expect(lines.map((line) => line.replace(time, ""))).toEqual(["one", "two", "three"]);
    expect(await api.getBuildLogLines("mlops", 1, 1, 2, 3)).toEqual(lines.slice(1));
    expect(await text(await api.getBuildLog("mlops", 1, 1))).toBe(lines.map((line) => `${line}\r\n`).join(""));
    expect(await api.getBuildLogs("mlops", 1)).toMatchObject([
      { id: 1, lineCount: 3 },
      { id: 2, lineCount: 1 },
    ]);
    expect(await azureDevOps.request("GET", "mlops/_apis/build/builds/1/logs/9")).toMatchObject({ status: 404 });
  });

  it("go with the run", async () => {
    await api.deleteBuild("mlops", 1);
    expect(await api.getBuild("mlops", 1)).toBeNull();
    expect(await api.getBuildLogLines("mlops", 1, 1)).toBeNull();
    expect(await azureDevOps.request("GET", "mlops/_apis/build/builds/1")).toMatchObject({
      status: 404,
      body: { message: "The requested build 1 could not be found." },
    });
  });
});

describe("a run is cancelled", () => {
  it("while it waits", async () => {
    const { execute: goesOn, begun } = endless();
    execute = goesOn;
    await queue();
    await queue();
    await begun;
    expect(await api.updateBuild({ status: BuildStatus.Cancelling }, "mlops", 2)).toMatchObject({
      status: BuildStatus.Completed,
      result: BuildResult.Canceled,
    });
    await api.updateBuild({ status: BuildStatus.Cancelling }, "mlops", 1);
    await finished();
  });

  it("while it runs: the agent ends it", async () => {
    const { execute: goesOn, begun } = endless();
    execute = goesOn;
    await queue();
    await begun;
    expect(await api.updateBuild({ status: BuildStatus.Cancelling }, "mlops", 1)).toMatchObject({
      status: BuildStatus.Cancelling,
    });
    expect((await finished()).result).toBe(BuildResult.Canceled);
  });

  it("not when it is over, and to nothing else", async () => {
    await queue();
    await finished();
    const patch = (body: object) => azureDevOps.request("PATCH", "mlops/_apis/build/builds/1", body);
    expect(await patch({ status: "cancelling" })).toMatchObject({
      status: 400,
      body: { typeKey: "BuildStatusInvalidChangeException" },
    });
    expect(await patch({ status: "completed" })).toMatchObject({ status: 400 });
    expect(await patch({ buildNumber: "7" })).toMatchObject({ status: 400 });
  });
});

describe("after a restart", () => {
  const restart = async () => {
    await azureDevOps.stop();
    execute = succeeds;
    await start(azureDevOps.directory);
  };

  it("runs are as they were", async () => {
    await queue();
    const before = await finished();
    await restart();
    const { url: _, ...rest } = { ...(await api.getBuild("mlops", 1)) };
    expect(rest).toMatchObject({ id: 1, buildNumber: before.buildNumber, result: BuildResult.Succeeded });
  });

  it("the run that was in progress has failed and says so; the one that waited is run", async () => {
    const { execute: goesOn, begun } = endless();
    execute = goesOn;
    await queue();
    await queue();
    await begun;
    await restart();
    expect(await finished(1)).toMatchObject({
      result: BuildResult.Failed,
      validationResults: [{ message: expect.stringContaining("stopped while this run was in progress") }],
    });
    const { records = [] } = await api.getBuildTimeline("mlops", 1);
    expect(records.map(({ result }) => result)).toEqual([
      TaskResult.Abandoned,
      TaskResult.Abandoned,
      TaskResult.Abandoned,
      TaskResult.Skipped,
      TaskResult.Skipped,
    ]);
    expect((await finished(2)).result).toBe(BuildResult.Succeeded);
  });
});

describe("runs are listed", () => {
  beforeEach(async () => {
    await define("model");
    await commit("tensorflow", imagePipeline);
    execute = async (_, { id }) => (id === 2 ? "failed" : "succeeded");
    await queue();
    await queue({ definition: { id: 2 }, sourceBranch: "refs/heads/tensorflow" });
    await queue();
    await finished(3);
    await api.addBuildTag("mlops", 3, "keep");
  });

  it.each([
    ["", [3, 2, 1]],
    ["definitions=1", [3, 1]],
    ["buildIds=1,2", [2, 1]],
    ["branchName=refs/heads/tensorflow", [2]],
    ["resultFilter=failed", [2]],
    [`resultFilter=${BuildResult.Succeeded + BuildResult.Failed}`, [3, 2, 1]],
    ["statusFilter=inProgress,notStarted", []],
    ["tagFilters=keep", [3]],
    ["buildNumber=2*&$top=1", [3]],
    ["maxBuildsPerDefinition=1", [3, 2]],
    [`queryOrder=${BuildQueryOrder.QueueTimeAscending}`, [1, 2, 3]],
  ])("by %s", async (query, ids) => {
    const { status, body } = await azureDevOps.request("GET", `mlops/_apis/build/builds?${query}`);
    expect(status).toBe(200);
    expect(body.value).toMatchObject(ids.map((id) => ({ id })));
    expect(body.count).toBe(ids.length);
  });

  it.each([
    ["minTime=2020-01-01", "does not list builds by minTime"],
    ["resultFilter=fine", "resultFilter=fine is not one of succeeded, partiallySucceeded, failed, canceled"],
  ])("not by %s", async (query, message) => {
    expect(await azureDevOps.request("GET", `mlops/_apis/build/builds?${query}`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });

  it("with their tags", async () => {
    expect(await api.getBuildTags("mlops", 3)).toEqual(["keep"]);
    expect(await api.deleteBuildTag("mlops", 3, "keep")).toEqual([]);
  });
});

describe("retention", () => {
  beforeEach(async () => {
    await queue();
    await finished();
  });

  const lease = (protectPipeline: boolean) =>
    api.addRetentionLeases([{ daysValid: 1, definitionId: 1, runId: 1, ownerId: "Team:1", protectPipeline }], "mlops");

  const refused = {
    status: 409,
    body: {
      typeKey: "CannotDeleteDefinitionWithRetainedBuildsException",
      message: expect.stringContaining("are retained by a release. The pipeline(s) and builds will not be deleted."),
    },
  };
  const deletePipeline = () => azureDevOps.request("DELETE", "mlops/_apis/build/definitions/1");
  const deleteRun = () => azureDevOps.request("DELETE", "mlops/_apis/build/builds/1");

  it("by a lease: run and pipeline stay until it is taken away", async () => {
    const [made] = await lease(true);
    expect(made).toMatchObject({ leaseId: 1, runId: 1, definitionId: 1, ownerId: "Team:1", protectPipeline: true });
    expect(await api.getRetentionLeasesByOwnerId("mlops", undefined, 1)).toHaveLength(1);
    expect(await api.getRetentionLeasesByOwnerId("mlops", "Team:2")).toEqual([]);
    expect(await api.getRetentionLeasesForBuild("mlops", 1)).toHaveLength(1);
    expect(await deletePipeline()).toMatchObject(refused);
    expect(await deleteRun()).toMatchObject({ status: 400, body: { message: expect.stringContaining("TF900561") } });
    await api.deleteRetentionLeasesById("mlops", [1]);
    expect(await deletePipeline()).toMatchObject({ status: 204 });
    expect(await api.getBuilds("mlops")).toEqual([]);
  });

  it("by a lease that is for the run only: the pipeline goes, and the run with it", async () => {
    await lease(false);
    expect(await deleteRun()).toMatchObject({ status: 400 });
    expect(await deletePipeline()).toMatchObject({ status: 204 });
    expect(await api.getRetentionLeasesByOwnerId("mlops")).toEqual([]);
  });

  it("by a lease that is over: keeps nothing", async () => {
    await lease(true);
    const [made] = JSON.parse(JSON.stringify(await api.getRetentionLeasesForBuild("mlops", 1)));
    expect(Date.parse(made.validUntil) - Date.parse(made.createdOn)).toBe(86_400_000);
    jest.spyOn(Date, "now").mockReturnValue(Date.parse(made.validUntil));
    expect(await deletePipeline()).toMatchObject({ status: 204 });
    jest.restoreAllMocks();
  });

  it.each(["keepForever", "retainedByRelease"] as const)("by %s", async (property) => {
    expect(await api.updateBuild({ [property]: true }, "mlops", 1)).toMatchObject({
      keepForever: property === "keepForever",
      retainedByRelease: property === "retainedByRelease",
    });
    expect(await deletePipeline()).toMatchObject(refused);
    expect(await api.updateBuild({ [property]: false }, "mlops", 1)).toMatchObject({
      keepForever: false,
      retainedByRelease: false,
    });
    expect(await deletePipeline()).toMatchObject({ status: 204 });
  });

  it("of what does not exist is refused", async () => {
    const leases = "mlops/_apis/build/retention/leases";
    const body = { daysValid: 1, definitionId: 1, runId: 1, ownerId: "Team:1" };
    expect(await azureDevOps.request("POST", leases, [{ ...body, runId: 9 }])).toMatchObject({ status: 404 });
    expect(await azureDevOps.request("POST", leases, [{ ...body, definitionId: 9 }])).toMatchObject({ status: 404 });
    expect(await azureDevOps.request("DELETE", `${leases}?ids=9`)).toMatchObject({ status: 404 });
  });
});

test("a pipeline that is deleted ends its run in progress", async () => {
  const { execute: goesOn, begun } = endless();
  execute = goesOn;
  await queue();
  await begun;
  await api.deleteDefinition("mlops", 1);
  expect(await api.getBuilds("mlops")).toEqual([]);
});
