import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { type Build, BuildResult, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { TestOutcome } from "azure-devops-node-api/interfaces/TestInterfaces";
import type { ITestApi } from "azure-devops-node-api/TestApi";
import type { ExecuteRun, TestRun } from "../../../../../local-cloud/agent/run";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

/** What the agent of these tests does with a run. */
let execute: ExecuteRun;
let azureDevOps: LocalAzureDevOps;
let builds: IBuildApi;
let tests: ITestApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args));
  builds = await azureDevOps.client.getBuildApi();
  tests = await azureDevOps.client.getTestApi();
  const git = await azureDevOps.client.getGitApi();
  const [name, oldObjectId] = ["refs/heads/main", azureDevOps.head()];
  const changes = [{ changeType: 1, item: { path: "/ci.yml" }, newContent: { content: "steps:\n- bash: pytest\n" } }];
  const push = { refUpdates: [{ name, oldObjectId }], commits: [{ comment: "Add it", changes }] };
  await git.createPush(push, azureDevOps.repositoryId, "mlops");
  const repository = { id: azureDevOps.repositoryId, type: "TfsGit", defaultBranch: "main" };
  const process = { type: 2, yamlFilename: "ci.yml" };
  await builds.createDefinition({ name: "model", repository, process }, "mlops");
});

afterEach(() => azureDevOps.close());

