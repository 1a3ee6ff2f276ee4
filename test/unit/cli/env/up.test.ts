import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewReport, upReport } from "../../../../src/cli/env/report";
import { branchOf, requestedEnvironment } from "../../../../src/cli/env/requested-environment";
import { up } from "../../../../src/cli/env/up";
import { LocalAzureDevOps } from "../../support/local-azure-devops";
import { contextOf, type TestStack, TestStacks } from "../../support/test-stacks";

const context = (stacks = new TestStacks("http://127.0.0.1:1")) => contextOf(stacks);

describe("the environment that is meant", () => {
  test("is a new one, called like its branch, or as --name says", async () => {
    expect(await requestedEnvironment(context(), { branch: "feature/TensorFlow" })).toEqual({
      environment: {
        name: expect.stringMatching(/^feature-tensorflow-[0-9a-f]{10}$/),
        branch: "feature/TensorFlow",
        stack: expect.stringMatching(/^dev-feature-tensorflow-[0-9a-f]{10}$/),
      },
      isNew: true,
    });
    expect(await requestedEnvironment(context(), { branch: "feature/TensorFlow", name: "tf" })).toEqual({
      environment: { name: "tf", branch: "feature/TensorFlow", stack: "dev-tf" },
      isNew: true,
    });
  });

  test("is the one that the branch has, whatever it was called", async () => {
    const stacks = new TestStacks("http://127.0.0.1:1");
    stacks.add("tf", { branch: "feature/TensorFlow" });
    for (const name of [undefined, "tf"]) {
      expect(await requestedEnvironment(context(stacks), { branch: "feature/TensorFlow", name })).toEqual({
        environment: { name: "tf", branch: "feature/TensorFlow", stack: "dev-tf" },
        isNew: false,
        repository: "repository",
      });
    }
    await expect(
      requestedEnvironment(context(stacks), { branch: "feature/TensorFlow", name: "other" }),
    ).rejects.toThrow(
      "the environment of branch feature/TensorFlow is called tf already. To call it other, destroy it first",
    );
  });

  test("is none for the default branch, and none by a name that is not allowed", async () => {
    await expect(requestedEnvironment(context(), { branch: "main" })).rejects.toThrow("main is the default branch");
    await expect(requestedEnvironment(context(), { branch: "a", name: "A/b" })).rejects.toThrow('--name "A/b" must be');
  });
});

