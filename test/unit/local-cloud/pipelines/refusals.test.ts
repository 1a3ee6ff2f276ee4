import { compilePipeline, PipelineError } from "../../../../local-cloud/pipelines/compile";
import { problemsOf } from "../../support/compile";

const steps = "steps: [{ bash: a }]";
const job = (line: string) => `jobs:\n  - job: a\n    ${line}\n    steps: []`;

describe("what Azure Pipelines refuses", () => {
  test.each([
    ["an unknown key", `nme: x\n${steps}`, "/ci.yml (Line: 1, Col: 1): Unexpected value 'nme'"],
    [
      "an unknown key of a stage",
      "stages:\n  - stage: A\n    foo: 1\n    jobs: [{ job: a, steps: [] }]",
      "/ci.yml (Line: 3, Col: 5): Unexpected value 'foo'",
    ],
    ["an unknown key of a job", job("foo: 1"), "/ci.yml (Line: 3, Col: 5): Unexpected value 'foo'"],
    [
      "an unknown key of a step",
      "steps:\n  - bash: a\n    foo: 1",
      "/ci.yml (Line: 3, Col: 5): Unexpected value 'foo'",
    ],
    [
      "a step that does not begin with what it is",
      "steps:\n  - displayName: a\n    bash: b",
      "/ci.yml (Line: 2, Col: 5): Unexpected value 'displayName'",
    ],
    ["a step that is a text", "steps:\n  - bash", "/ci.yml (Line: 2, Col: 5): Expected a mapping"],
    ["steps that are a mapping", "steps:\n  bash: a", "/ci.yml (Line: 2, Col: 3): Expected a sequence"],
    ["a script that is a list", "steps:\n  - bash: [a]", "/ci.yml (Line: 2, Col: 11): A sequence was not expected"],
    ["a name that is a mapping", `name: { a: b }\n${steps}`, "/ci.yml (Line: 1, Col: 7): A mapping was not expected"],
    [
      "a key that is there twice",
      `${job("displayName: a")}\n    displayName: b`,
      "/ci.yml (Line: 5, Col: 5): 'displayName' is already defined",
    ],
    ["two roots", `jobs: [{ job: a, steps: [] }]\n${steps}`, "/ci.yml (Line: 2, Col: 1): Unexpected value 'steps'"],
    [
      "no root",
      "trigger: none",
      "/ci.yml (Line: 1, Col: 1): A pipeline has one of stages, jobs, steps, extends at its root",
    ],
    ["a file that is a list", "- bash: a", "/ci.yml (Line: 1, Col: 1): Expected a mapping"],
    ["an empty file", "", "/ci.yml (Line: 1, Col: 1): The file is empty"],
    ["what is no YAML", "steps: [", "/ci.yml (Line: 1, Col: 9): "],
    ["tabs", "steps:\n\t- bash: a", "/ci.yml (Line: 2, Col: 1): Tabs"],
    ["several documents", `${steps}\n---\n${steps}`, "A file has one YAML document"],
    ["anchors", "steps: &all [{ bash: a }]", "Anchors are not currently supported. Remove the anchor 'all'"],
    [
      "no boolean",
      "steps: [{ bash: a, continueOnError: maybe }]",
      "/ci.yml (Line: 1, Col: 37): Expected a Boolean value. Actual value: 'maybe'",
    ],
    [
      "no number",
      job("timeoutInMinutes: long"),
      "/ci.yml (Line: 3, Col: 23): Expected an integer value. Actual value: 'long'",
    ],
    [
      "a trigger's key",
      `trigger: { branch: [main] }\n${steps}`,
      "/ci.yml (Line: 1, Col: 12): Unexpected value 'branch'",
    ],
    ["a trigger's word", `trigger: main\n${steps}`, "/ci.yml (Line: 1, Col: 10): Unexpected value 'main'"],
    [
      "a schedule that is a mapping",
      `schedules: { cron: x }\n${steps}`,
      "/ci.yml (Line: 1, Col: 12): A mapping was not expected",
    ],
    [
      "an expression in a trigger",
      `trigger: ["\${{ variables.x }}"]\n${steps}`,
      "/ci.yml (Line: 1, Col: 11): A template expression is not allowed in this context",
    ],
    [
      "an expression at the root",
      `\${{ if true }}:\n  ${steps}`,
      "/ci.yml (Line: 1, Col: 1): A template expression is not allowed in this context",
    ],
    [
      "a task without a version",
      "steps: [{ task: Docker }]",
      "/ci.yml (Line: 1, Col: 17): The task 'Docker' has no version",
    ],
    [
      "a container without an image",
      job("container: { endpoint: x }"),
      "/ci.yml (Line: 3, Col: 16): A container has an image",
    ],
    [
      "a container resource without a name",
      `resources: { containers: [{ image: x }] }\n${steps}`,
      "A container resource has a name",
    ],
    [
      "two container resources of a name",
      `resources: { containers: [{ container: a, image: x }, { container: A, image: y }] }\n${steps}`,
      "The container resource 'A' is defined more than once",
    ],
    ["a variable without a name", `variables: [{ value: 1 }]\n${steps}`, "A variable has a name"],
    ["a parameter without a name", `parameters: [{ type: string }]\n${steps}`, "A parameter has a name"],
    ["a stage that is a job", "stages: [{ job: a }]", "/ci.yml (Line: 1, Col: 12): Unexpected value 'job'"],
    ["a key that every object has", `trigger: { constructor: 1 }\n${steps}`, "Unexpected value 'constructor'"],
    ["a key that is a mapping", `{ a: b }: c\n${steps}`, "A key is a text"],
    ["a stage without jobs", "stages: [{ stage: A }]", "Stage A has no jobs"],
    ["a stage's name", "stages: [{ stage: a-b, jobs: [{ job: a, steps: [] }] }]", "The stage name a-b is not valid."],
    ["a job's name", "jobs: [{ job: 1a, steps: [] }]", "The job name 1a is not valid."],
    ["a step's name", "steps: [{ bash: a, name: a.b }]", "The step name a.b is not valid."],
    [
      "two steps of a name",
      "steps: [{ bash: a, name: x }, { bash: b, name: X }]",
      "The step name X appears more than once.",
    ],
  ])("%s", (_, yaml, message) => {
    expect(problemsOf(yaml)).toEqual([expect.stringContaining(message)]);
  });
});

