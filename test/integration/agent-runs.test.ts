import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { BuildResult } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { FastifyInstance } from "fastify";
import { roles } from "../../local-cloud/azure/roles";
import { unstopped } from "../../local-cloud/base-image/inside";
import { makeChannel } from "../../local-cloud/channel";
import { serveChannel } from "../../local-cloud/channel/serve";
import { cacheDirectory } from "../../local-cloud/toolchain/cache";
import { testTotals } from "../../src/cli/run/tests";
import { projectRoot } from "../support/repository";
import { smallEnvironment } from "../support/small-environment";
import { AgentAzureDevOps } from "./support/agent-azure-devops";
import { AgentCloud } from "./support/agent-cloud";

let cloud: AgentCloud;
let azureDevOps: AgentAzureDevOps;
let channel: FastifyInstance;
/** The job container, by its digest. */
let image = "";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

const imagePipeline = `
steps:
- task: Docker@2
  inputs:
    command: build
    containerRegistry: acrconnection
    repository: mlops/model
    Dockerfile: docker/Dockerfile
    buildContext: docker
    arguments: --build-arg BASE_IMAGE=$(baseImage) --build-arg CONDA_CHANNEL=$(channel)
    addBaseImageData: false
    tags: latest
- task: Docker@2
  inputs:
    command: push
    containerRegistry: acrconnection
    repository: mlops/model
    tags: latest
`;

beforeAll(async () => {
  cloud = await AgentCloud.start();
  channel = serveChannel(await makeChannel(cacheDirectory(), cloud.base, unstopped()));
  await channel.listen({ host: "127.0.0.1", port: cloud.ports.channel });
  azureDevOps = await AgentAzureDevOps.start(cloud);
  await cloud.assign(roles.acrPush.name);

  const dockerfile = "docker/Dockerfile";
  await azureDevOps.commit({ ...smallEnvironment, [dockerfile]: read(dockerfile), "image.yml": imagePipeline });
  const variables = { baseImage: cloud.baseImage, channel: `http://127.0.0.1:${cloud.ports.channel}/conda-forge` };
  const built = await azureDevOps.run(await azureDevOps.define("image.yml", variables));
  if (built.result !== BuildResult.Succeeded) throw new Error(`the job container was not built: ${built.text}`);
  image = `mlops/model@${(await cloud.tagsOf("mlops/model")).latest}`;
}, 1_800_000);
afterAll(async () => {
  await azureDevOps.stop();
  await channel.close();
  await cloud.stop();
});
afterEach(() => expect(cloud.leftovers()).toEqual([]));

/** What `npx job-container run` says of a run's tests. */
async function totals(build: Awaited<ReturnType<AgentAzureDevOps["run"]>>): Promise<string> {
  return testTotals({ api: () => azureDevOps.client.getTestApi(), project: "mlops", build });
}

describe("the model pipeline", () => {
  let definition: number;
  const files = { "pipelines/model-ci.yml": read("pipelines/model-ci.yml") };
  const tests = [
    "import pytest",
    "",
    "",
    "def test_good():",
    "    assert True",
    "",
    "",
    "@pytest.mark.skip(reason='not here')",
    "def test_left():",
    "    pass",
    "",
  ];

  beforeAll(async () => {
    definition = await azureDevOps.define("pipelines/model-ci.yml", { jobContainerImage: image });
  });

  test("publishes what its tests came to, from inside of the job container", async () => {
    await azureDevOps.commit({ ...files, "test_model.py": tests.join("\n") });
    const run = await azureDevOps.run(definition);
    expect({ result: run.result, text: run.text }).toMatchObject({ result: BuildResult.Succeeded });
    expect(run.text).toContain("Published Test Run: pytest. Tests: 1 passed, 0 failed, 1 not executed.");
    expect(await totals(run)).toBe("Tests: 1 passed, 0 failed, 1 skipped");
  });

  test("publishes tests that have failed, and fails", async () => {
    const failing = [...tests, "", "def test_bad():", "    assert 1 == 2", ""];
    await azureDevOps.commit({ ...files, "test_model.py": failing.join("\n") });
    const run = await azureDevOps.run(definition);
    expect(run.result).toBe(BuildResult.Failed);
    expect(await totals(run)).toBe("Tests: 1 passed, 1 failed, 1 skipped");
    const api = await azureDevOps.client.getTestApi();
    const [published] = await api.getTestRuns("mlops", run.uri);
    const results = await api.getTestResults("mlops", published?.id ?? 0);
    expect(results.find(({ outcome }) => outcome === "Failed")).toMatchObject({
      ...{ testCaseTitle: "test_bad", automatedTestStorage: "test_model", errorMessage: "assert 1 == 2" },
    });
  });

  test("says that there are no tests yet, and succeeds", async () => {
    await azureDevOps.commit(files);
    const run = await azureDevOps.run(definition);
    expect({ result: run.result, text: run.text }).toMatchObject({ result: BuildResult.Succeeded });
    expect(run.text).toContain("There are no tests yet, so there are no results to publish.");
    expect(run.text).not.toContain("##[warning]");
    expect(await totals(run)).toBe("Tests: no results were published.");
  });
});

