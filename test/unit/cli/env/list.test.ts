import { setTimeout as sleep } from "node:timers/promises";
import { list } from "../../../../src/cli/env/list";
import { listReport } from "../../../../src/cli/env/report";
import { LocalAzureDevOps } from "../../support/local-azure-devops";
import { contextOf, type TestStack, TestStacks } from "../../support/test-stacks";

let azureDevOps: LocalAzureDevOps;
let stacks: TestStacks;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});
afterAll(() => azureDevOps.close());
beforeEach(() => {
  stacks = new TestStacks(azureDevOps.url);
});

const reference = "registry.test/mlops/diabetes/a@sha256:0";
const type = "pulumi:pulumi:Stack";
const pipelines = ["image-build", "train", "score"].map((name) => ({ name, url: `https://ado.test/${name}` }));
const [imageBuildPipeline, ...models] = pipelines.map((pipeline, index) => ({ ...pipeline, id: String(index) }));
const modelPipelines = models.map((model) => ({ ...model, path: `pipelines/${model.name}.yml` }));
const outputs = { image: { reference }, imageBuildPipeline, modelPipelines };
/** What Pulumi writes for a value that is not known. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const half = { imageBuildPipeline: { name: "image-build", id: unknown, url: unknown }, resourceGroup: unknown };
const resource = { urn: `urn:pulumi:a::job-container::${type}::s`, type, outputs };

/** Makes a stack one of an environment that is up. */
function succeed(stack: TestStack): TestStack {
  return Object.assign(stack, { resources: [resource], lastResult: "succeeded" });
}

test.each<[string, string, (stack: TestStack) => void]>([
  ["whose last update succeeded", "up", succeed],
  ["that was made and never updated", "empty", () => undefined],
  ["whose last update failed", "incomplete", (stack) => Object.assign(succeed(stack), { lastResult: "failed" })],
  [
    "whose last update was killed",
    "incomplete",
    (stack) => succeed(stack).pending.push({ type: "creating", resource }),
  ],
  [
    "whose last update put no image out",
    "incomplete",
    (stack) => Object.assign(succeed(stack), { resources: [{ ...resource, outputs: {} }] }),
  ],
  [
    "whose destroy failed on the way",
    "incomplete",
    (stack) =>
      Object.assign(succeed(stack), {
        resources: [{ ...resource, outputs: { ...outputs, image: { reference: unknown }, ...half } }],
      }),
  ],
])("an environment %s is %s", async (_, state, prepare) => {
  prepare(stacks.add("a"));
  expect(await list(contextOf(stacks))).toMatchObject([{ name: "a", stack: "dev-a", state }]);
});

test("a pipeline that a destroy has deleted before it failed is not shown", async () => {
  const left = { ...outputs, ...half };
  Object.assign(succeed(stacks.add("a")), { resources: [{ ...resource, outputs: left }], lastResult: "failed" });
  const [listed] = await list(contextOf(stacks));
  expect(listed?.pipelines).toEqual(models.map(({ name, url }) => ({ name, url })));
});

test("as JSON each has all that there is to know", async () => {
  const time = new Date("2026-11-24T12:00:00Z");
  succeed(stacks.add("a", { branch: "main", created: time, updated: time }));
  stacks.add("b", { branch: "feature/b", created: time, updated: undefined });
  const written = "2026-11-24T12:00:00.000Z";
  expect(JSON.parse(JSON.stringify(await list(contextOf(stacks))))).toEqual([
    {
      ...{ name: "a", branch: "main", stack: "dev-a", created: written, updated: written },
      repository: "repository",
      ...{ image: reference, pipelines, state: "up", branchExists: true },
    },
    {
      ...{ name: "b", branch: "feature/b", stack: "dev-b", created: written },
      repository: "repository",
      ...{ pipelines: [], state: "empty", branchExists: false },
    },
  ]);
});

test("they are in the order of their stacks, however many are looked at at once", async () => {
  const names = Array.from({ length: 9 }, (_, index) => `e${index}`);
  for (const [index, name] of names.entries()) {
    const stack = succeed(stacks.add(name));
    const state = await stack.exportStack();
    jest.spyOn(stack, "exportStack").mockImplementation(async () => {
      await sleep(9 - index);
      return state;
    });
  }
  expect((await list(contextOf(stacks))).map(({ name }) => name)).toEqual(names);
});

test("in the table, times are as old as they are, a branch that is gone is marked, and all pipelines are there", async () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  const ago = (minutes: number) => new Date(now - minutes * 60_000);
  succeed(stacks.add("main", { created: ago(3 * 24 * 60 + 5), updated: ago(59) }));
  stacks.add("b", { branch: "feature/b", created: ago(60), updated: undefined });
  stacks.add("c", { branch: "feature/c", created: ago(-5), updated: ago(23 * 60 + 59) });
  expect(listReport(await list(contextOf(stacks)), now)).toBe(
    [
      "NAME  BRANCH            STATE  AGE    UPDATED  IMAGE",
      `main  main              up     3 d    59 min   ${reference}`,
      ...pipelines.map(({ name, url }) => `  pipeline  ${name}  ${url}`),
      "b     feature/b (gone)  empty  1 h    never    none",
      "c     feature/c (gone)  empty  0 min  23 h     none",
    ].join("\n"),
  );
});

test("where there is none, it says so, and asks nobody for branches", async () => {
  const environments = await list({ ...contextOf(stacks), env: {} });
  expect(environments).toEqual([]);
  expect(listReport(environments)).toBe("There are no branch environments.");
});
