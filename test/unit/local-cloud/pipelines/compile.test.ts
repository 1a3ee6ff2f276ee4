import { existsSync, readFileSync } from "node:fs";
import { compilePipeline } from "../../../../local-cloud/pipelines/compile";
import { compile, jobsOf, scriptsOf, stepsOf } from "../../support/compile";

/** What `script:` and `bash:` are short for. */
const script = { kind: "task", task: "CmdLine@2" };
const bash = { kind: "task", task: "Bash@3", inputs: { targetType: "inline" } };

/** One of the project's own pipelines. */
function ownPipeline(path: string) {
  return compilePipeline({
    path,
    readFile: (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined),
    parameters: {},
    variables: { "Build.Repository.Name": "job-container", "Build.SourceBranchName": "main" },
    checkTask: () => [],
  });
}

describe("the project's own pipelines", () => {
  test("the image-build pipeline gets the files, chooses tags, checks, builds, pushes, checks and moves tags", () => {
    const plan = ownPipeline("docker/docker-image-pipeline.yml");
    expect(plan).toMatchObject({ runName: undefined });
    const names = ["BASH_ENV", "ENV", "LD_PRELOAD", "NODE_OPTIONS"];
    expect(plan.variables).toEqual(names.map((name) => ({ name, value: "" })));
    expect(plan.stages).toMatchObject([{ name: "__default", dependsOn: [], jobs: [{ name: "Job", dependsOn: [] }] }]);
    const [job] = jobsOf(plan);
    expect(job?.container).toBeUndefined();
    expect(job?.steps).toMatchObject([
      { kind: "checkout", repository: "self", displayName: "Checkout job-container@main to s" },
      { ...bash, displayName: "Install the checks", condition: undefined, continueOnError: false },
      { ...bash, displayName: "Choose the tags and options" },
      { ...bash, displayName: "Check the environment" },
      { kind: "task", task: "Docker@2", displayName: "Build", inputs: { command: "build", addBaseImageData: "false" } },
      {
        kind: "task",
        task: "Docker@2",
        displayName: "Push",
        inputs: {
          command: "push",
          containerRegistry: "$(registryConnection)",
          repository: "$(imageRepository)",
          tags: "$(buildTag)",
        },
      },
      { kind: "task", task: "Docker@2", displayName: "Sign in", inputs: { command: "login" } },
      { ...bash, displayName: "Check the image" },
      { ...bash, displayName: "Describe the image" },
      { task: "Docker@2", displayName: "Move the other tags", inputs: { command: "push", tags: "$(tags)" } },
    ]);
  });

  test("the model pipeline runs its job in the container resource", () => {
    const [job] = jobsOf(ownPipeline("pipelines/model-ci.yml"));
    expect(job).toMatchObject({
      name: "model_ci",
      displayName: "Model CI",
      container: { image: "$(jobContainerImage)", endpoint: "acrconnection", env: {}, file: "/pipelines/model-ci.yml" },
    });
    expect(job?.steps).toMatchObject([
      { kind: "checkout", repository: "self" },
      { ...script, displayName: "Print the environment" },
      { ...script, displayName: "Lint" },
      { ...script, displayName: "Test" },
      { kind: "task", task: "PublishTestResults@2", inputs: { testResultsFormat: "JUnit", testRunTitle: "pytest" } },
      { kind: "task", task: "PublishCodeCoverageResults@1", inputs: { codeCoverageTool: "Cobertura" } },
    ]);
  });
});

