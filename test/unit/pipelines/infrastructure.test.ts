import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { compile } from "../support/compile";

const text = readFileSync("pipelines/infrastructure.yml", "utf8");
const {
  steps,
  variables,
}: {
  steps: { task?: string; bash?: string; inputs: Record<string, unknown>; env: Record<string, string> }[];
  variables: Record<string, string>;
} = parse(text);
const step = steps.find(({ task }) => task === "AzureCLI@2");
const script = String(step?.inputs.inlineScript);

/** Programs that write down how they were called. */
let bin: string;
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "infrastructure-"));
  for (const name of ["npm", "npx"]) {
    const path = join(bin, name);
    writeFileSync(
      path,
      `#!/bin/bash
printf '%s' ${name}; printf ' <%s>' "$@"; echo
for name in PULUMI_ACCESS_TOKEN PULUMI_CONFIG_PASSPHRASE GITHUB_TOKEN; do echo "$name=\${!name-none}"; done
`,
    );
    chmodSync(path, 0o755);
  }
});
afterAll(() => rmSync(bin, { recursive: true }));

/** Runs the step's script as a run of the pipeline would. */
function run(environment: Record<string, string>): { command: string | undefined; secrets: string[] } {
  const [command, ...secrets] = execFileSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...step?.env, PATH: `${bin}:/usr/bin:/bin`, BASESTACK: "dev", ...environment },
  })
    .trim()
    .split("\n");
  return { command, secrets };
}

const onMain = { BUILD_SOURCEBRANCH: "refs/heads/main" };

test.each([
  [
    "a pull request",
    { BUILD_REASON: "PullRequest", BUILD_SOURCEBRANCH: "refs/pull/7/merge" },
    "npx <--no-install> <job-container> <env> <preview> <--comment> <--base> <dev>",
  ],
  [
    "the night",
    { BUILD_REASON: "Schedule", ...onMain },
    "npx <--no-install> <job-container> <env> <sweep> <--base> <dev>",
  ],
  [
    "a push to main",
    { BUILD_REASON: "BatchedCI", ...onMain },
    "npx <pulumi> <up> <--yes> <--non-interactive> <--stack> <dev>",
  ],
  [
    "a run by hand of main",
    { BUILD_REASON: "Manual", ...onMain },
    "npx <pulumi> <up> <--yes> <--non-interactive> <--stack> <dev>",
  ],
])("%s runs its command", (_, environment, command) => {
  expect(run(environment).command).toBe(command);
});

test("another branch is not deployed, and the run says why", () => {
  const branch = { BUILD_REASON: "Manual", BUILD_SOURCEBRANCH: "refs/heads/tensorflow" };
  expect(() => run(branch)).toThrow("Only main is deployed, and this is refs/heads/tensorflow");
});

test("a branch's name is no part of the script", () => {
  const branch = { BUILD_REASON: "Manual", BUILD_SOURCEBRANCH: 'refs/heads/$(id)";npm;"' };
  expect(() => run(branch)).toThrow(branch.BUILD_SOURCEBRANCH);
  expect(script).not.toContain("$(");
});

test("a secret that the variable group does not have is none, and one that it has is handed on", () => {
  const night = { BUILD_REASON: "Schedule", ...onMain };
  expect(run(night).secrets).toEqual([
    "PULUMI_ACCESS_TOKEN=none",
    "PULUMI_CONFIG_PASSPHRASE=none",
    "GITHUB_TOKEN=none",
  ]);
  expect(run({ ...night, PULUMI_CONFIG_PASSPHRASE: "$ecret (1)" }).secrets).toContain(
    "PULUMI_CONFIG_PASSPHRASE=$ecret (1)",
  );
});

test("it signs in without a secret, and goes on doing so; the run's own token is for Azure DevOps", () => {
  expect(step).toMatchObject({
    inputs: { azureSubscription: "$(azureConnection)", keepAzSessionActive: true },
    env: { AZDO_PERSONAL_ACCESS_TOKEN: "$(System.AccessToken)", SYSTEM_ACCESSTOKEN: "$(System.AccessToken)" },
  });
});

test("it fetches all of the history, by which the image knows the commit of its definition", () => {
  expect(steps[0]).toEqual({ checkout: "self", fetchDepth: "0" });
});

test("everything that is downloaded is, and is compared, before the one step that has secrets", () => {
  const before = steps.slice(0, steps.indexOf(step ?? { inputs: {}, env: {} }));
  expect(before.map(({ bash }) => bash)).toContain("npx --no-install job-container install");
  expect(before.filter(({ env }) => env !== undefined)).toEqual([]);
  expect(variables).toEqual({ PULUMI_VERSION: "" });
});

test("BuildKit's image is one that cannot be changed", () => {
  const builder = steps.find(({ bash }) => bash?.startsWith("docker buildx create "))?.bash;
  expect(builder).toMatch(/ --driver-opt image=moby\/buildkit:v[\d.]+@sha256:[0-9a-f]{64}$/);
});

test("it compiles", () => {
  const plan = compile(text, { variables: { azureConnection: "azure", baseStack: "dev" } });
  expect(plan.stages).toHaveLength(1);
});
