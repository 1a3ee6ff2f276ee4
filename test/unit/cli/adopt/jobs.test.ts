import { parse } from "yaml";
import type { Wish } from "../../../../src/cli/adopt/choose";
import { change, copy, resource, stock } from "./pipelines/change";

describe("--job and --all-jobs give a container to jobs that have none", () => {
  /** What is promised, the pipeline, the wish and the lines that come; none go. */
  const additions: [string, string, Wish, string[]][] = [
    [
      "a job, by its name: the resource stands before the jobs and their comment",
      "pool: {vmImage: ubuntu-latest}\n\n# all of them\njobs:\n  # trains\n  - job: train # daily\n    steps: [{script: a}]\n  - job: lint\n    steps: []\n",
      { job: ["train"] },
      [...resource, "+    container: jobcontainer"],
    ],
    [
      "two jobs, whatever the case of the name",
      "jobs:\n  - job: train\n    steps: []\n  - job: lint\n    steps: []\n  - job: test\n    steps: []\n",
      { job: ["TRAIN", "lint"] },
      [...resource, "+    container: jobcontainer", "+    container: jobcontainer"],
    ],
    [
      "a job of a stage, by both names",
      "stages:\n  - stage: a\n    jobs:\n      - job: test\n        steps: []\n  - stage: b\n    jobs:\n      - job: test\n        steps: []\n",
      { job: ["b.test"] },
      [...resource, "+        container: jobcontainer"],
    ],
    [
      "all jobs, with those under conditions and deployments",
      `stages:\n  - stage: a\n    jobs:\n      - \${{ if parameters.x }}:\n          - job: test\n            steps: []\n      - deployment: go\n        environment: dev\n        strategy: {runOnce: {deploy: {steps: []}}}\n      - job:\n        steps: []\n`,
      { allJobs: true },
      [
        ...resource,
        "+            container: jobcontainer",
        "+        container: jobcontainer",
        "+        container: jobcontainer",
      ],
    ],
    [
      "steps at the root, beside them",
      "# the header\ntrigger: none\n# what is done\nsteps:\n  - script: pytest\n",
      { job: ["Job"] },
      [...resource, "+container: jobcontainer"],
    ],
    [
      "steps at the root under a condition, with a comment at the beginning of the file",
      `# the header\n\${{ if parameters.x }}:\n  steps:\n    - script: pytest\n`,
      { allJobs: true },
      [...resource, "+container: jobcontainer"],
    ],
    [
      "a job of an extended template's list",
      "extends:\n  template: base.yml@templates\n  parameters:\n    jobs:\n      - job: train\n        steps: []\n",
      { job: ["train"] },
      [...resource, "+        container: jobcontainer"],
    ],
    [
      "a resource that is the job container already is taken",
      "resources:\n  containers:\n    - container: Lab\n      image: $(jobContainerImage)\n      endpoint: team\njobs:\n  - job: test\n    steps: []\n",
      { job: ["test"] },
      ["+    container: Lab"],
    ],
    [
      "a name that another container has is not taken",
      "resources:\n  containers:\n    - container: JobContainer\n      image: python:3.8\njobs:\n  - job: test\n    steps: []\n",
      { job: ["test"] },
      [
        "+    - container: jobcontainer2",
        "+      image: $(jobContainerImage)",
        "+      endpoint: acrconnection",
        "+    container: jobcontainer2",
      ],
    ],
    [
      "resources without containers",
      "resources: # what we use\n  # ours\n  repositories:\n    - repository: a\n      type: git\n      name: b\nsteps: []\n",
      { allJobs: true },
      [...resource.slice(1, -1), "+container: jobcontainer"],
    ],
    [
      "containers that are not indented",
      "resources:\n  containers: # images\n  # the old one\n  - container: old\n    image: python:3.7\nsteps: []\n",
      { allJobs: true },
      [...resource.slice(2, -1).map((line) => line.replace("+    ", "+  ")), "+container: jobcontainer"],
    ],
    [
      "resources with nothing in them",
      "resources:\nsteps: []\n",
      { allJobs: true },
      [...resource.slice(1, -1), "+container: jobcontainer"],
    ],
    [
      "containers with nothing in them",
      "resources:\n  containers: # none yet\nsteps: []\n",
      { allJobs: true },
      [...resource.slice(2, -1), "+container: jobcontainer"],
    ],
    [
      "a null where resources are: the container is written at the job",
      "resources: null\nsteps: []\n",
      { allJobs: true },
      ["+container:", "+  image: $(jobContainerImage)", "+  endpoint: acrconnection"],
    ],
    [
      "a list of repositories where resources are, as it was once: the container is written at the job",
      "resources:\n  - repo: self\nsteps: []\n",
      { allJobs: true },
      ["+container:", "+  image: $(jobContainerImage)", "+  endpoint: acrconnection"],
    ],
    [
      "a connection of another name",
      "steps: []\n",
      { allJobs: true, endpoint: "team" },
      [...resource.map((line) => line.replace("acrconnection", "team")), "+container: jobcontainer"],
    ],
  ];

  test.each(additions)("%s", (_, text, wish, expected) => {
    expect(change(text, wish).lines).toEqual(expected);
    expect(() => parse(copy.read("ci.yml"))).not.toThrow();
  });

  test.each([
    ["{ jobs: [ { job: a, steps: [] } ] }", "{ jobs: [ { job: a, container: jobcontainer, steps: [] } ] }"],
    ["{ resources: {}, steps: [] }", "{ resources: {}, container: jobcontainer, steps: [] }"],
    [
      "{ resources: { containers: [ { container: b, image: c } ] }, jobs: [ { job: , steps: [] } ] }",
      "{ resources: { containers: [ { container: b, image: c } ] }, jobs: [ { job: , container: jobcontainer , steps: [] } ] }",
    ],
    [
      '{ "jobs": [{ "job": "a", "steps": [] }] }',
      '{ "jobs": [{ "job": "a", "container": "jobcontainer", "steps": [] }] }',
    ],
  ])("brackets: %s", (text, withoutResource) => {
    change(`${text}\n`, { allJobs: true });
    const edited = parse(copy.read("ci.yml"));
    const expected = parse(withoutResource);
    const added = { container: "jobcontainer", image: "$(jobContainerImage)", endpoint: "acrconnection" };
    const others = expected.resources?.containers ?? [];
    expect(edited).toEqual({ ...expected, resources: { containers: [added, ...others] } });
    if (text.includes('"')) expect(() => JSON.parse(copy.read("ci.yml"))).not.toThrow();
  });

  test("Windows' line ends and a byte order mark stay", () => {
    change("\uFEFFsteps:\r\n  - script: a\r\n", { allJobs: true });
    const lines = [...resource, "+container: jobcontainer"].map((line) => `${line.slice(1)}\r\n`);
    expect(copy.read("ci.yml")).toBe(`\uFEFF${lines.join("")}steps:\r\n  - script: a\r\n`);
  });

  test("jobs of templates get image and connection themselves: other pipelines have no such resource", () => {
    const { lines, said } = change(
      {
        "ci.yml": "jobs:\n  - template: jobs/test.yml\n  - job: train\n    steps: []\n",
        "jobs/test.yml": "jobs:\n  - job: test\n    steps:\n      - template: steps.yml\n",
        "jobs/steps.yml": "steps:\n  - script: pytest\n",
      },
      { allJobs: true },
    );
    expect(lines).toEqual([
      ...resource,
      "+    container: jobcontainer",
      "+    container:",
      "+      image: $(jobContainerImage)",
      "+      endpoint: acrconnection",
    ]);
    expect(said).toEqual([
      "ci.yml  jobcontainer is now a container resource: $(jobContainerImage), pulled through acrconnection",
      "ci.yml:3  train runs now in the job container",
      "jobs/test.yml:2  test runs now in the job container",
    ]);
  });

  test("steps at the root of a template that the pipeline extends are a job", () => {
    const files = { "ci.yml": "extends:\n  template: base.yml\n", "base.yml": "steps:\n  - script: pytest\n" };
    expect(change(files, { allJobs: true }).lines).toEqual([
      "+container:",
      "+  image: $(jobContainerImage)",
      "+  endpoint: acrconnection",
    ]);
  });

  test("--all-jobs changes all containers with the image as well", () => {
    const { lines } = change(
      `jobs:\n  - job: a\n    container: ${stock}\n    steps: []\n  - job: b\n    container: ${stock}:1\n    steps: []\n`,
      { allJobs: true },
    );
    expect(lines.filter((line) => line.startsWith("-"))).toHaveLength(2);
  });
});

