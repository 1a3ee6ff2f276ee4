import { scopedToken } from "../../../../local-cloud/azuredevops/scoped-token";
import { sweepReport } from "../../../../src/cli/env/report";
import { type SweepOptions, type SweepSummary, sweep } from "../../../../src/cli/env/sweep";
import { LocalAzureDevOps, personalAccessToken } from "../../support/local-azure-devops";
import { commandFailed, contextOf, TestStack, TestStacks } from "../../support/test-stacks";

let azureDevOps: LocalAzureDevOps;
beforeAll(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  const git = await azureDevOps.client.getGitApi();
  const [main] = await git.getRefs(azureDevOps.repositoryId, "mlops", "heads/main");
  const update = { name: "refs/heads/kept", oldObjectId: "0".repeat(40), newObjectId: main?.objectId };
  await git.updateRefs([update], azureDevOps.repositoryId, "mlops");
});
afterAll(() => azureDevOps.close());

const day = 24 * 60 * 60_000;
const now = Date.parse("2026-11-24T12:00:00Z");
const ago = (days: number) => new Date(now - days * day);

let stacks: TestStacks;
let context: ReturnType<typeof contextOf>;
function given(settings: ConstructorParameters<typeof TestStacks>[1] = {}): TestStacks {
  stacks = new TestStacks(azureDevOps.url, settings, azureDevOps.repositoryId);
  context = contextOf(stacks);
  return stacks;
}

const swept = (options: Partial<SweepOptions> = {}) => sweep(context, { limit: 10, parallel: 1, ...options }, now);
const names = (some: { name: string }[]) => some.map(({ name }) => name);
const namesOf = ({ found, destroyed, failed }: SweepSummary) => [found, destroyed, failed].map(names);

test("an environment whose branch is gone is destroyed with its stack; one whose branch is there stays", async () => {
  given().add("kept", { updated: ago(400) });
  const gone = stacks.add("gone", { branch: "feature/gone" });
  gone.resources = [{ urn: "urn:pulumi:dev-gone::job-container::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack" }];
  const summary = await swept();
  expect(namesOf(summary)).toEqual([["gone"], ["gone"], []]);
  expect(gone).toMatchObject({ resources: [], isRemoved: true });
  expect(context.said).toEqual([
    "1 of 2 environments to destroy:",
    "  gone of branch feature/gone: branch is gone",
    "gone: Destroying the environment gone of branch feature/gone (stack dev-gone).",
    "gone: destroyed",
  ]);
  expect(sweepReport(summary)).toBe("1 destroyed.");
});

describe("the time to live", () => {
  test.each([
    ["is over", { updated: ago(8), created: ago(90) }, ["kept"]],
    ["begins anew with each update", { updated: ago(6), created: ago(90) }, []],
    ["counts from the creation, where there was no update", { updated: undefined, created: ago(8) }, ["kept"]],
  ])("%s", async (_, times, expected) => {
    given({ timeToLive: 7 }).add("kept", times);
    const { destroyed } = await swept();
    expect(names(destroyed)).toEqual(expected);
    expect(destroyed.map(({ reason }) => reason)).toEqual(expected.map(() => "time to live is over"));
  });

  test("is for ever where it is not set", async () => {
    given().add("kept", { updated: ago(4000), created: ago(4000) });
    expect(await swept()).toEqual({ found: [], destroyed: [], failed: [] });
    expect(context.said).toEqual(["0 of 1 environments to destroy."]);
  });
});

test("--older-than leaves what was updated since", async () => {
  given().add("young", { updated: ago(1), created: ago(30) });
  stacks.add("old", { updated: ago(3), created: ago(30) });
  expect(namesOf(await swept({ olderThan: 2 * day }))).toEqual([["old"], ["old"], []]);
});

test("more than the limit are not destroyed, not even the first of them; as many as it are", async () => {
  given();
  const all = ["a", "b", "c"].map((name) => stacks.add(name));
  await expect(swept({ limit: 2 })).rejects.toThrow(
    "3 environments to destroy are more than the limit of 2, so none was destroyed. If that is meant: --limit <number>",
  );
  expect(all.map(({ isRemoved }) => isRemoved)).toEqual([false, false, false]);
  expect((await swept({ limit: 3 })).destroyed).toHaveLength(3);
});