describe("stages and jobs", () => {
  test("steps alone are one job of one stage, and have its keys", () => {
    const plan = compile(`
name: $(Date:yyyyMMdd).$(Rev:r)
pool: { vmImage: ubuntu-24.04 }
container: python:3.12
continueOnError: true
variables: { a: 1 }
steps:
  - script: echo a
`);
    expect(plan).toMatchObject({
      runName: "$(Date:yyyyMMdd).$(Rev:r)",
      variables: [{ name: "a", value: "1" }],
      stages: [
        {
          name: "__default",
          jobs: [{ name: "Job", displayName: "Job", container: { image: "python:3.12" }, continueOnError: true }],
        },
      ],
    });
  });

  test("a stage waits for the one before it unless it says what for, and jobs wait for nothing", () => {
    const { stages } = compile(`
stages:
  - stage: A
    jobs: [{ job: a1, steps: [] }, { job: a2, dependsOn: a1, condition: failed(), steps: [] }]
  - stage: B
    displayName: The second
    jobs: [{ job: b, steps: [] }]
  - stage: C
    dependsOn: []
    jobs: [{ job: c, steps: [] }]
  - stage: D
    dependsOn: [A, C]
    condition: or(failed(), eq(dependencies.A.result, 'Succeeded'))
    jobs: [{ job: d, timeoutInMinutes: 5, steps: [] }]
`);
    expect(stages).toMatchObject([
      {
        dependsOn: [],
        displayName: "A",
        jobs: [
          { dependsOn: [], condition: undefined },
          { dependsOn: ["a1"], condition: "failed()" },
        ],
      },
      { dependsOn: ["A"], displayName: "The second" },
      { dependsOn: [] },
      {
        dependsOn: ["A", "C"],
        condition: "or(failed(), eq(dependencies.A.result, 'Succeeded'))",
        jobs: [{ timeoutInMinutes: 5 }],
      },
    ]);
  });

  test("stages without a name are numbered", () => {
    const { stages } = compile("stages: [{ stage: , jobs: [{ job: a }] }, { stage: , jobs: [{ job: a }] }]");
    expect(stages.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ["Stage1", []],
      ["Stage2", ["Stage1"]],
    ]);
  });

  test("jobs without a name are numbered", () => {
    const jobs = jobsOf(compile("jobs: [{ job: , steps: [] }, { job: x, steps: [] }, { job: , steps: [] }]"));
    expect(jobs.map(({ name, displayName }) => [name, displayName])).toEqual([
      ["Job1", "Job1"],
      ["x", "x"],
      ["Job3", "Job3"],
    ]);
  });

  test("it says in which line everything is", () => {
    const { stages } = compile(`
stages:
  - stage: A
    jobs:
      - job: a
        steps:
          - script: a
          - checkout: self
`);
    expect(stages).toMatchObject([
      { file: "/ci.yml", line: 3, jobs: [{ line: 5, steps: [{ line: 7 }, { kind: "checkout", line: 8 }] }] },
    ]);
  });
});

describe("steps", () => {
  test("script and bash are short for tasks, with their keys", () => {
    const yaml = `
steps:
  - script: |
      echo 1
      echo 2
    name: numbers
    displayName: Print numbers
    workingDirectory: src
    env: { TOKEN: $(token), VERSION: 3.10, FLAG: true }
    condition: and(succeeded(), eq(variables['Build.Reason'], 'Manual'))
    continueOnError: True
    timeoutInMinutes: 3
  - bash: echo 3
  - script: echo 4
`;
    const steps = stepsOf(compile(yaml));
    expect(steps).toMatchObject([
      {
        ...{ kind: "task", task: "CmdLine@2", inputs: { script: "echo 1\necho 2\n", workingDirectory: "src" } },
        name: "numbers",
        displayName: "Print numbers",
        env: { TOKEN: "$(token)", VERSION: "3.10", FLAG: "true" },
        condition: "and(succeeded(), eq(variables['Build.Reason'], 'Manual'))",
        continueOnError: true,
        timeoutInMinutes: 3,
      },
      { task: "Bash@3", displayName: "Bash", continueOnError: false },
      { task: "CmdLine@2", displayName: "CmdLine" },
    ]);
    expect(steps.map((step) => step.kind === "task" && step.inputs).slice(1)).toEqual([
      { targetType: "inline", script: "echo 3" },
      { script: "echo 4" },
    ]);
  });

  test.each(["true", "yes", "Y", "on", "TRUE"])("%s is true", (text) => {
    expect(stepsOf(compile(`steps: [{ bash: a, continueOnError: ${text} }]`))).toMatchObject([
      { continueOnError: true },
    ]);
  });

  test.each(["false", "no", "N", "off"])("%s is false", (text) => {
    expect(stepsOf(compile(`steps: [{ bash: a, continueOnError: ${text} }]`))).toMatchObject([
      { continueOnError: false },
    ]);
  });

  test.each([
    ["1.10", "1.10"],
    ["0x10", "0x10"],
    ["yes", "yes"],
    ["2026-11-24", "2026-11-24"],
    ["~", ""],
    ["", ""],
    ["'null'", "null"],
  ])("an input is the text that is written: %s", (written, text) => {
    const [step] = stepsOf(compile(`steps:\n  - task: Docker@2\n    inputs:\n      tags: ${written}\n`));
    expect(step).toMatchObject({ inputs: { tags: text } });
  });

  test("what a step may tell the agent is its own", () => {
    const target = "target: { commands: restricted, settableVariables";
    const plan = compile(`steps:
  - { bash: a, ${target}: none } }
  - { bash: b, ${target}: [x, y] } }
  - { bash: c, target: { settableVariables: x } }
  - { bash: d }`);
    expect(stepsOf(plan).map(({ restrictions }) => restrictions)).toEqual([
      { commands: "restricted", settableVariables: [] },
      { commands: "restricted", settableVariables: ["x", "y"] },
      { commands: "any", settableVariables: ["x"] },
      undefined,
    ]);
  });

  test("a job gets the files first unless a step of it says when, or that it does not", () => {
    const steps = (yaml: string) =>
      jobsOf(compile(yaml)).map((job) => job.steps.map((step) => (step.kind === "task" ? step.task : step.kind)));
    expect(steps("steps: [{ bash: a }]")).toEqual([["checkout", "Bash@3"]]);
    expect(steps("steps: [{ bash: a }, { checkout: self, clean: true, fetchDepth: 1 }]")).toEqual([
      ["Bash@3", "checkout"],
    ]);
    expect(jobsOf(compile("steps: [{ checkout: none }, { bash: a }]"))[0]?.steps).toMatchObject([
      { kind: "checkout", repository: "none" },
      bash,
    ]);
  });

  test("a step that is switched off stays in the plan, and is skipped", () => {
    expect(stepsOf(compile("steps: [{ bash: a, enabled: false, condition: always() }]"))).toMatchObject([
      { condition: "false" },
    ]);
  });

  test("a task is asked for by its name, version and inputs", () => {
    const asked: unknown[] = [];
    const checkTask = (...args: unknown[]) => {
      asked.push(args);
      return [];
    };
    const [step] = stepsOf(compile("steps: [{ task: Docker@2, inputs: { command: push } }]", { checkTask }));
    expect(asked).toEqual([["Docker@2", { command: "push" }]]);
    expect(step).toMatchObject({ kind: "task", task: "Docker@2", displayName: "Docker", inputs: { command: "push" } });
  });
});