test("a team's own pipeline, adopted, runs in the job container", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adopted-"));
  const own = {
    "ci.yml": `# CI of the diabetes model.
resources:
  containers:
  - container: mlops   # what all jobs run in
    image: mcr.microsoft.com/mlops/python:latest  # the stock image

pr: none
variables:
- template: build/variables.yml

stages:
- stage: 'Model_CI'
  jobs:
  - job: "Model_CI_Pipeline"
    container: mlops
    steps:
    - template: build/test.yml
  - job: Report
    dependsOn: Model_CI_Pipeline
    container: mlops
    steps:
    - script: "echo done"
`,
    "build/variables.yml": "variables: {EXPERIMENT: diabetes}\n",
    "build/test.yml": `steps:
- script: |
    echo "experiment $(EXPERIMENT)"
    python -c 'import joblib; print("joblib", joblib.__version__)'
`,
  };
  for (const [path, text] of Object.entries(own)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const args = [join(projectRoot, "src/cli/job-container.js"), "adopt", join(folder, "ci.yml")];
  await promisify(execFile)(process.execPath, args);
  const adopted = Object.fromEntries(Object.keys(own).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  rmSync(folder, { recursive: true });
  expect(adopted["ci.yml"]).not.toBe(own["ci.yml"]);

  await azureDevOps.commit(adopted);
  const run = await azureDevOps.run(await azureDevOps.define("ci.yml", { jobContainerImage: image }));
  expect({ result: run.result, text: run.text }).toMatchObject({ result: BuildResult.Succeeded });
  expect(run.text.split("\n").filter((line) => line === `Digest: ${image.split("@")[1]}`)).toHaveLength(2);
  expect(run.text).toMatch(/^experiment diabetes\njoblib 1\./m);
  expect(run.text).toMatch(/^done$/m);
});

test("a step reads Azure DevOps with the run's own token, which it only has when it asks for it, and tells of itself", async () => {
  const program = [
    "const { SYSTEM_COLLECTIONURI, SYSTEM_TEAMPROJECT, BUILD_BUILDID, TOKEN } = process.env;",
    'const url = SYSTEM_COLLECTIONURI + SYSTEM_TEAMPROJECT + "/_apis/build/builds/" + BUILD_BUILDID;',
    'fetch(url, { headers: { authorization: "Bearer " + TOKEN } }).then(async (answer) => {',
    '  console.log(answer.status, answer.status === 200 ? (await answer.json()).status : "");',
    "});",
  ];
  const yaml = `
jobs:
- job: first
  steps:
  - bash: |
      echo "by itself [$SYSTEM_ACCESSTOKEN]"
      /__a/externals/node/bin/node read.js
  - bash: |
      echo "mapped [$TOKEN]"
      /__a/externals/node/bin/node read.js
      echo "##vso[build.addbuildtag]read"
      echo "##vso[build.updatebuildnumber]1.2.3"
      echo "now $(Build.BuildNumber), then"
    env:
      TOKEN: $(System.AccessToken)
- job: second
  dependsOn: first
  steps:
  - bash: echo "number $(Build.BuildNumber)"
`;
  await azureDevOps.commit({ "token.yml": yaml, "read.js": program.join("\n") });
  const run = await azureDevOps.run(await azureDevOps.define("token.yml"));
  expect({ result: run.result, text: run.text }).toMatchObject({ result: BuildResult.Succeeded });
  expect(run.text).toContain("by itself []\n401 \n");
  expect(run.text).toContain("mapped [***]\n200 inProgress\n");
  expect(run.text).toMatch(/^number 1\.2\.3$/m);
  expect(run).toMatchObject({ buildNumber: "1.2.3", tags: ["read"] });
});

describe("PublishTestResults@2", () => {
  const publish = (inputs: string, before = "true") =>
    cloud.run(`
steps:
- bash: |
    mkdir -p results/.hidden
    echo '<testsuite><testcase name="a"/></testsuite>' | tee results/.hidden/TEST-a.xml > results/other.xml
    ${before}
- task: PublishTestResults@2
  displayName: Publish
  inputs: { ${inputs} }
`);

  test("finds files in the work folder by patterns", async () => {
    const { result, issues, publications } = await publish("searchFolder: results, mergeTestResults: true");
    expect({ result, issues }).toEqual({ result: "succeeded", issues: [] });
    expect(publications).toMatchObject([{ kind: "testResults", run: { results: [{ name: "a" }] } }]);
  });

  test.each([
    ["a pattern that leads out of the work folder", "testResultsFiles: /etc/*.xml", "true", "/etc is not in"],
    ["another folder", "searchFolder: ../../../..", "true", "/home is not in"],
    [
      "a link that leads out of it",
      "searchFolder: results",
      "ln -s /etc/passwd results/TEST-b.xml",
      "TEST-b.xml is not in",
    ],
  ])("refuses %s", async (_, inputs, before, reason) => {
    const { result, issues, publications } = await publish(inputs, before);
    expect({ result, publications }).toEqual({ result: "failed", publications: [] });
    expect(issues).toEqual([expect.stringContaining(reason)]);
  });

  test("is not kept waiting by what is no file", async () => {
    const { result, issues } = await publish("testResultsFiles: results/TEST-*", "mkfifo x; ln -s ../x results/TEST-b");
    expect(result).toBe("succeeded");
    expect(issues[0]).toContain("TEST-b. Error : It is not a file.");
  });
});