describe("jobs that can have none are left, and said", () => {
  const windows = (pool: string) => `jobs:\n  - job: a\n    ${pool}\n    steps: []\n`;
  const hosts = ", where Linux images do not run";

  test.each([
    ["a server job", windows("pool: server"), "is a server job (ci.yml:3), which no agent runs"],
    [
      "a server job by the pool of its stage",
      "stages:\n  - stage: s\n    pool: server\n    jobs:\n      - job: a\n        steps: []\n",
      "is a server job (ci.yml:3), which no agent runs",
    ],
    [
      "a deployment with services",
      "jobs:\n  - deployment: a\n    services: {db: db}\n    strategy: {runOnce: {deploy: {steps: []}}}\n",
      "is a deployment with services (ci.yml:3), which it would not find at their ports any more",
    ],
    [
      "a deployment on virtual machines",
      "jobs:\n  - deployment: a\n    environment: {name: e, resourceType: VirtualMachine}\n    strategy: {rolling: {deploy: {steps: []}}}\n",
      "deploys on virtual machines (ci.yml:3), which run its steps themselves",
    ],
    ["a job on Windows", windows("pool: {vmImage: windows-latest}"), `runs on windows-latest (ci.yml:3)${hosts}`],
    ["a job on macOS", windows("pool: {vmImage: macOS-13}"), `runs on macOS-13 (ci.yml:3)${hosts}`],
    ["a job on an old Windows pool", windows("pool: Hosted VS2017"), `runs on Hosted VS2017 (ci.yml:3)${hosts}`],
    [
      "a job by the pool of the pipeline",
      "pool: {vmImage: vs2017-win2016}\njobs:\n  - job: a\n    steps: []\n",
      `runs on vs2017-win2016 (ci.yml:1)${hosts}`,
    ],
    [
      "a job whose keys come from another's",
      `jobs:\n  - job: a\n    \${{ each pair in parameters.job }}:\n      \${{ pair.key }}: \${{ pair.value }}\n`,
      "gets keys from an expression (ci.yml:3), which may have a container among them",
    ],
    [
      "a phase",
      "phases:\n  - phase: a\n    queue: Hosted Ubuntu 1604\n    steps: []\n",
      "is a phase, which takes no container of its own: write jobs instead of phases",
    ],
    [
      "steps beside a queue, as pools were called once",
      "queue: {name: q}\nsteps: []\n",
      "has a queue (ci.yml:1), beside which no container can be: write pool",
    ],
  ])("%s", (_, text, why) => {
    const other = "  - job: other\n    pool: {vmImage: ubuntu-latest}\n    container: x\n";
    const kept = text.includes("\njobs:") || text.startsWith("jobs:") ? `${text}${other}` : text;
    const { lines, said } = change(kept, { allJobs: true });
    expect(lines).toEqual([]);
    expect(said.join("\n")).toContain(why);
    expect(
      change(text, { job: [text.startsWith("stages") ? "s.a" : text.startsWith("queue") ? "Job" : "a"] }),
    ).toMatchObject({
      lines: [],
      said: expect.arrayContaining([expect.stringMatching(/^ci\.yml:\d+: (?:(?:s\.)?a|Job) /)]),
    });
  });

  test("a machine that a matrix chooses is left by --all-jobs, and taken by --job", () => {
    const text =
      "jobs:\n  - job: a\n    strategy:\n      matrix:\n        w: {host: windows-latest}\n        l: {host: ubuntu-latest}\n    pool: {vmImage: $(host)}\n    steps: []\n  - job: b\n    steps: []\n";
    expect(change(text, { allJobs: true }).said).toContain(
      "ci.yml:2  a gets no container: it runs on $(host), which may be windows-latest (ci.yml:5), where Linux images do not run: if it does not, take it with --job a",
    );
    expect(change(text, { job: ["a"] }).lines).toEqual([...resource, "+    container: jobcontainer"]);
    const linux = text.replace("windows-latest", "ubuntu-22.04");
    expect(change(linux, { allJobs: true }).lines).toHaveLength(8);
  });

  test("a job with services gets one, and it is said how it reaches them then", () => {
    const text = "jobs:\n  - job: a\n    services: {db: db}\n    steps: []\n";
    expect(change(text, { allJobs: true }).said).toContain(
      "ci.yml:2  a runs now in the job container: it reaches its services (ci.yml:3) by their names then, and no longer at localhost",
    );
  });
});