describe("expressions that Azure Pipelines refuses", () => {
  const script = (text: string) => `steps:\n  - bash: ${JSON.stringify(text)}`;

  test.each([
    [
      "an unknown name",
      script(`\${{ foo.bar }}`),
      "/ci.yml (Line: 2, Col: 11): Unrecognized value: 'foo'. Located at position 1 within expression: foo.bar.",
    ],
    ["a status in a template expression", script(`\${{ succeeded() }}`), "Unrecognized value: 'succeeded'"],
    ["no end", script(`\${{ 'a' `), "/ci.yml (Line: 2, Col: 11): The expression is not closed."],
    ["nothing", script(`\${{ }}`), "An expression was expected"],
    [
      "a list in a text",
      `parameters: [{ name: l, type: object, default: [a] }]\n${script(`x \${{ parameters.l }}`)}`,
      "/ci.yml (Line: 3, Col: 11): Unable to convert from Array to String.",
    ],
    [
      "a list as a script",
      `parameters: [{ name: l, type: object, default: [a] }]\n${script(`\${{ parameters.l }}`)}`,
      "A sequence was not expected",
    ],
    ["a directive in a text", script(`a \${{ if true }}`), "The directive 'if' is not allowed in this context."],
    [
      "a directive as a text",
      script(`\${{ if true }}`),
      "The expression directive 'if' is not supported in this context",
    ],
    [
      "else without if",
      `steps:\n  - \${{ else }}:\n      - bash: a`,
      "/ci.yml (Line: 2, Col: 5): The expression directive 'else' is not supported in this context",
    ],
    [
      "a step between if and else",
      `steps:\n  - \${{ if false }}: [{ bash: a }]\n  - bash: b\n  - \${{ else }}: [{ bash: c }]`,
      "/ci.yml (Line: 4, Col: 5): The expression directive 'else' is not supported in this context",
    ],
    [
      "if without a condition",
      `steps:\n  - \${{ if }}:\n      - bash: a`,
      "Exactly 1 parameter(s) were expected following the directive 'if'. Actual parameter count: 0",
    ],
    [
      "each without in",
      `steps:\n  - \${{ each a of b }}:\n      - bash: a`,
      "Exactly 3 parameter(s) were expected following the directive 'each'. Actual parameter count: 3",
    ],
    [
      "each through a text",
      `steps:\n  - \${{ each a in 'b' }}:\n      - bash: a`,
      "Expected a sequence or mapping. Actual value 'b'",
    ],
    [
      "a step's condition on jobs",
      "steps:\n  - bash: a\n    condition: eq(dependencies.A.result, 'x')",
      "/ci.yml (Line: 3, Col: 16): Unrecognized value: 'dependencies'.",
    ],
    [
      "a stage's condition on another stage's jobs",
      "stages: [{ stage: A, condition: stageDependencies.B.C.result, jobs: [{ job: a, steps: [] }] }]",
      "Unrecognized value: 'stageDependencies'.",
    ],
    ["a macro as a condition", "steps: [{ bash: a, condition: $(run) }]", "Unrecognized value: '$'."],
    ["a status in a variable", `variables: { a: "$[ succeeded() ]" }\n${steps}`, "Unrecognized value: 'succeeded'."],
    [
      "the pipeline's variable of a job",
      `variables: { a: "$[ dependencies.A.result ]" }\n${steps}`,
      "Unrecognized value: 'dependencies'.",
    ],
  ])("%s", (_, yaml, message) => {
    expect(problemsOf(yaml)).toEqual([expect.stringContaining(message)]);
  });
});

