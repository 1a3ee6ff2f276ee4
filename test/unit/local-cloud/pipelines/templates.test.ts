import { compile, jobsOf, problemsOf, scriptsOf, stepsOf } from "../../support/compile";

/** A pipeline of steps, with parameters. */
const pipeline = (parameters: string, steps: string) => `parameters:\n${parameters}\nsteps:\n${steps}`;

describe("parameters", () => {
  const typed = pipeline(
    `
  - { name: text, type: string, default: a }
  - { name: count, type: number, default: 2 }
  - { name: flag, type: boolean, default: false }
  - { name: choice, type: string, default: x, values: [x, y] }
  - { name: list, type: object, default: [p, q] }
`,
    `
  - bash: "\${{ parameters.text }} \${{ parameters.count }} \${{ parameters.flag }} \${{ parameters.choice }} \${{ join('+', parameters.list) }}"
`,
  );

  test("they have their defaults", () => {
    expect(scriptsOf(compile(typed))).toEqual(["a 2 False x p+q"]);
  });

  test("who queues a run sets them by texts, and an object by YAML or JSON", () => {
    const parameters = { text: "b", count: "2.50", FLAG: "True", choice: "y", list: "[1, z]" };
    expect(scriptsOf(compile(typed, { parameters }))).toEqual(["b 2.5 True y 1+z"]);
  });

  test.each([
    ["flag", "apples", "The 'flag' parameter value 'apples' is not a valid Boolean."],
    ["count", "many", "The 'count' parameter value 'many' is not a valid Number."],
    ["choice", "z", "The 'choice' parameter value 'z' is not one of the allowed values: x, y."],
    ["other", "1", "Unexpected parameter 'other'"],
    ["list", "[", "Flow sequence"],
  ])("the value of %s cannot be %s", (name, value, message) => {
    expect(problemsOf(typed, { parameters: { [name]: value } })).toEqual([expect.stringContaining(message)]);
  });

  test("one without a default must be given", () => {
    expect(problemsOf(pipeline("  - name: x", "  - bash: a"))).toEqual([
      "/ci.yml (Line: 1, Col: 1): A value for the 'x' parameter must be provided.",
    ]);
  });

  test("booleans and numbers are values, not texts", () => {
    const steps = `
  - \${{ if parameters.flag }}:
      - bash: flag
  - \${{ if gt(parameters.count, 10) }}:
      - bash: many
`;
    const yaml = pipeline(
      "  - { name: flag, type: boolean, default: false }\n  - { name: count, type: number, default: 9 }",
      steps,
    );
    expect(scriptsOf(compile(yaml))).toEqual([]);
    expect(scriptsOf(compile(yaml, { parameters: { flag: "true", count: "11" } }))).toEqual(["flag", "many"]);
  });
});

describe("directives", () => {
  test.each([
    ["1", ["one", "not two", "end"]],
    ["2", ["two", "end"]],
    ["3", ["other", "not two", "end"]],
  ])("if, elseif and else choose steps: %s", (value, scripts) => {
    const yaml = `
steps:
  - \${{ if eq(variables.x, '1') }}:
      - bash: one
  - \${{ elseif eq(variables.x, '2') }}:
      - bash: two
  - \${{ else }}:
      - bash: other
  - \${{ if ne(variables.x, '2') }}:
      - bash: not two
  - bash: end
`;
    expect(scriptsOf(compile(yaml, { variables: { x: value } }))).toEqual(scripts);
  });

  test("they choose keys", () => {
    const yaml = (x: number) => `
steps:
  - task: Docker@2
    \${{ if eq(${x}, 1) }}:
      displayName: One
    \${{ else }}:
      displayName: Other
    inputs:
      command: build
      \${{ if eq(${x}, 1) }}:
        tags: one
      \${{ if eq(${x}, 1) }}:
        repository: one
`;
    expect(stepsOf(compile(yaml(1)))).toMatchObject([
      { displayName: "One", inputs: { command: "build", tags: "one", repository: "one" } },
    ]);
    expect(stepsOf(compile(yaml(2)))).toMatchObject([{ displayName: "Other", inputs: { command: "build" } }]);
  });

  test("each goes through lists, within each other, and through mappings", () => {
    const yaml = `
parameters:
  - name: pythons
    type: object
    default: [3.10, 3.12]
  - name: tools
    type: object
    default: { lint: ruff, test: pytest }
jobs:
  - \${{ each python in parameters.pythons }}:
      - job: py\${{ replace(python, '.', '_') }}
        steps:
          - \${{ each tool in parameters.tools }}:
              - bash: \${{ tool.key }} with \${{ tool.value }} on \${{ python }}
`;
    expect(jobsOf(compile(yaml)).map(({ name }) => name)).toEqual(["py3_10", "py3_12"]);
    expect(scriptsOf(compile(yaml))).toEqual([
      "lint with ruff on 3.10",
      "test with pytest on 3.10",
      "lint with ruff on 3.12",
      "test with pytest on 3.12",
    ]);
  });

  test("keys are expressions, and insert adds a mapping to another", () => {
    const yaml = `
parameters:
  - name: env
    type: object
    default: { A: 1, B: 2 }
steps:
  - bash: a
    env:
      \${{ insert }}: \${{ parameters.env }}
      \${{ each pair in parameters.env }}:
        X_\${{ pair.key }}: \${{ pair.value }}
  - \${{ each pair in parameters.env }}:
      - bash: b
        env: \${{ pair }}
`;
    expect(stepsOf(compile(yaml))).toMatchObject([
      { env: { A: "1", B: "2", X_A: "1", X_B: "2" } },
      { env: { key: "A", value: "1" } },
      { env: { key: "B", value: "2" } },
    ]);
  });

  test("what a function makes of a text is gone through, and inserted", () => {
    const yaml = `
jobs:
  - job: a
    dependsOn: \${{ split('b,c', ',') }}
    steps:
      - \${{ each part in split('a,b', ',') }}:
          - bash: \${{ part }}
  - job: b
    steps: []
  - job: c
    steps: []
`;
    expect(scriptsOf(compile(yaml))).toEqual(["a", "b"]);
    expect(jobsOf(compile(yaml))[0]?.dependsOn).toEqual(["b", "c"]);
  });

  test("convertToJson writes an object parameter", () => {
    const yaml = pipeline(
      "  - { name: o, type: object, default: { a: [b] } }",
      `  - bash: "\${{ convertToJson(parameters.o) }}"`,
    );
    expect(scriptsOf(compile(yaml))).toEqual(['{\n  "a": [\n    "b"\n  ]\n}']);
  });

  test("brackets in a quoted text close nothing", () => {
    expect(scriptsOf(compile(`steps: [{ bash: "\${{ format('{{{0}}}', 'a') }} \${{ 'b}}' }}" }]`))).toEqual([
      "{a} b}}",
    ]);
  });
});