describe("a job that is named", () => {
  test.each<[string, string, string, string]>([
    ["is not there", "jobs:\n  - job: a\n    steps: []\n", "b", "ci.yml has no job b"],
    [
      "is there twice",
      "stages:\n  - stage: x\n    jobs: [{job: a, steps: []}]\n  - stage: y\n    jobs: [{job: a, steps: []}]\n",
      "a",
      "several jobs are called a: x.a (ci.yml:3), y.a (ci.yml:5); name the stage as well, or take all with --all-jobs",
    ],
    [
      "runs in another image",
      "jobs:\n  - job: a\n    container: python:3.8\n    steps: []\n",
      "a",
      "ci.yml:2: a runs in python:3.8 (ci.yml:3) already: change that with --image python:3.8",
    ],
    [
      "runs in another resource",
      "resources: {containers: [{container: old, image: python:3.8}]}\njobs:\n  - job: a\n    container: OLD\n    steps: []\n",
      "a",
      "ci.yml:3: a runs in python:3.8 (ci.yml:1) already: change that with --container old",
    ],
    [
      "has an empty container",
      'jobs:\n  - job: a\n    container: ""\n    steps: []\n',
      "a",
      "ci.yml:2: a names a container already (ci.yml:3) that is not known: remove that line",
    ],
  ])("%s: nothing is changed", (_, text, job, message) => {
    const { lines, said } = change(text, { job: [job] });
    expect([lines, said[0]]).toEqual([[], message]);
  });

  test("keeps other containers as they are, unless they are asked for", () => {
    const text = `jobs:\n  - job: a\n    container: ${stock}\n    steps: []\n  - job: b\n    steps: []\n`;
    expect(change(text, { job: ["b"] }).lines).toEqual([...resource, "+    container: jobcontainer"]);
    expect(change(text, { job: ["b"], image: stock }).lines).toContain(`-    container: ${stock}`);
  });
});