describe("what is not emulated is refused by its name and line", () => {
  test.each([
    ["pool: { vmImage: windows-latest }", "/ci.yml (Line: 1, Col: 18): The machine 'windows-latest'"],
    ["pool: Mine", "/ci.yml (Line: 1, Col: 7): The pool 'Mine'"],
    ["pool: server", "An agentless job ('pool: server')"],
    ["pool: { name: Mine }", "/ci.yml (Line: 1, Col: 15): The pool 'Mine'"],
    ["pool: { vmImage: ubuntu-latest, demands: [docker] }", "'demands'"],
    ["strategy: { matrix: { a: { b: c } } }", "/ci.yml (Line: 1, Col: 1): 'strategy'"],
    ["services: { db: x }", "'services'"],
    ["workspace: { clean: all }", "'workspace'"],
    ["lockBehavior: sequential", "'lockBehavior'"],
    ["resources: { repositories: [{ repository: x }] }", "/ci.yml (Line: 1, Col: 14): 'repositories'"],
    ["resources: { pipelines: [{ pipeline: x }] }", "'pipelines'"],
    [
      "resources: { containers: [{ container: x, image: y, options: --user 0 }] }",
      "/ci.yml (Line: 1, Col: 53): 'options'",
    ],
    ["resources: { containers: [{ container: x, image: y, volumes: [a:b] }] }", "'volumes'"],
    ["resources: { containers: [{ container: x, type: ACR, registry: y }] }", "A container of the type 'ACR'"],
    ["container: $[ variables.x ]", "A container that is chosen at run time ('$[ variables.x ]')"],
    ["variables: [{ name: a, value: b, readonly: true }]", "'readonly: true'"],
    ["variables: { n: \"$[ counter('x', 1) ]\" }", "The function 'counter'"],
  ])("%s", (line, message) => {
    expect(problemsOf(`${line}\n${steps}`)).toEqual([expect.stringContaining(`${message}`)]);
    expect(problemsOf(`${line}\n${steps}`)[0]).toContain(" is not emulated by the local Azure Pipelines");
  });

  test.each([
    ["pwsh: a", "/ci.yml (Line: 2, Col: 5): The step 'pwsh'"],
    ["powershell: a", "The step 'powershell'"],
    ["download: other", "/ci.yml (Line: 2, Col: 15): The download of 'other'"],
    ["checkout: other", "/ci.yml (Line: 2, Col: 15): The checkout of 'other'"],
    ["{ checkout: self, submodules: true }", "/ci.yml (Line: 2, Col: 23): 'submodules: true'"],
    ["{ checkout: self, path: src }", "'path'"],
    ["{ bash: a, failOnStderr: true }", "'failOnStderr: true'"],
    ["{ bash: a, target: host }", "/ci.yml (Line: 2, Col: 16): 'target' with a container or the host"],
    ["{ bash: a, target: { container: x } }", "'container'"],
    ["{ bash: a, target: { settableVariables: [a*] } }", "The pattern 'a*' of settableVariables"],
    ["{ bash: a, retryCountOnTaskFailure: 2 }", "'retryCountOnTaskFailure'"],
  ])("the step %s", (step, message) => {
    expect(problemsOf(`steps:\n  - ${step}`)).toEqual([
      expect.stringContaining(`${message} is not emulated by the local Azure Pipelines`.slice(0, message.length)),
    ]);
  });

  test("deployments", () => {
    expect(problemsOf("jobs:\n  - deployment: a\n    environment: x")).toContainEqual(
      expect.stringContaining("/ci.yml (Line: 2, Col: 5): The job 'deployment' is not emulated"),
    );
  });

  test("tasks that there are not, and inputs that they have not", () => {
    const checkTask = (task: string) =>
      task === "Docker@2" ? [{ input: "Command", message: "no such command" }] : [{ message: `no task ${task}` }];
    const yaml = "steps:\n  - task: Docker@2\n    inputs:\n      command: fly\n  - task: Npm@1";
    expect(problemsOf(yaml, { checkTask })).toEqual([
      "/ci.yml (Line: 4, Col: 16): no such command",
      "/ci.yml (Line: 5, Col: 11): no task Npm@1",
    ]);
  });
});