test("--dry-run says what would be destroyed, beyond the limit as well, and destroys nothing", async () => {
  given();
  const all = ["a", "b"].map((name) => stacks.add(name));
  const summary = await swept({ dryRun: true, limit: 1 });
  expect(namesOf(summary)).toEqual([["a", "b"], [], []]);
  expect(context.said).toContain("  b of branch b: branch is gone");
  expect(all.map(({ isRemoved }) => isRemoved)).toEqual([false, false]);
  expect(sweepReport(summary)).toBe("0 destroyed, 2 left.");
  const [first] = JSON.parse(JSON.stringify(summary)).found;
  expect(first).toEqual({
    ...{ name: "a", branch: "a", stack: "dev-a", reason: "branch is gone" },
    repository: azureDevOps.repositoryId,
    ...{ created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
  });
});

test("one that cannot be destroyed does not keep the others, and is named with the reason", async () => {
  given();
  const [cannot, refused, can] = ["cannot", "refused", "can"].map((name) => stacks.add(name));
  for (const stack of [cannot, refused]) {
    stack?.resources.push({ urn: "urn:pulumi:a::b::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack" });
  }
  if (cannot) {
    cannot.interfere = () => {
      throw commandFailed("error: the registry does not allow it");
    };
  }
  if (refused) {
    refused.exportStack = async () => {
      throw commandFailed("error: the backend does not answer");
    };
  }
  const summary = await swept();
  expect(namesOf(summary)).toEqual([["cannot", "refused", "can"], ["can"], ["cannot", "refused"]]);
  expect([cannot, refused, can].map((stack) => stack?.isRemoved)).toEqual([false, false, true]);
  expect(sweepReport(summary)).toBe(
    [
      "1 destroyed, 2 failed:",
      "  cannot of branch cannot: Pulumi failed on the stack dev-cannot; see above.",
      "  refused of branch refused: Pulumi failed on the stack dev-refused; see above.",
    ].join("\n"),
  );
});

test("a refusal of Azure DevOps does not keep the others either", async () => {
  given();
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const inputs = { projectId: "mlops", name: "model (a)" };
  const first = stacks.add("a");
  first.resources = [{ urn: `urn:pulumi:dev-a::job-container::${type}::model`, type, id: "7", inputs }];
  first.exportStack = async () => {
    context.env.AZDO_PERSONAL_ACCESS_TOKEN = scopedToken(personalAccessToken, ["vso.code"]);
    return { version: 3, deployment: { resources: first.resources, pending_operations: [] } };
  };
  stacks.add("b");
  const summary = await swept();
  expect(namesOf(summary)).toEqual([["a", "b"], ["b"], ["a"]]);
  expect(summary.failed[0]?.error).toMatch(
    /^releasing the runs of model \(a\) failed: .* lacks the scope Build \(read & execute\)/s,
  );
});

test("a definition of a project that is gone has no runs to release", async () => {
  given();
  const type = "azuredevops:index/buildDefinition:BuildDefinition";
  const inputs = { projectId: "nowhere", name: "model (a)" };
  stacks.add("a").resources = [{ urn: `urn:pulumi:dev-a::job-container::${type}::model`, type, id: "7", inputs }];
  expect(namesOf(await swept())).toEqual([["a"], ["a"], []]);
});

test("a connection that is gone is forgotten first: the provider could not delete it", async () => {
  const stack = given().add("a");
  const type = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";
  const inputs = { projectId: "mlops", serviceEndpointName: "acrconnection-push-a" };
  const urn = `urn:pulumi:dev-a::job-container::${type}::push`;
  const id = "a3c1e5f7-9b2d-4e6f-8a0c-1d3e5f7a9b2c";
  const image = {
    urn: "urn:pulumi:dev-a::job-container::docker-build:index:Image::i",
    type: "docker-build:index:Image",
  };
  stack.resources = [{ urn, type, id, inputs }, image];
  let left: unknown[] = [];
  stack.interfere = () => {
    left = stack.resources;
  };
  expect(namesOf(await swept())).toEqual([["a"], ["a"], []]);
  expect(left).toMatchObject([image]);
});

test("a defect of ours ends it, after the others", async () => {
  given().add("a").exportStack = async () => {
    throw new TypeError("undefined is not a function");
  };
  const other = stacks.add("b");
  await expect(swept()).rejects.toThrow(TypeError);
  expect(other.isRemoved).toBe(true);
});

test("interrupted, it says what is left", async () => {
  given();
  const [first, second] = ["a", "b"].map((name) => stacks.add(name));
  if (first) first.workspace.removeStack = async () => context.abort();
  const summary = await swept();
  expect(namesOf(summary)).toEqual([["a", "b"], ["a"], []]);
  expect(second?.isRemoved).toBe(false);
  expect(sweepReport(summary)).toBe("1 destroyed, 1 left.");
});

test("as many are destroyed at the same time as may be, each line names its own, and Pulumi is heard where it fails", async () => {
  given();
  let running = 0;
  let most = 0;
  const ended: (() => void)[] = [];
  for (const name of ["a", "b", "c"]) {
    const stack = stacks.add(name);
    stack.resources = [
      { urn: `urn:pulumi:dev-${name}::job-container::pulumi:pulumi:Stack::s`, type: "pulumi:pulumi:Stack" },
    ];
    stack.destroy = async (options?: { onOutput?: (text: string) => void }) => {
      most = Math.max(most, ++running);
      options?.onOutput?.(`${name} is being destroyed\n`);
      if (most < 2) await new Promise<void>((resolve) => ended.push(resolve));
      for (const resolve of ended) resolve();
      running--;
      if (name === "c") throw commandFailed("error: no");
      return TestStack.prototype.destroy.call(stack);
    };
  }
  const printed: string[] = [];
  context.progress = (text) => printed.push(text);
  const summary = await swept({ parallel: 2 });
  expect(most).toBe(2);
  expect(namesOf(summary)).toEqual([["a", "b", "c"], ["a", "b"], ["c"]]);
  expect(printed.join("")).toBe("c is being destroyed\n");
  expect(context.said.slice(4).every((line) => /^[abc]: /.test(line))).toBe(true);
});

describe("what changed since the list was read is left alone:", () => {
  const said = "a: it has changed since the list was read, so it is left alone";
  /** Does something as soon as the environments are listed. */
  const whenListed = (change: () => unknown) => {
    const { environments } = stacks;
    stacks.list = async () => {
      const listed = environments.map((environment) => ({ ...environment }));
      await change();
      return listed;
    };
  };

  test("one that was updated", async () => {
    const stack = given({ timeToLive: 7 }).add("a", { branch: "kept", updated: ago(8) });
    whenListed(() => Object.assign(stacks.environments[0] ?? {}, { updated: ago(0) }));
    expect(namesOf(await swept())).toEqual([["a"], [], []]);
    expect(context.said).toContain(said);
    expect(stack.isRemoved).toBe(false);
  });

  test("one that is another repository's now", async () => {
    const stack = given().add("a");
    whenListed(() => Object.assign(stacks.environments[0] ?? {}, { repository: "other" }));
    expect(namesOf(await swept())).toEqual([["a"], [], []]);
    expect(context.said).toContain(said);
    expect(stack.isRemoved).toBe(false);
  });

  test("one that was destroyed", async () => {
    given().add("a", { branch: "gone" });
    whenListed(() => stacks.environments.splice(0));
    expect(namesOf(await swept())).toEqual([["a"], [], []]);
    expect(context.said).toContain(said);
  });

  test("one whose branch has another environment now", async () => {
    given().add("a", { branch: "gone" });
    let other: { isRemoved: boolean } | undefined;
    whenListed(() => {
      stacks.environments.splice(0);
      other = stacks.add("b", { branch: "gone" });
    });
    expect(namesOf(await swept())).toEqual([["a"], [], []]);
    expect(other?.isRemoved).toBe(false);
  });

  test("one whose branch came back, and no other whose branch only begins so", async () => {
    const git = await azureDevOps.client.getGitApi();
    const push = async (name: string) => {
      const [main] = await git.getRefs(azureDevOps.repositoryId, "mlops", "heads/main");
      const update = { name: `refs/heads/${name}`, oldObjectId: "0".repeat(40), newObjectId: main?.objectId };
      await git.updateRefs([update], azureDevOps.repositoryId, "mlops");
    };
    await push("gone-for-good");
    const first = given().add("first", { branch: "gone" });
    first.workspace.removeStack = () => push("back");
    const stack = stacks.add("a", { branch: "back" });
    expect(namesOf(await swept())).toEqual([["first", "a"], ["first"], []]);
    expect(context.said).toContain(said);
    expect(stack.isRemoved).toBe(false);
  });
});

describe("after the base moved to another repository", () => {
  const repository = "00000000-0000-0000-0000-000000000001";

  test("what is for the branches of the one before is left alone, whatever its branch and its age, and is said", async () => {
    given({ timeToLive: 7 });
    const all = [
      stacks.add("a", { repository }),
      stacks.add("b", { repository, branch: "kept", updated: ago(8) }),
      stacks.add("c", { repository: undefined }),
    ];
    stacks.add("mine");
    expect(namesOf(await swept())).toEqual([["mine"], ["mine"], []]);
    expect(context.said.slice(0, 4)).toEqual([
      "a of branch a is for another repository: left alone. `env up` on that branch makes it this repository's; `env destroy --branch a` destroys it.",
      expect.stringMatching(/^b of branch kept is for another repository: left alone\./),
      expect.stringMatching(/^c of branch c does not say which repository its branch is in: left alone\./),
      "1 of 4 environments to destroy:",
    ]);
    expect(all.map(({ isRemoved }) => isRemoved)).toEqual([false, false, false]);
  });

  test("what is still up to date is not spoken of", async () => {
    given().add("a", { repository, branch: "kept" });
    await swept();
    expect(context.said).toEqual(["0 of 1 environments to destroy."]);
  });
});

test("without an environment nobody is asked for branches", async () => {
  given();
  context.env = {};
  expect(await swept()).toEqual({ found: [], destroyed: [], failed: [] });
});

test("a list of branches that cannot be read is not one without branches", async () => {
  const gone = given().add("a");
  context.env = { AZDO_PERSONAL_ACCESS_TOKEN: "wrong" };
  await expect(swept()).rejects.toThrow(/^looking for the repository diabetes_regression failed: .*is wrong/);
  expect(gone.isRemoved).toBe(false);
});
