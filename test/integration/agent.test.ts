import { AgentCloud, Recording } from "./support/agent-cloud";

let cloud: AgentCloud;
const run: AgentCloud["run"] = (...args) => cloud.run(...args);

beforeAll(async () => {
  cloud = await AgentCloud.start();
}, 1_800_000);
afterAll(() => cloud.stop());
afterEach(() => expect(cloud.leftovers()).toEqual([]));

describe("on the agent's machine", () => {
  test("steps run as a user of their own, in the repository's files, with variables and no environment of this machine", async () => {
    process.env.OF_THIS_MACHINE = "seen";
    const { result, text, outcome } = await run(
      `
variables:
  greeting: hello $(Build.DefinitionName)
steps:
- bash: |
    whoami; pwd; cat a/b.txt; ./run.sh
    echo "$GREETING / $(greeting) / '"'$(unknown)'"' / $BUILD_SOURCEBRANCHNAME / [$OF_THIS_MACHINE] [$PASSWORD] [$GIVEN]"
    ls /root || true
  displayName: Look
  env:
    GIVEN: $(password)x
`,
      {
        files: { "a/b.txt": "of the repository\n", "run.sh": "#!/bin/sh\necho executable\n" },
        secrets: { password: "s3cret" },
      },
    );
    delete process.env.OF_THIS_MACHINE;
    expect(text).toContain("cannot access '/root'");
    expect(text).toContain("vsts\n/home/vsts/work/1/s\nof the repository\nexecutable\n");
    expect(text).toContain("hello ci / hello ci / '$(unknown)' / a / [] [] [***x]");
    expect({ result, outcome }).toEqual({ result: "succeeded", outcome: { Job: "succeeded", Look: "succeeded" } });
  });

  test("a step that fails fails the job; conditions decide which steps run after it", async () => {
    const recording = await run(`
steps:
- bash: exit 3
  displayName: Fails
- bash: echo no
  displayName: After
- bash: echo "status $AGENT_JOBSTATUS"
  condition: always()
  displayName: Always
- bash: echo clean
  condition: failed()
  displayName: Failed
- bash: echo x
  enabled: false
  displayName: Off
`);
    expect(recording.result).toBe("failed");
    expect(recording.issues).toEqual(["error: Bash exited with code '3'."]);
    expect(recording.text).toContain("status Failed");
    expect(recording.outcome).toEqual({
      ...{ Job: "failed", Fails: "failed", After: "skipped", Always: "succeeded", Failed: "succeeded", Off: "skipped" },
    });
  });

  test("jobs and stages pass on output variables, and run by what became of those before", async () => {
    const recording = await run(`
stages:
- stage: A
  jobs:
  - job: one
    steps:
    - bash: |
        echo "##vso[task.setvariable variable=digest;isOutput=true]sha256:1%0Asecond"
        echo "##vso[task.setvariable variable=plain]in the job"
      name: out
    - bash: echo "1 $(out.digest) 2 $(plain)"
  - job: two
    dependsOn: one
    condition: and(succeeded(), ne(dependencies.one.outputs['out.digest'], ''))
    variables:
      taken: $[ dependencies.one.outputs['out.digest'] ]
    steps:
    - bash: echo "taken $(taken) [$PLAIN]"
    - bash: exit 1
      continueOnError: true
  - job: three
    dependsOn: two
    condition: failed()
    steps:
    - bash: echo never
- stage: B
  dependsOn: A
  variables:
    over: $[ stageDependencies.A.one.outputs['out.digest'] ]
  jobs:
  - job: four
    steps:
    - bash: echo "over $(over)"; exit 1
- stage: C
  dependsOn: B
  jobs:
  - job: five
    steps:
    - bash: echo never
`);
    expect(recording.text).toContain("1 sha256:1\nsecond 2 in the job");
    expect(recording.text).toContain("taken sha256:1\nsecond []");
    expect(recording.text).toContain("over sha256:1\nsecond");
    expect(recording.text).not.toContain("never");
    expect(recording.outcome).toMatchObject({
      ...{ one: "succeeded", two: "succeededWithIssues", three: "skipped", four: "failed", five: "skipped" },
    });
    expect(recording.result).toBe("failed");
  });

  test("variable groups count where they are written, and a secret of theirs is had by name only", async () => {
    const open = (name: string, value: string) => ({ name, value, secret: false });
    const groups = {
      team: [open("a", "group"), open("b", "group"), { name: "key", value: "k3y", secret: true }],
      job: [open("c", "job's group")],
    };
    const { text, result } = await run(
      `
variables:
- { name: a, value: before }
- group: team
- { name: b, value: after }
- { name: c, value: pipeline }
jobs:
- job: one
  condition: eq(variables.a, 'group')
  variables: [{ group: job }]
  steps:
  - bash: echo "$(a), $(b), $(c), [$KEY] [$GIVEN]"; test "$GIVEN" = k3y
    env: { GIVEN: $(key) }
`,
      { groups },
    );
    expect(text).toContain("group, after, job's group, [] [***]");
    expect(result).toBe("succeeded");
  });

  test("a secret that comes from another job is not shown, and a condition that cannot be computed fails its job", async () => {
    const { text, result, issues } = await run(`
jobs:
- job: one
  steps:
  - bash: echo "##vso[task.setvariable variable=key;isOutput=true;isSecret=true]k3y"
    name: out
- job: two
  dependsOn: one
  variables:
    key: $[ dependencies.one.outputs['out.key'] ]
  steps:
  - bash: echo "key $(key)"
- job: three
  dependsOn: one
  condition: gt(1, 'x')
  steps:
  - bash: echo never
`);
    expect(text).toContain("key ***");
    expect({ result, issues }).toEqual({ result: "failed", issues: [expect.stringContaining("Unable to convert")] });
  });

  test("a cancelled run ends what runs, and all that it has started", async () => {
    const abort = new AbortController();
    const recording = new Recording();
    recording.onLine = (line) => {
      if (line === "begun") abort.abort();
    };
    const { result, outcome, text } = await run(
      `
steps:
- bash: sleep 3000 & echo begun; sleep 3000; echo never
  displayName: Long
- bash: echo no
  displayName: After
- bash: echo cleaned
  condition: always()
  displayName: Always
`,
      { recording, signal: abort.signal },
    );
    expect(text.split("\n")).not.toContain("never");
    expect(text).toContain("cleaned");
    expect({ result, outcome }).toEqual({
      result: "canceled",
      outcome: { Job: "canceled", Long: "canceled", After: "skipped", Always: "succeeded" },
    });
  });

  test("a step's time is limited", async () => {
    const yaml = "steps:\n- bash: sleep 3000";
    const { result, issues } = await run(yaml, {
      change: (plan) => {
        for (const step of plan.stages.flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps)))
          step.timeoutInMinutes = 0.01;
      },
    });
    expect({ result, issues }).toEqual({
      result: "failed",
      issues: ["error: The step ran longer than the maximum time of 0.01 minutes."],
    });
  });
});