/** Runs the pipeline to its end. */
async function run(): Promise<Build> {
  const { id = 0 } = await builds.queueBuild({ definition: { id: 1 } }, "mlops");
  for (;;) {
    const build = await builds.getBuild("mlops", id);
    if (build.status === BuildStatus.Completed) return build;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function published(title: string, results: TestRun["results"]): TestRun {
  return {
    ...{ title, platform: "linux", configuration: "release", results },
    ...{ started: "2026-11-24T12:00:00.000Z", completed: "2026-11-24T12:00:02.000Z" },
  };
}

const result = (name: string, outcome: TestRun["results"][number]["outcome"] = "Passed") => ({
  ...{ name, storage: "test_a", outcome, durationInMs: 250 },
  ...(outcome === "Failed" && { errorMessage: "assert 0", stackTrace: "test_a.py:1" }),
});

describe("the results of tests that a run has published", () => {
  beforeEach(async () => {
    execute = async (_, __, recorder) => {
      const results = [result("a"), result("b", "Failed"), result("c", "NotExecuted"), result("d")];
      recorder.published({ kind: "testResults", run: published("pytest", results) });
      recorder.published({ kind: "testResults", run: published("more", [result("e")]) });
      return "failed";
    };
  });

  test("are found by the run's URI, with how many there are", async () => {
    const { uri } = await run();
    await run();
    const found = await tests.getTestRuns("mlops", uri);
    expect(found).toMatchObject([
      { id: 1, name: "pytest", totalTests: 4, passedTests: 2, unanalyzedTests: 1, notApplicableTests: 1 },
      { id: 2, name: "more", totalTests: 1, passedTests: 1, unanalyzedTests: 0, notApplicableTests: 0 },
    ]);
    expect((await tests.getTestRuns("mlops")).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect((await tests.getTestRuns("mlops", undefined, "", "", undefined, true, undefined, 1, 2)).at(1)).toMatchObject(
      { id: 3, build: { id: "2" } },
    );
    expect(await tests.getTestRuns("mlops", "vstfs:///Build/Build/9")).toEqual([]);
  });

  test("are told one by one: by outcome, of which run, on what", async () => {
    const { buildNumber } = await run();
    expect(await tests.getTestRunById("mlops", 1)).toMatchObject({
      ...{ name: "pytest", state: "Completed", startedDate: new Date("2026-11-24T12:00:00Z") },
      build: { id: "1", name: buildNumber },
      buildConfiguration: { flavor: "release", platform: "linux" },
      runStatistics: [
        { outcome: "Passed", count: 2 },
        { outcome: "Failed", count: 1 },
        { outcome: "NotExecuted", count: 1 },
      ],
    });
    expect(await tests.getTestRunById("mlops", 1, false)).not.toHaveProperty("runStatistics");
    const results = await tests.getTestResults("mlops", 1);
    expect(results.map(({ id, testCaseTitle, outcome }) => [id, testCaseTitle, outcome])).toEqual([
      [100000, "a", "Passed"],
      [100001, "b", "Failed"],
      [100002, "c", "NotExecuted"],
      [100003, "d", "Passed"],
    ]);
    expect(results[1]).toMatchObject({
      ...{ automatedTestStorage: "test_a", durationInMs: 250, errorMessage: "assert 0", stackTrace: "test_a.py:1" },
    });
  });

  test("are given by outcome and in pages", async () => {
    await run();
    const names = async (...args: [skip?: number, top?: number, outcomes?: TestOutcome[]]) =>
      (await tests.getTestResults("mlops", 1, undefined, ...args)).map(({ testCaseTitle }) => testCaseTitle);
    expect(await names(1, 2)).toEqual(["b", "c"]);
    expect(await names(undefined, undefined, [TestOutcome.Failed, TestOutcome.NotExecuted])).toEqual(["b", "c"]);
  });

  test("are still there after a restart, and gone with the run; an id is never given twice", async () => {
    await run();
    await azureDevOps.stop();
    azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args), azureDevOps.directory);
    builds = await azureDevOps.client.getBuildApi();
    tests = await azureDevOps.client.getTestApi();
    expect(await tests.getTestResults("mlops", 1)).toHaveLength(4);
    await builds.deleteBuild("mlops", 1);
    expect(await tests.getTestRuns("mlops")).toEqual([]);
    await run();
    expect((await tests.getTestRuns("mlops")).map(({ id }) => id)).toEqual([3, 4]);
  });

  test.each([
    ["GET", "test/runs?planId=1", 400, "does not take the property 'planId' here"],
    ["GET", "test/runs/1/results?detailsToInclude=1", 400, "must be equal to one of the allowed values"],
    ["GET", "test/runs/1/results?$top=1001", 400, "$top is 1001"],
    ["GET", "test/runs/9", 404, "Test run 9 cannot be found."],
    ["GET", "test/runs/9/results", 404, "Test run 9 cannot be found."],
    ["POST", "test/runs", 404, "has no API at POST"],
    ["GET", "test/plans", 404, "has no API at GET"],
  ])("are refused for %s %s", async (method, path, status, message) => {
    await run();
    const answer = await azureDevOps.request(method, `mlops/_apis/${path}`, method === "POST" ? {} : undefined);
    expect(answer).toMatchObject({ status, body: { message: expect.stringContaining(message) } });
  });
});

describe("what a run says of itself", () => {
  test("are tags, each once, and another number, which its later jobs have", async () => {
    const numbers: string[] = [];
    execute = async (_, context, recorder) => {
      for (const tag of ["tested", "tested", "fast"]) recorder.published({ kind: "tag", tag });
      recorder.published({ kind: "number", number: "1.2.3" });
      numbers.push(context.number);
      return "succeeded";
    };
    expect(await run()).toMatchObject({ buildNumber: "1.2.3", tags: ["tested", "fast"] });
    expect(numbers).toEqual(["1.2.3"]);
  });

  test("is no number that a run may not have", async () => {
    execute = async (_, __, recorder) => {
      expect(() => recorder.published({ kind: "number", number: "a:b" })).toThrow("The run number 'a:b' is not valid.");
      return "succeeded";
    };
    expect((await run()).buildNumber).toMatch(/^\d{8}\.1$/);
  });
});

describe("a run's own access token", () => {
  const call = async (authorization: string, method = "GET", path = "mlops/_apis/build/builds/1") => {
    const headers = { authorization, accept: "application/json;api-version=7.1-preview" };
    const response = await fetch(`${azureDevOps.url}/${path}`, { method, headers });
    return { status: response.status, text: await response.text() };
  };
  const basic = (token: string) => `Basic ${Buffer.from(`anybody:${token}`).toString("base64")}`;

  test("lets it read while it goes on, by either scheme, and nothing more; afterwards nobody", async () => {
    const answers: number[] = [];
    let refusal = { status: 0, text: "" };
    let token = "";
    execute = async (_, { accessToken }) => {
      token = accessToken;
      for (const each of [`Bearer ${token}`, basic(token), `Bearer ${token}x`, "Bearer ", `Token ${token}`]) {
        answers.push((await call(each)).status);
      }
      refusal = await call(`Bearer ${token}`, "DELETE", "mlops/_apis/build/definitions/1");
      return "succeeded";
    };
    await run();
    expect(answers).toEqual([200, 200, 401, 401, 401]);
    expect(refusal.status).toBe(403);
    expect(refusal.text).toContain("needs Delete build pipeline permissions for build pipeline 1");
    expect(await builds.getDefinition("mlops", 1)).toMatchObject({ name: "model" });
    for (const each of [`Bearer ${token}`, basic(token), "Bearer undefined"]) {
      expect((await call(each)).status).toBe(401);
    }
  });

  test("lets it comment on pull requests, and change nothing else of them", async () => {
    const repository = azureDevOps.repositoryId;
    const git = await azureDevOps.client.getGitApi();
    const [main] = await git.getRefs(repository, "mlops", "heads/main");
    const update = { name: "refs/heads/topic", oldObjectId: "0".repeat(40), newObjectId: main?.objectId };
    await git.updateRefs([update], repository, "mlops");
    const { pullRequestId = 0 } = await git.createPullRequest(
      { title: "Topic", sourceRefName: "refs/heads/topic", targetRefName: "refs/heads/main" },
      repository,
      "mlops",
    );
    const refused: string[] = [];
    execute = async (_, { accessToken }) => {
      const client = new WebApi(azureDevOps.url, getPersonalAccessTokenHandler(accessToken));
      const own = await client.getGitApi();
      const comments = [{ content: "Preview", parentCommentId: 0, commentType: 1 }];
      const thread = await own.createThread({ comments }, repository, pullRequestId, "mlops");
      await own.updateComment({ content: "Preview 2" }, repository, pullRequestId, thread.id ?? 0, 1, "mlops");
      const reason = (error: Error) => refused.push(error.message);
      await own.updatePullRequest({ title: "Other" }, repository, pullRequestId, "mlops").catch(reason);
      await own.updateRefs([{ ...update, name: "refs/heads/other" }], repository, "mlops").catch(reason);
      await own.deleteComment(repository, pullRequestId, thread.id ?? 0, 1, "mlops").catch(reason);
      return "succeeded";
    };
    expect(await run()).toMatchObject({ result: BuildResult.Succeeded });
    expect(refused).toEqual([
      expect.stringContaining("Access Denied: Build\\"),
      expect.stringMatching(/^TF401027: You need the Git 'GenericContribute' permission .* identity 'Build\\/),
      expect.stringContaining("Access Denied: Build\\"),
    ]);
    const threads = await git.getThreads(repository, pullRequestId, "mlops");
    expect(threads.map(({ comments }) => comments?.map(({ content }) => content))).toEqual([["Preview 2"]]);
  });

  describe("whose permission to comment is taken away", () => {
    const namespace = "_apis/accesscontrolentries/2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87";
    const entries = (allow: number, deny: number, token?: string) => {
      const descriptor = `Microsoft.TeamFoundation.ServiceIdentity;8f2d6c1a:Build:${azureDevOps.projectId}`;
      return azureDevOps.request("POST", namespace, {
        token: token ?? `repoV2/${azureDevOps.projectId}/${azureDevOps.repositoryId}`,
        merge: true,
        accessControlEntries: [{ descriptor, allow, deny }],
      });
    };
    const commented = async () => {
      let status = 0;
      execute = async (_, { accessToken }) => {
        const path = `mlops/_apis/git/repositories/${azureDevOps.repositoryId}/pullrequests/9/threads`;
        status = (await call(`Bearer ${accessToken}`, "POST", path)).status;
        return "succeeded";
      };
      await run();
      return status;
    };

    test("is refused, until it is given back", async () => {
      expect((await entries(0, 16384)).status).toBe(200);
      expect(await commented()).toBe(403);
      await entries(16384, 0);
      expect(await commented()).not.toBe(403);
    });

    test("other permissions are not emulated", async () => {
      expect((await entries(0, 4)).status).toBe(400);
      expect((await entries(0, 16384, "repoV2")).status).toBe(501);
    });
  });

  test("is another one for each run, and not that of a person, which is no bearer", async () => {
    const tokens: string[] = [];
    execute = async (_, { accessToken }) => {
      tokens.push(accessToken);
      return "succeeded";
    };
    await run();
    await run();
    expect(new Set(tokens).size).toBe(2);
    expect((await call("Bearer local-token")).status).toBe(401);
    expect((await call(basic("local-token"))).status).toBe(200);
  });
});

describe("what tests of a run have covered", () => {
  const [lines, branches] = [
    { label: "Lines", position: 4, covered: 3, total: 4 },
    { label: "Branches", position: 6, covered: 1, total: 2 },
  ];

  test("is given for the run, what was published last of each kind, also after a restart", async () => {
    execute = async (_, __, recorder) => {
      recorder.published({ kind: "coverage", statistics: [branches, { ...lines, covered: 2 }] });
      recorder.published({ kind: "coverage", statistics: [lines] });
      return "succeeded";
    };
    const { id = 0, buildNumber } = await run();
    await azureDevOps.stop();
    azureDevOps = await LocalAzureDevOps.start((...args) => execute(...args), azureDevOps.directory);
    const summary = await (await azureDevOps.client.getTestApi()).getCodeCoverageSummary("mlops", id);
    expect(summary).toMatchObject({
      build: { id: String(id), name: buildNumber, url: `vstfs:///Build/Build/${id}` },
      coverageData: [{ buildPlatform: "", buildFlavor: "", coverageStats: [lines, branches] }],
    });
  });

  test("is nothing where nothing was published, and is not compared with another run", async () => {
    execute = async () => "succeeded";
    const { id = 0 } = await run();
    expect((await tests.getCodeCoverageSummary("mlops", id)).coverageData).toEqual([]);
    const ask = (query: string) => azureDevOps.request("GET", `mlops/_apis/test/codecoverage?${query}`);
    expect(await ask("buildId=9")).toMatchObject({
      ...{ status: 404, body: { message: "The requested build 9 could not be found." } },
    });
    expect(await ask(`buildId=${id}&deltaBuildId=1`)).toMatchObject({
      ...{ status: 400, body: { message: expect.stringContaining("deltaBuildId") } },
    });
  });
});