describe("containers", () => {
  const resources = `
resources:
  containers:
    - container: tools
      image: registry.example/tools:1
      endpoint: acrconnection
      env: { A: 1 }
`;
  const tools = { image: "registry.example/tools:1", endpoint: "acrconnection", env: { A: "1" }, line: 4 };

  test.each([
    ["the name of a resource", "container: Tools", tools],
    ["an image", "container: python:3.12", { image: "python:3.12", endpoint: undefined, env: {} }],
    ["a mapping", "container: { image: 'python:3.12', endpoint: c }", { image: "python:3.12", endpoint: "c" }],
    ["an expression", `container: \${{ format('{0}s', 'tool') }}`, tools],
  ])("a job's container is %s", (_, line, container) => {
    const [job] = jobsOf(compile(`${resources}\njobs:\n  - job: a\n    ${line}\n    steps: []\n`));
    expect(job?.container).toMatchObject(container);
  });

  test("an empty one is none", () => {
    expect(jobsOf(compile("jobs: [{ job: a, container: '', steps: [] }]"))[0]?.container).toBeUndefined();
  });
});

describe("variables", () => {
  test("those of the pipeline, a stage and a job stay apart, in their order", () => {
    const plan = compile(`
variables:
  a: 1
  b: $(a)
stages:
  - stage: S
    variables: [{ name: a, value: 2 }, { name: c, value: "$[ eq(variables.a, 2) ]" }]
    jobs:
      - job: J
        variables: { d: "$[ dependencies.X.outputs['s.v'] ]", e: "$[ stageDependencies.S.J.outputs['s.v'] ]" }
        steps: []
`);
    expect(plan.variables).toEqual([
      { name: "a", value: "1" },
      { name: "b", value: "$(a)" },
    ]);
    expect(plan.stages[0]?.variables).toEqual([
      { name: "a", value: "2" },
      { name: "c", value: "$[ eq(variables.a, 2) ]" },
    ]);
    expect(plan.stages[0]?.jobs[0]?.variables).toMatchObject([{ name: "d" }, { name: "e" }]);
  });

  test("template expressions see those given, the YAML's above them, and the innermost of a name", () => {
    const yaml = `
variables:
  a: \${{ variables.given }}-1
  b: \${{ variables.a }}-2
jobs:
  - job: x
    variables: { B: inner }
    steps: [{ bash: "\${{ variables.b }}" }]
  - job: y
    steps: [{ bash: "\${{ variables['b'] }} \${{ variables.none }}." }]
`;
    expect(scriptsOf(compile(yaml, { variables: { given: "g" } }))).toEqual(["inner", "g-1-2 ."]);
  });

  test("a condition in a list of variables sees those above it", () => {
    const yaml = `
variables:
  - name: a
    value: 1
  - \${{ if eq(variables.a, '1') }}:
      - name: b
        value: one
  - \${{ else }}:
      - name: b
        value: other
steps: [{ bash: "\${{ variables.b }}" }]
`;
    expect(scriptsOf(compile(yaml))).toEqual(["one"]);
  });
});