describe("dependencies", () => {
  const jobs = (...dependencies: string[]) =>
    `jobs:\n${dependencies.map((dependsOn, index) => `  - { job: j${index}, dependsOn: ${dependsOn}, steps: [] }`).join("\n")}`;
  const stages = (...dependencies: string[]) =>
    `stages:\n${dependencies.map((dependsOn, index) => `  - { stage: s${index}, dependsOn: ${dependsOn}, jobs: [{ job: a, steps: [] }] }`).join("\n")}`;

  test.each([
    [jobs("[]", "nope"), ["/ci.yml (Line: 3, Col: 27): Stage __default job j1 depends on unknown job nope."]],
    [stages("[]", "nope"), ["/ci.yml (Line: 3, Col: 29): Stage s1 depends on unknown stage nope."]],
    [
      jobs("[]", "j2", "[j0, j1]"),
      [
        expect.stringContaining(
          "Stage __default job j1 depends on job j2 which creates a cycle in the dependency graph.",
        ),
        expect.stringContaining(
          "Stage __default job j2 depends on job j1 which creates a cycle in the dependency graph.",
        ),
      ],
    ],
    [stages("[]", "s1"), [expect.stringContaining("Stage s1 depends on stage s1 which creates a cycle")]],
    [
      jobs("j1", "j0"),
      expect.arrayContaining([
        expect.stringContaining("Stage __default must contain at least one job with no dependencies."),
      ]),
    ],
    [
      "jobs: [{ job: a, steps: [] }, { job: A, steps: [] }]",
      [expect.stringContaining("The job name A appears more than once. Job names must be unique within a stage.")],
    ],
    [
      "stages: [{ stage: a, jobs: [{ job: a, steps: [] }] }, { stage: A, dependsOn: [], jobs: [{ job: a, steps: [] }] }]",
      [
        expect.stringContaining(
          "The stage name A appears more than once. Stage names must be unique within a pipeline.",
        ),
      ],
    ],
  ])("%s", (yaml, problems) => {
    expect(problemsOf(yaml)).toEqual(problems);
  });
});

test("all that is wrong is said together, in the order of the lines", () => {
  const yaml = `
pool: { vmImage: windows-2022 }
steps:
  - pwsh: a
  - bash: a
    condition: foo()
    nope: 1
`;
  expect(problemsOf(yaml).map((problem) => /Line: (\d+)/.exec(problem)?.[1])).toEqual(["2", "4", "6", "7"]);
});

test("a file that is not there", () => {
  const args = { readFile: () => undefined, parameters: {}, variables: {}, checkTask: () => [] };
  expect(() => compilePipeline({ ...args, path: "\\pipelines\\no.yml" })).toThrow(
    new PipelineError(["/pipelines/no.yml (Line: 1, Col: 1): File /pipelines/no.yml not found in the repository"]),
  );
});