describe("the branch", () => {
  class CheckedOut extends TestStacks {
    constructor(override readonly root: string) {
      super("http://127.0.0.1:1");
    }
  }
  const checkedOut = mkdtempSync(join(tmpdir(), "checked-out-"));
  const nothing = mkdtempSync(join(tmpdir(), "no-repository-"));
  beforeAll(() => execFileSync("git", ["init", "--quiet", "--initial-branch", "topic", checkedOut]));
  afterAll(() => {
    for (const folder of [checkedOut, nothing]) rmSync(folder, { recursive: true });
  });
  const of = (root: string, named?: string, env: NodeJS.ProcessEnv = {}) =>
    branchOf({ ...context(new CheckedOut(root)), env }, named);

  test.each<[string, string, string | undefined, NodeJS.ProcessEnv, string]>([
    ["is the one that is checked out", checkedOut, undefined, {}, "topic"],
    ["may be named as well", checkedOut, "topic", {}, "topic"],
    [
      "is the pull request's, where a commit is checked out",
      nothing,
      undefined,
      { SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/a/b" },
      "a/b",
    ],
    ["is the one that is named, where a commit is checked out", nothing, "a", {}, "a"],
  ])("%s", async (_, root, named, env, expected) => {
    expect(await of(root, named, env)).toBe(expected);
  });

  test("is not another one than is checked out, and has to be said where none is", async () => {
    await expect(of(checkedOut, "other")).rejects.toThrow(
      "the branch topic is checked out, and what is deployed is what is checked out. Check other out first",
    );
    await expect(of(nothing)).rejects.toThrow("no branch is checked out: say which it is with --branch");
  });
});

describe("up", () => {
  let azureDevOps: LocalAzureDevOps;
  beforeAll(async () => {
    azureDevOps = await LocalAzureDevOps.start();
    const git = await azureDevOps.client.getGitApi();
    const [main] = await git.getRefs(azureDevOps.repositoryId, "mlops", "heads/main");
    const update = { name: "refs/heads/topic", oldObjectId: "0".repeat(40), newObjectId: main?.objectId };
    await git.updateRefs([update], azureDevOps.repositoryId, "mlops");
  });
  afterAll(() => azureDevOps.close());

  const definition = (name: string) => ({ id: "1", name, url: `http://azure.test/mlops/_build?definitionId=${name}` });
  class Up extends TestStacks {
    override async create(environment: { name: string }): Promise<TestStack> {
      const stack = await super.create(environment);
      stack.values = {
        registry: { name: "r", loginServer: "r.test", id: "/r" },
        image: { repository: "a/topic", digest: "sha256:0", reference: "r.test/a/topic@sha256:0", tags: ["latest"] },
        serviceConnection: { id: "c", name: "acrconnection" },
        imageBuildPipeline: definition("image"),
        modelPipelines: [{ ...definition("model"), path: "pipelines/model-ci.yml" }],
      };
      return stack;
    }
  }

  test("makes it, and says what there is", async () => {
    const run = contextOf(new Up(azureDevOps.url));
    const summary = await up(run, { branch: "topic" });
    expect(run.said).toEqual(["Creating the environment topic of branch topic (stack dev-topic)."]);
    expect(JSON.parse(JSON.stringify(summary))).toEqual({
      ...{
        name: "topic",
        branch: "topic",
        stack: "dev-topic",
        image: "r.test/a/topic@sha256:0",
        changes: { create: 2 },
      },
      pipelines: ["image", "model"].map((name) => ({ name, url: definition(name).url })),
    });
    expect(upReport(summary)).toBe(
      [
        "",
        "The environment topic of branch topic is up (2 create).",
        "  stack     dev-topic",
        "  image     r.test/a/topic@sha256:0",
        `  pipeline  image  ${definition("image").url}`,
        `  pipeline  model  ${definition("model").url}`,
      ].join("\n"),
    );
  });

  test("an environment is told whose branch it is for, whatever it said before", async () => {
    const stacks = new Up(azureDevOps.url, {}, azureDevOps.repositoryId);
    await up(contextOf(stacks), { branch: "topic" });
    const stack = await stacks.open({ stack: "dev-topic" });
    await up(contextOf(stacks), { branch: "topic" });
    expect(stack.tags).toEqual({});
    Object.assign(stacks.environments[0] ?? {}, { repository: "another" });
    await up(contextOf(stacks), { branch: "topic" });
    expect(stack.tags).toEqual({ "job-container:repository": azureDevOps.repositoryId });
  });

  test("makes nothing for a branch that was not pushed: its pipelines would have nothing to run", async () => {
    const stacks = new Up(azureDevOps.url);
    await expect(up(contextOf(stacks), { branch: "nowhere" })).rejects.toThrow(
      "the repository diabetes_regression has no branch nowhere, and the environment's pipelines run from there. Push it first (in the local cloud: npx local-cloud push).",
    );
    expect(stacks.environments).toEqual([]);
  });
});

test("a preview ends with what would be done", () => {
  const environment = { name: "tf", branch: "feature/tf", stack: "dev-tf" };
  expect(previewReport({ ...environment, isNew: true, changes: { create: 3, same: 1 } })).toBe(
    "The environment tf of branch feature/tf would be created: 3 create, 1 same.",
  );
  expect(previewReport({ ...environment, isNew: false, changes: {} })).toBe(
    "The environment tf of branch feature/tf would be updated: no resources.",
  );
});