test.each([
  "trigger: none\npr: none",
  "trigger: [main, releases/*]\npr: [main]",
  "trigger: { batch: true, branches: { include: [main], exclude: [x] }, paths: { include: [docker] }, tags: { include: [v*] } }",
  "pr: { autoCancel: false, branches: { include: [main] }, drafts: false }",
  "schedules: [{ cron: 0 0 * * *, displayName: Nightly, branches: { include: [main] }, always: true }]",
  "pool: Azure Pipelines",
  "pool: { name: Azure Pipelines, vmImage: ubuntu-latest }",
])("what starts a pipeline and where it runs may be said: %s", (yaml) => {
  expect(scriptsOf(compile(`${yaml}\nsteps: [{ bash: a }]`))).toEqual(["a"]);
});

describe("artifacts", () => {
  test("have steps that are short for their tasks", () => {
    const plan = compile(`steps:
- publish: out
  artifact: model
- download: current
  artifact: model
- { download: current, patterns: "**/*.bin", path: there }
- download: none
`);
    expect(stepsOf(plan)).toMatchObject([
      { task: "PublishPipelineArtifact@1", inputs: { targetPath: "out", artifactName: "model" } },
      {
        task: "DownloadPipelineArtifact@2",
        inputs: { source: "current", artifact: "model", path: "$(Pipeline.Workspace)/model" },
      },
      { task: "DownloadPipelineArtifact@2", inputs: { source: "current", patterns: "**/*.bin", path: "there" } },
    ]);
  });
});

describe("variable groups", () => {
  test("are had at every level, in the order in which they are written, behind conditions too", () => {
    const plan = compile(`
variables:
- { name: a, value: b }
- group: everywhere
- \${{ if eq(variables.a, 'b') }}: [{ group: chosen }]
- \${{ else }}: [{ group: other }]
stages:
- stage: One
  variables: [{ group: of-stage }]
  jobs:
  - job: A
    variables: [{ group: of-job }, { group: everywhere }]
    steps: []
`);
    expect(plan.variables).toEqual([{ name: "a", value: "b" }, { group: "everywhere" }, { group: "chosen" }]);
    expect(plan.stages[0]).toMatchObject({ variables: [{ group: "of-stage" }] });
    expect(jobsOf(plan)[0]?.variables).toEqual([{ group: "of-job" }, { group: "everywhere" }]);
    expect(plan.groups).toEqual(["everywhere", "chosen", "of-stage", "of-job"]);
  });
});

describe("a stage that is not to be run", () => {
  const yaml = `
stages:
- stage: Build
  jobs: [{ job: a, steps: [{ bash: a }] }]
- stage: Approve
  jobs: [{ job: b, pool: server, steps: [{ task: ManualValidation@0 }] }]
`;
  const compiled = (stages: string[], text = yaml) =>
    compilePipeline({
      ...{ path: "ci.yml", readFile: (path) => (path === "ci.yml" ? text : undefined), parameters: {}, variables: {} },
      checkTask: (task) => (task === "Bash@3" ? [] : [{ message: `${task} is not there` }]),
      stages,
    });

  test("may ask for what is not emulated", () => {
    expect(() => compiled([])).toThrow(/An agentless job \('pool: server'\)[\s\S]*ManualValidation@0 is not there/);
    expect(compiled(["build"]).stages).toMatchObject([{ name: "Build" }, { name: "Approve" }]);
  });

  test("has to be a stage all the same", () => {
    const broken = yaml.replace("jobs: [{ job: b", "jbs: [{ job: b");
    expect(() => compiled(["Build"], broken)).toThrow("Unexpected value 'jbs'");
  });
});