test("without them, the message lists the jobs with their lines, and what to type", () => {
  const text = `stages:\n  - stage: a\n    jobs:\n      - job: train\n        steps: []\n      - job: ask\n        pool: server\n        steps: []\n      - job: \${{ parameters.name }}\n        steps: []\n`;
  expect(change(text, {})).toEqual({
    lines: [],
    said: [
      `no container of ci.yml's jobs has the image ${stock}`,
      "jobs without a container:",
      "  ci.yml:4  a.train",
      "  ci.yml:6  a.ask gets none: it is a server job (ci.yml:7), which no agent runs",
      `  ci.yml:9  a.\${{ parameters.name }}`,
      "Give them the job container with:",
      "  npx job-container adopt ci.yml --job a.train",
      "  npx job-container adopt ci.yml --all-jobs",
    ],
  });
});

test("a pipeline that cannot have one says so", () => {
  const text = "jobs:\n  - job: a\n    pool: server\n    steps: []\n";
  expect(change(text, {}).said.at(-1)).toBe("None of them can have one.");
});

describe("the steps that the container defeats are said", () => {
  const python = "puts the agent's Python in front of the image's, without the image's packages: remove it";
  const az = "needs the program az in the image: add azure-cli (conda-forge has it) to the CI file";
  const docker = "needs Docker, which a job container does not have: move it to a job without a container";
  const conda = "uses the agent's conda, which is not in the image: remove that";

  test.each<[string, string, string[]]>([
    ["UsePythonVersion", "- task: UsePythonVersion@0\n  inputs: {versionSpec: 3.10}", [`UsePythonVersion@0 ${python}`]],
    [
      "an environment of the agent's conda",
      "- task: CondaEnvironment@1",
      ["CondaEnvironment@1 makes an environment with the agent's conda, which is not in the image: remove it"],
    ],
    ["the agent's conda", '- bash: echo "##vso[task.prependpath]$CONDA/bin"', [`the script ${conda}`]],
    [
      "the same, in a task",
      "- task: Bash@3\n  inputs:\n    script: source $CONDA/bin/activate",
      [`the script ${conda}`],
    ],
    ["the same, in PowerShell", '- pwsh: Write-Host "$env:CONDA"', [`the script ${conda}`]],
    [
      "the same under a condition",
      `- \${{ if parameters.x }}:\n  - script: /usr/share/miniconda/bin/conda`,
      [`the script ${conda}`],
    ],
    ["AzureCLI", "- task: AzureCLI@2", [`AzureCLI@2 ${az}`]],
    ["the Azure CLI in a script", "- bash: |\n    set -e\n    az account show", [`the script ${az}`]],
    ["Docker", "- task: Docker@2", [`Docker@2 ${docker}`]],
    ["Docker in a script", "- script: cd x && docker build .", [`the script ${docker}`]],
    [
      "sudo",
      "- script: sudo apt-get install -y git",
      ["the script uses sudo, which the image need not have: install in the Dockerfile what it is for"],
    ],
    ["nothing: names like theirs", "- script: echo docker build; cat sudo.txt; pip install az-x # az login", []],
    ["nothing: on the agent's machine", "- task: AzureCLI@2\n  target: host", []],
    ["nothing: conda of the image", "- script: conda list && echo $CONDA_PREFIX", []],
    ["nothing: another task", "- task: PublishTestResults@2", []],
  ])("%s", (_, step, expected) => {
    const steps = step.replaceAll("\n", "\n      ");
    const { said } = change(`jobs:\n  - job: a\n    container: ${stock}\n    steps:\n      ${steps}\n`, {});
    expect(said.slice(1).map((line) => line.replace(/^ci\.yml:\d+ {2}/, ""))).toEqual(expected);
  });

  test("in steps of templates, in jobs that get a container, and where the pipeline has it already", () => {
    const files = {
      "ci.yml":
        "jobs:\n  - job: a\n    steps:\n      - template: steps.yml\n  - job: b\n    steps:\n      - template: other.yml\n",
      "steps.yml": "steps:\n  - template: inner.yml\n",
      "inner.yml": "steps:\n  - task: UsePythonVersion@0\n",
      "other.yml": "steps:\n  - task: UsePythonVersion@0\n",
    };
    const line = `inner.yml:2  UsePythonVersion@0 ${python}`;
    expect(change(files, { job: ["a"] }).said.slice(2)).toEqual([line]);
    expect(copy.adopt({}).split("\n")).toEqual(["ci.yml uses the job container: nothing to change.", line]);
  });

  test("not of a program that the image has", () => {
    const steps = "[{task: AzureCLI@2}, {script: sudo id}]";
    const { said } = change(`jobs:\n  - job: a\n    container: ${stock}\n    steps: ${steps}\n`);
    expect(said.slice(1)).toEqual([expect.stringContaining("AzureCLI@2"), expect.stringContaining("sudo")]);
    expect(copy.adopt({}, "ci.yml", ["az"]).split("\n").slice(1)).toEqual([expect.stringContaining("sudo")]);
  });

  test("not in jobs that run elsewhere", () => {
    const text = `jobs:\n  - job: a\n    container: ${stock}\n    steps: []\n  - job: b\n    steps: [{task: UsePythonVersion@0}]\n`;
    expect(change(text, {}).said).toHaveLength(1);
  });
});
