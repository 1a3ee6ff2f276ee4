import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Command } from "commander";
import { exitWithError, UsageError } from "../../src/common/errors";
import { LocalAzureDevOps, personalAccessToken, tenantId } from "../unit/support/local-azure-devops";
import { type Family, families, testsOf } from "./families";
import { judge, resultsIn, type TestResult } from "./results";
import { installTools, type Tools } from "./tools";

/** Families at once, and tests of one at once: most of the time they wait for operations. */
const [familiesAtOnce, testsAtOnce] = [3, 6];

new Command("npm run test:acceptance")
  .description("Runs the azuredevops provider's own acceptance tests against the local Azure DevOps.")
  .argument("[families...]", "only these families, by a part of their names")
  .action(async (wanted: string[]) => {
    const chosen = families.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
    if (chosen.length === 0) throw new UsageError(`No family is called ${wanted.join(" or ")}.`);
    process.exitCode = await runFamilies(chosen);
  })
  .parseAsync()
  .catch(exitWithError);

/** @returns the exit code */
async function runFamilies(chosen: Family[]): Promise<number> {
  const tools = await installTools(process.env);
  const folder = mkdtempSync(join(tmpdir(), "acceptance-"));
  const azureDevOps = await LocalAzureDevOps.start();
  const total = { passed: 0, broken: 0 };
  const left = [...chosen];
  const work = async () => {
    for (let family = left.shift(); family !== undefined; family = left.shift()) {
      const { lines, passed, broken } = judge(family, await resultsOf(family, tools, folder, azureDevOps.url));
      total.passed += passed;
      total.broken += broken;
      console.log([`${family.name}: ${passed} of ${testsOf(family).length} pass`, ...lines].join("\n"));
    }
  };
  try {
    await Promise.all(Array.from({ length: familiesAtOnce }, work));
  } finally {
    await azureDevOps.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const broken = total.broken > 0 ? `, and ${total.broken} that have to do not` : "";
  console.log(`${total.passed} of ${chosen.flatMap(testsOf).length} tests pass${broken}.`);
  return total.broken > 0 ? 1 : 0;
}

/**
 * Runs a family in processes of its own, since a panic of the provider ends all tests of its process: one for the tests
 * that have to pass, one for the others. Those of the first that were not over by then are run again, each by itself.
 */
async function resultsOf(family: Family, tools: Tools, folder: string, url: string): Promise<Map<string, TestResult>> {
  const run = async (names: string[]) =>
    names.length === 0 ? new Map<string, TestResult>() : resultsIn(await runTests(names, tools, folder, url));
  const results = new Map([...(await run(Object.keys(family.failing))), ...(await run(family.passing))]);
  for (const name of family.passing) {
    if (results.get(`TestAcc${name}`)?.end !== undefined) continue;
    for (const [test, result] of await run([name])) results.set(test, result);
  }
  return results;
}

async function runTests(names: string[], { cli, tests }: Tools, folder: string, url: string): Promise<string[]> {
  // What is in the working directory is linked into that of each test.
  const empty = mkdtempSync(join(folder, "empty-"));
  const configuration = join(folder, "tofurc");
  writeFileSync(configuration, "");
  const args = [
    "-test.v",
    "-test.timeout=30m",
    `-test.parallel=${testsAtOnce}`,
    `-test.run=^TestAcc(${names.join("|")})$`,
  ];
  const child = spawn(tests, args, {
    cwd: empty,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      TF_ACC: "1",
      TF_ACC_TERRAFORM_PATH: cli.path,
      TF_ACC_PROVIDER_HOST: cli.registry,
      TF_ACC_PROVIDER_NAMESPACE: "hashicorp",
      TF_CLI_CONFIG_FILE: configuration,
      CHECKPOINT_DISABLE: "1",
      AZDO_ORG_SERVICE_URL: url,
      AZDO_PERSONAL_ACCESS_TOKEN: personalAccessToken,
      ...madeUp,
    },
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", (line) => lines.push(line));
  await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  return lines;
}

/** What tests take from their environment to write it into service connections. Nothing asks what it leads to. */
const madeUp = {
  TEST_ARM_SUBSCRIPTION_ID: "8f6a2c1e-5d3b-4a7f-9e0c-1b2d3f4a5c6e",
  TEST_ARM_SUBSCRIPTION_NAME: "subscription",
  TEST_ARM_TENANT_ID: tenantId,
  TEST_ARM_RESOURCE_GROUP: "group",
  TEST_ARM_ACR_NAME: "acceptance",
  AZDO_GITHUB_SERVICE_CONNECTION_PAT: "hush",
  AZDO_DOCKERREGISTRY_SERVICE_CONNECTION_USERNAME: "robot",
  AZDO_DOCKERREGISTRY_SERVICE_CONNECTION_EMAIL: "robot@local.example",
  AZDO_DOCKERREGISTRY_SERVICE_CONNECTION_PASSWORD: "hush",
  AZDO_DOCKERREGISTRY_SERVICE_CONNECTION_REGISTRY: "https://index.docker.io/v1/",
  AZDO_GENERIC_GIT_SERVICE_CONNECTION_USERNAME: "robot",
  AZDO_GENERIC_GIT_SERVICE_CONNECTION_PASSWORD: "hush",
};
