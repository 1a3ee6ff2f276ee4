import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { compile, stepsOf } from "../support/compile";

const text = readFileSync("pipelines/infrastructure.yml", "utf8");
const { steps }: { steps: { task?: string; bash?: string; env?: Record<string, string> }[] } = parse(text);

/** The pipeline as a run of this reason has it, and its step that signs in. */
function compiledFor(reason: string) {
  const plan = compile(text, { variables: { "Build.Reason": reason } });
  const step = stepsOf(plan).find((each) => each.kind === "task" && each.task === "AzureCLI@2");
  if (step?.kind !== "task") throw new Error("it does not sign in");
  return { plan, step };
}

const script = compiledFor("Manual").step.inputs.inlineScript ?? "";

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
for name in PULUMI_ACCESS_TOKEN PULUMI_CONFIG_PASSPHRASE GITHUB_TOKEN AZDO_PERSONAL_ACCESS_TOKEN; do echo "$name=\${!name-none}"; done
`,
    );
    chmodSync(path, 0o755);
  }
  writeFileSync(join(bin, "az"), `#!/bin/bash\necho "token: $*"\n`);
  chmodSync(join(bin, "az"), 0o755);
  symlinkSync(process.execPath, join(bin, "node"));
});
afterAll(() => rmSync(bin, { recursive: true }));

/** Runs the step's script as a run of the pipeline would. */
function run(environment: Record<string, string>): {
  masked: string | undefined;
  command: string | undefined;
  secrets: string[];
} {
  const { step } = compiledFor(environment.BUILD_REASON ?? "");
  const [masked, command, ...secrets] = execFileSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...step.env, PATH: `${bin}:/usr/bin:/bin`, BASESTACK: "dev", ...environment },
  })
    .trim()
    .split("\n");
  return { masked, command, secrets };
}

/** What is installed here as the package is this repository. */
const policies = join(process.cwd(), "policy");
const onMain = { BUILD_SOURCEBRANCH: "refs/heads/main" };

test.each([
  [
    "a pull request",
    { BUILD_REASON: "PullRequest", BUILD_SOURCEBRANCH: "refs/pull/7/merge" },
    `npx <--no-install> <job-container> <env> <preview> <--comment> <--policy-pack> <${policies}> <--base> <dev>`,
  ],
  [
    "the night",
    { BUILD_REASON: "Schedule", ...onMain },
    "npx <--no-install> <job-container> <env> <sweep> <--base> <dev>",
  ],
  [
    "a push to main",
    { BUILD_REASON: "BatchedCI", ...onMain },
    `npx <pulumi> <up> <--policy-pack> <${policies}> <--yes> <--non-interactive> <--stack> <dev>`,
  ],
  [
    "a run by hand of main",
    { BUILD_REASON: "Manual", ...onMain },
    `npx <pulumi> <up> <--policy-pack> <${policies}> <--yes> <--non-interactive> <--stack> <dev>`,
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
  expect(run(night).secrets.slice(0, 3)).toEqual([
    "PULUMI_ACCESS_TOKEN=none",
    "PULUMI_CONFIG_PASSPHRASE=none",
    "GITHUB_TOKEN=none",
  ]);
  expect(run({ ...night, PULUMI_CONFIG_PASSPHRASE: "$ecret (1)" }).secrets).toContain(
    "PULUMI_CONFIG_PASSPHRASE=$ecret (1)",
  );
});

test("in Azure DevOps it is the connection's identity too: its token is that of no run, and no log shows it", () => {
  const { masked, secrets } = run({ BUILD_REASON: "Schedule", ...onMain });
  const token =
    "token: account get-access-token --resource 499b84ac-1321-427f-aa17-267ca6975798 --query accessToken --output tsv";
  expect(secrets).toContain(`AZDO_PERSONAL_ACCESS_TOKEN=${token}`);
  expect(masked).toBe(`##vso[task.setsecret]${token}`);
});

test.each([
  ["PullRequest", "$(previewConnection)", ["job-container-preview"], "$(System.AccessToken)"],
  ["Schedule", "$(azureConnection)", ["job-container-deploy"], undefined],
  ["BatchedCI", "$(azureConnection)", ["job-container-deploy"], undefined],
  ["Manual", "$(azureConnection)", ["job-container-deploy"], undefined],
])("a run of the reason %s signs in through %s and has the group %j", (reason, connection, groups, runToken) => {
  const { plan, step } = compiledFor(reason);
  expect(plan.groups).toEqual(groups);
  expect(step.inputs).toMatchObject({ azureSubscription: connection, keepAzSessionActive: "true" });
  expect(step.env.SYSTEM_ACCESSTOKEN).toBe(runToken);
  expect(Object.values(step.env).filter((value) => value === "$(System.AccessToken)")).toHaveLength(runToken ? 1 : 0);
});

test("it fetches all of the history, by which the image knows the commit of its definition", () => {
  expect(steps[0]).toEqual({ checkout: "self", fetchDepth: "0" });
});

test("everything that is downloaded is, and is compared, before the one step that has secrets", () => {
  const before = steps.slice(
    0,
    steps.findIndex(({ task }) => task === "AzureCLI@2"),
  );
  expect(before.map(({ bash }) => bash)).toContain("npx --no-install job-container install --frozen");
  expect(before.filter(({ env }) => env !== undefined)).toEqual([]);
  const variables = [{ name: "PULUMI_VERSION", value: "" }, { group: "job-container-deploy" }];
  expect(compiledFor("Manual").plan.variables).toEqual(variables);
});

test("BuildKit's image is one that cannot be changed", () => {
  const builder = steps.find(({ bash }) => bash?.startsWith("docker buildx create "))?.bash;
  expect(builder).toMatch(/ --driver-opt image=moby\/buildkit:v[\d.]+@sha256:[0-9a-f]{64}$/);
});
