import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { BaseStack } from "../../../../src/cli/env/base-stack";
import { BranchStacks } from "../../../../src/cli/env/stacks";

let home: string;
const path = process.env.PATH;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stand-in-"));
  process.env.PATH = [home, path].join(delimiter);
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(home, { recursive: true });
});

/** Puts a `pulumi` on PATH that installs itself at its first call, as the npm package does, and knows stacks. */
function standIn(stacks: string[], base: string): void {
  const tags = { base, branch: "feature/tf", environment: "tf", created: "2026-11-24T12:00:00Z" };
  const tagged = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`job-container:${key}`, value]));
  const program = join(home, "pulumi");
  writeFileSync(
    program,
    `#!/bin/sh
if [ ! -e ${home}/installed ]; then echo "=== Installing Pulumi 🍹 ==="; touch ${home}/installed; fi
echo "$*" >> ${home}/calls
case "$*" in
  version) echo v3.259.0 ;;
  whoami*) echo '{"user":"somebody","url":"https://api.pulumi.com"}' ;;
  "stack ls"*) echo '${JSON.stringify(stacks.map((name) => ({ name })))}' ;;
  "stack export"*) cat ${home}/state.json ;;
  "stack tag ls"*) echo '${JSON.stringify(tagged)}' ;;
esac
`,
  );
  chmodSync(program, 0o755);
}

function stacksOf(name: string): BranchStacks {
  const base: BaseStack = {
    ...{ name, settings: { base: name, stackName: "{base}-{environment}" }, namespace: "job-container" },
    ...{ file: { config: {} }, organizationUrl: "http://127.0.0.1:1", project: "mlops" },
    repository: { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "main" },
  };
  return new BranchStacks(home, base);
}

test("what Pulumi's launcher prints while it installs the CLI is not taken for an answer", async () => {
  standIn(["dev-tf"], "dev");
  expect(await stacksOf("dev").list()).toMatchObject([{ name: "tf", stack: "dev-tf" }]);
});

test("a new stack says whose branch it is for before it says that it is a branch's", async () => {
  standIn([], "dev");
  writeFileSync(join(home, "Pulumi.yaml"), "name: job-container\nruntime: nodejs\n");
  await stacksOf("dev").create({ name: "tf", branch: "feature/tf", stack: "dev-tf" }, "repository-1");
  const calls = readFileSync(join(home, "calls"), "utf8").split("\n");
  const [repository, branch] = ["repository repository-1", "branch feature/tf"].map((tag) =>
    calls.findIndex((call) => call.startsWith(`stack tag set job-container:${tag} `)),
  );
  expect(repository).toBeGreaterThan(-1);
  expect(branch).toBeGreaterThan(repository ?? Infinity);
});

test("nor for the CLI's version", async () => {
  standIn([], "dev");
  const { pulumiCommand } = await stacksOf("dev").withCli();
  expect(String(pulumiCommand?.version)).toBe("3.259.0");
});

// How Pulumi Cloud names stacks: without their organization if it is the login's default, and with it otherwise.
test.each([
  ["in another organization than the login's", "acme/dev", ["acme/dev-tf"], ["acme/dev-tf"]],
  ["in the login's organization, and the base is named with it", "acme/dev", ["dev-tf"], ["acme/dev-tf"]],
  ["in the login's organization", "dev", ["dev-tf", "acme/dev-tf"], ["dev-tf"]],
])("the environments are found that are %s", async (_, base, listed, expected) => {
  standIn(listed, "dev");
  const environments = await stacksOf(base).list();
  expect(environments.map(({ stack }) => stack)).toEqual(expected);
});

// As whoever may tag stacks could make them.
test.each(["..", ".", "dev", "other-tf", "dev-", "acme/dev-tf"])(
  "a stack %s with our tags is none of ours",
  async (name) => {
    standIn([name], "dev");
    expect(await stacksOf("dev").list()).toEqual([]);
    expect(await stacksOf("dev").find("feature/tf")).toBeUndefined();
  },
);

test("of some thousand stacks those of the base are found, though the list is longer than a megabyte", async () => {
  const others = Array.from({ length: 4000 }, (_, index) => `other-${"x".repeat(300)}-${index}`);
  standIn(["dev-tf", ...others], "dev");
  expect(await stacksOf("dev").find("feature/tf")).toMatchObject({ stack: "dev-tf" });
});

test("a state is read as it is kept, with its secrets encrypted, however large it is", async () => {
  standIn(["dev-tf"], "dev");
  writeFileSync(join(home, "Pulumi.yaml"), "name: job-container\nruntime: nodejs\n");
  const state = { version: 3, deployment: { resources: [{ outputs: { text: "x".repeat(3 << 20) } }] } };
  writeFileSync(join(home, "state.json"), JSON.stringify(state));
  const stack = await stacksOf("dev").open({ name: "tf", branch: "feature/tf", stack: "dev-tf" });
  expect(await stack.exportStack()).toEqual(state);
  expect(readFileSync(join(home, "calls"), "utf8")).not.toContain("--show-secrets");
});
