import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { installToolchain } from "../../local-cloud/toolchain";
import { CliStacks } from "../../src/cli/env/cli-stacks";
import { DiyStacks } from "../../src/cli/env/diy-stacks";
import { Azurite } from "./support/azurite";

const stack = "dev-tensorflow";
let azurite: Azurite;
let directory: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  azurite = await Azurite.start();
  const { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key, AZURE_STORAGE_DOMAIN: domain } = azurite.environment;
  await new ContainerClient(`http://${domain}/${account}/state`, new StorageSharedKeyCredential(account, key)).create();

  directory = mkdtempSync(join(tmpdir(), "azure-blob-backend-"));
  env = {
    ...azurite.environment,
    PATH: `${join((await installToolchain()).pulumi, "bin")}${delimiter}${process.env.PATH}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  symlinkSync(join(__dirname, "..", "..", "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ dependencies: { "@pulumi/pulumi": "*" } }));
  writeFileSync(join(directory, "index.js"), "exports.image = 'a@sha256:1';");
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    JSON.stringify({ name: "blobs", main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } }),
  );
});
afterAll(async () => {
  await azurite.stop();
  rmSync(directory, { recursive: true });
});

describe.each([
  ["plain", "azblob://state", {}],
  ["compressed", "azblob://state", { PULUMI_DIY_BACKEND_GZIP: "true" }],
  ["in a folder of the container", "azblob://state/of/teams", {}],
])("the state of stacks in Azure Blob Storage, %s", (_, url, more) => {
  test("is read without the CLI, and is what the CLI says", async () => {
    const where = { ...env, ...more, PULUMI_BACKEND_URL: url };
    const pulumi = async (...args: string[]) => {
      const options = { cwd: directory, env: where };
      return (await promisify(execFile)("pulumi", [...args, "--non-interactive"], options)).stdout;
    };
    await pulumi("stack", "init", stack);
    await pulumi("stack", "tag", "set", "job-container:base", "dev", "--stack", stack);
    await pulumi("up", "--yes", "--skip-preview", "--stack", stack);

    const before = { ...process.env };
    Object.assign(process.env, where);
    try {
      const files = await DiyStacks.at(url, "blobs", new CliStacks("/nowhere"));
      const json = async (...args: string[]) => JSON.parse(await pulumi("stack", ...args, "--stack", stack));
      expect(files).toBeInstanceOf(DiyStacks);
      expect(await files.tags(stack)).toEqual(await json("tag", "ls", "--json"));
      expect(await files.state(stack)).toEqual(await json("export"));
      expect(await json("history", "--json")).toMatchObject([{ result: await files.lastResult(stack) }]);
      expect(await files.tags("another")).toEqual({});
    } finally {
      process.env = before;
    }
    await pulumi("stack", "rm", "--yes", "--force", "--stack", stack);
  });
});