describe("tasks", () => {
  test("have tools, and jobs pass on artifacts and caches", async () => {
    const yaml = `
jobs:
- job: first
  steps:
  - task: UsePythonVersion@0
  - bash: |
      python -c 'import sys, ssl; print("python", sys.version_info.major, sys.prefix)'
      pip --version
    displayName: Python
  - task: NodeTool@0
    inputs: { versionSpec: 22.x }
  - bash: node -p '"node " + process.version + " " + process.execPath'; npm --version
    displayName: Node
  - task: Cache@2
    inputs: { key: 'data | "v1"', path: $(Pipeline.Workspace)/data, cacheHitVar: HIT }
  - bash: mkdir -p out/deep ../data; echo "hit $(HIT)"; echo model > out/deep/model.bin; echo cached > ../data/x; chmod +x out/deep/model.bin
  - publish: out
    artifact: model
- job: second
  dependsOn: first
  steps:
  - task: Cache@2
    inputs: { key: 'data | "v1"', path: $(Pipeline.Workspace)/data, cacheHitVar: HIT }
  - download: current
    artifact: model
  - task: CopyFiles@2
    inputs: { SourceFolder: $(Pipeline.Workspace)/model, Contents: "**/*.bin", TargetFolder: copied }
  - task: Bash@3
    inputs: { filePath: look.sh, arguments: copied/deep/model.bin }
`;
    const files = { "look.sh": 'echo "hit $HIT $(cat ../data/x) $(cat "$1") $(stat -c "%U %a" "$1")"' };
    const { result, text, outcome } = await run(yaml, { files });
    expect({ result, text }).toMatchObject({ result: "succeeded" });
    expect(text).toMatch(
      /python 3 \/home\/vsts\/work\/_tool\/Python\/3\.[\d.]+\/\w+\npip .* from \/home\/vsts\/work\/_tool/,
    );
    expect(text).toMatch(/node v22\.[\d.]+ \/home\/vsts\/work\/_tool\/node\/22\.[\d.]+\/\w+\/bin\/node\n\d+\.\d+/);
    expect(text).toContain("hit false\n");
    expect(text).toContain("hit true cached model vsts 755");
    expect(outcome).toMatchObject({ "Post-job: Cache": "succeeded" });
  });
});
