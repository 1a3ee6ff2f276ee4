import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { StackReader } from "../../../../src/cli/env/cli-stacks";
import { DiyStacks } from "../../../../src/cli/env/diy-stacks";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "backend-"));
  write("meta.yaml", "version: 1\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, content: string | Buffer): void {
  const file = join(folder, ".pulumi", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const resources = [{ urn: "urn:pulumi:dev-a::project::pulumi:pulumi:Stack::s", type: "pulumi:pulumi:Stack" }];
const state = JSON.stringify({
  version: 3,
  checkpoint: { stack: "organization/project/dev-a", latest: { resources } },
});

/** The reader of what the files do not say. */
const otherwise: StackReader = {
  tags: async () => ({ by: "the CLI" }),
  state: async () => ({ version: 9, deployment: "by the CLI" }),
  lastResult: async () => "by the CLI",
};
const stacks = () => DiyStacks.at(`file://${folder}?metadata=skip`, "project", otherwise);

test("tags, state and the last result are read from the backend's files", async () => {
  write("stacks/project/dev-a.json", state);
  write("stacks/project/dev-a.pulumi-tags", JSON.stringify({ version: 1, tags: { owner: "somebody" } }));
  for (const [time, result] of [
    ["1795906858661898262", "failed"],
    ["1795906937191591615", "succeeded"],
  ]) {
    write(`history/project/dev-a/dev-a-${time}.history.json`, JSON.stringify({ kind: "update", result }));
    write(`history/project/dev-a/dev-a-${time}.checkpoint.json`, "{}");
  }
  expect(await (await stacks()).tags("dev-a")).toEqual({ owner: "somebody" });
  expect(await (await stacks()).state("organization/dev-a")).toEqual({ version: 3, deployment: { resources } });
  expect(await (await stacks()).lastResult("dev-a")).toBe("succeeded");
});

test("a state of the newer form has its features", async () => {
  const features = ["refreshBeforeUpdate"];
  write("stacks/project/dev-a.json", JSON.stringify({ version: 4, features, checkpoint: { latest: { resources } } }));
  expect(await (await stacks()).state("dev-a")).toEqual({ version: 4, features, deployment: { resources } });
});

test("files of a form that there is not yet are left to the CLI", async () => {
  write("stacks/project/dev-a.json", JSON.stringify({ version: 5, checkpoint: {} }));
  write("stacks/project/dev-a.pulumi-tags", JSON.stringify({ version: 2, labels: {} }));
  expect(await (await stacks()).state("dev-a")).toEqual({ version: 9, deployment: "by the CLI" });
  expect(await (await stacks()).tags("dev-a")).toEqual({ by: "the CLI" });
});

test("what is compressed is read", async () => {
  write("stacks/project/dev-a.json.gz", gzipSync(state));
  write("history/project/dev-a/dev-a-1795906858661898262.history.json.gz", gzipSync('{"result":"failed"}'));
  expect((await (await stacks()).state("dev-a")).deployment).toEqual({ resources });
  expect(await (await stacks()).lastResult("dev-a")).toBe("failed");
});

test("a stack that was never updated has no tags and no result", async () => {
  write("stacks/project/dev-a.json", JSON.stringify({ version: 3, checkpoint: { stack: "a", latest: null } }));
  expect(await (await stacks()).tags("dev-a")).toEqual({});
  expect(await (await stacks()).lastResult("dev-a")).toBeUndefined();
  expect((await (await stacks()).state("dev-a")).deployment).toBeNull();
});

test("a folder below the home directory is found", async () => {
  const url = `file://~/${relative(homedir(), folder)}`;
  expect(await DiyStacks.at(url, "project", otherwise)).toBeInstanceOf(DiyStacks);
});

test.each([
  ["in Pulumi Cloud", () => "https://api.pulumi.com"],
  ["in a storage account that nothing names", () => "azblob://state"],
  [
    "in a storage account that does not answer",
    () => "azblob://state?storage_account=one&protocol=http&domain=127.0.0.1:1",
  ],
  [
    "of the form before projects had stacks of their own",
    () => {
      write("meta.yaml", "version: 0\n");
      return `file://${folder}`;
    },
  ],
  ["that is not there", () => `file://${folder}/none`],
])("a backend %s is left to the CLI", async (_, url) => {
  expect(await DiyStacks.at(url(), "project", otherwise)).toBe(otherwise);
});