describe("templates", () => {
  test("steps, jobs, stages and variables are included with parameters, each relative to its file", () => {
    const files = {
      "t/stages.yml": `
parameters: [{ name: names, type: object }]
stages:
  - \${{ each name in parameters.names }}:
      - stage: \${{ name }}
        variables:
          - template: /vars/common.yml
            parameters: { suffix: "\${{ name }}" }
        jobs: [{ template: jobs/job.yml, parameters: { name: "\${{ lower(name) }}" } }]
`,
      "t/jobs/job.yml": `
parameters: { name: x, times: 1 }
jobs:
  - job: \${{ parameters.name }}
    steps:
      - template: /steps.yml@self
      - template: ../steps.yml
        parameters: { text: "\${{ parameters.name }} \${{ parameters.times }}" }
`,
      "steps.yml": "steps: [{ bash: at the root }]",
      "t/steps.yml": `
parameters: [{ name: text, type: string, default: "" }]
steps: [{ bash: "\${{ parameters.text }} \${{ variables.common }}" }]
`,
      "vars/common.yml": `parameters: [{ name: suffix }]\nvariables: { common: "c-\${{ parameters.suffix }}" }`,
    };
    const plan = compile("stages: [{ template: t/stages.yml, parameters: { names: [One, Two] } }]", { files });
    expect(plan.stages.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ["One", []],
      ["Two", ["One"]],
    ]);
    expect(scriptsOf(plan)).toEqual(["at the root", "one 1 c-One", "at the root", "two 1 c-Two"]);
    expect(stepsOf(plan)[1]).toMatchObject({ file: "/t/steps.yml", line: 3 });
  });

  test.each([
    ["a.yml@self", "t/a"],
    ["./a.yml@SELF", "t/a"],
    ["../a.yml@self", "a"],
    ["a.yml@", "t/a"],
    ["/a.yml@self", "a"],
    ["u/../../a.yml", "a"],
  ])("%s in a template is relative to that, as without @self: %s", (reference, script) => {
    const files = {
      "t/t.yml": `steps: [{ template: "${reference}" }]`,
      "a.yml": "steps: [{ bash: a }]",
      "t/a.yml": "steps: [{ bash: t/a }]",
    };
    expect(scriptsOf(compile("steps: [{ template: t/t.yml }]", { files }))).toEqual([script]);
  });

  test("a template puts the steps that it is given where it wants, and they keep their lines", () => {
    const files = {
      "t/job.yml": `
parameters:
  - { name: steps, type: stepList, default: [] }
  - { name: last, type: step, default: { bash: last } }
jobs:
  - job: a
    steps:
      - bash: first
      - \${{ parameters.steps }}
      - \${{ each step in parameters.steps }}:
          - \${{ each pair in step }}:
              \${{ pair.key }}: \${{ pair.value }}
            env: { AGAIN: 1 }
      - \${{ parameters.last }}
`,
    };
    const yaml = `
variables: { who: me }
jobs:
  - template: t/job.yml
    parameters:
      steps:
        - bash: given by \${{ variables.who }}
`;
    const plan = compile(yaml, { files });
    expect(scriptsOf(plan)).toEqual(["first", "given by me", "given by me", "last"]);
    expect(stepsOf(plan)).toMatchObject([{}, { file: "/ci.yml", line: 7, env: {} }, { env: { AGAIN: "1" } }, {}]);
  });

  test("a template in the steps that it is given is relative to it", () => {
    const files = {
      "t/job.yml": `parameters: [{ name: steps, type: stepList }]\njobs: [{ job: a, steps: ["\${{ parameters.steps }}"] }]`,
      "t/inner.yml": "steps: [{ bash: inner }]",
      "inner.yml": "steps: [{ bash: outer }]",
    };
    const yaml = "jobs: [{ template: t/job.yml, parameters: { steps: [{ template: inner.yml }] } }]";
    expect(scriptsOf(compile(yaml, { files }))).toEqual(["inner"]);
  });

  test("a pipeline extends a template, whose resources and variables it has", () => {
    const files = {
      "base.yml": `
parameters: [{ name: image, type: string }, { name: steps, type: stepList }]
resources: { containers: [{ container: box, image: "\${{ parameters.image }}" }] }
variables: { fromBase: "1" }
jobs:
  - job: a
    container: box
    steps: ["\${{ parameters.steps }}", { bash: "\${{ variables.own }} \${{ variables.fromBase }}" }]
`,
    };
    const yaml = `
trigger: none
variables: { own: mine }
extends:
  template: base.yml
  parameters:
    image: python
    steps: [{ bash: a }]
`;
    const plan = compile(yaml, { files });
    expect(plan.variables).toMatchObject([{ name: "own" }, { name: "fromBase" }]);
    expect(jobsOf(plan)).toMatchObject([{ name: "a", container: { image: "python" } }]);
    expect(scriptsOf(plan)).toEqual(["a", "mine 1"]);
  });

  test.each([
    ["missing.yml", "", {}, "/ci.yml (Line: 2, Col: 15): File /missing.yml not found in the repository"],
    [
      "t.yml@other",
      "",
      {},
      "/ci.yml (Line: 2, Col: 15): A template of another repository ('t.yml@other') is not emulated",
    ],
    ["t.yml@self@self", "", {}, "A template of another repository ('t.yml@self@self') is not emulated"],
    ["../t.yml", "", {}, "/ci.yml (Line: 2, Col: 15): The file path //../t.yml is invalid"],
    ["../t.yml@self", "", {}, "/ci.yml (Line: 2, Col: 15): The file path //../t.yml is invalid"],
    ["/../t.yml", "", {}, "/ci.yml (Line: 2, Col: 15): The file path /../t.yml is invalid"],
    [
      "t.yml",
      "",
      { "t.yml": "parameters: [{ name: x }]\nsteps: []" },
      "/ci.yml (Line: 2, Col: 15): A value for the 'x' parameter must be provided.",
    ],
    ["t.yml", "{ y: 1 }", { "t.yml": "steps: []" }, "/ci.yml (Line: 3, Col: 19): Unexpected parameter 'y'"],
    [
      "t.yml",
      "{ x: apples }",
      { "t.yml": "parameters: [{ name: x, type: boolean }]\nsteps: []" },
      "/ci.yml (Line: 3, Col: 22): The 'x' parameter value 'apples' is not a valid Boolean.",
    ],
    [
      "t.yml",
      "{ x: [1] }",
      { "t.yml": "parameters: [{ name: x, type: string }]\nsteps: []" },
      "The 'x' parameter is not a valid String.",
    ],
    [
      "t.yml",
      "{ x: 1 }",
      { "t.yml": "parameters: [{ name: x, type: stepList }]\nsteps: []" },
      "The 'x' parameter is not a valid StepList.",
    ],
    ["t.yml", "", { "t.yml": "jobs: []" }, "/t.yml (Line: 1, Col: 1): Unexpected value 'jobs'"],
    ["t.yml", "", { "t.yml": "- bash: a" }, "/t.yml (Line: 1, Col: 1): Expected a mapping"],
    [
      "t.yml",
      "",
      { "t.yml": "steps: [{ template: t.yml }]" },
      "Templates are nested more than 100 deep: does /t.yml include itself?",
    ],
    [
      "t.yml",
      "",
      { "t.yml": "parameters: [{ name: x, type: text, default: 1 }]\nsteps: []" },
      "/t.yml (Line: 1, Col: 31): Unexpected value 'text'",
    ],
    [
      "t.yml",
      "",
      { "t.yml": `parameters: [{ name: x, default: "\${{ 1 }}" }]\nsteps: []` },
      "/t.yml (Line: 1, Col: 34): A template expression is not allowed in this context",
    ],
    ["", "", {}, "A template has a path"],
  ])("the template %s with %s is refused: %#", (path, parameters, files, message) => {
    const yaml = `steps:\n  - template: ${path}\n${parameters && `    parameters: ${parameters}`}`;
    expect(problemsOf(yaml, { files })).toEqual([expect.stringContaining(message)]);
  });
});
