import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installParts } from "../../../../local-cloud/toolchain";
import { downloadPlugin } from "../../../../local-cloud/toolchain/download";
import { findPart, type Make, type PartContext, type ToolchainPart } from "../../../../local-cloud/toolchain/part";
import { UserError } from "../../../../src/common/errors";

let directory: string;
let cache: string;
const said: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolchain-"));
  cache = join(directory, "cache");
  writeFileSync(join(directory, "go.mod"), "module test\n\ngo 1.1\n");
  said.length = 0;
  jest.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const write =
  (text: string): Make =>
  async (target) =>
    writeFileSync(join(target, "program"), text);

const part = (download: Make): ToolchainPart => ({
  name: "program",
  version: "1.0.0",
  executable: "program",
  recipe: "recipe",
  module: directory,
  build: write("built"),
  download,
});

const content = (made: ToolchainPart) => readFileSync(join(findPart(made, cache) ?? "", made.executable), "utf8");

describe("a part that can be downloaded", () => {
  test("is, where the download site can be reached", async () => {
    const made = part(write("downloaded"));
    await installParts([made], [], cache, { env: { PATH: "" }, probe: async () => true });
    expect(content(made)).toBe("downloaded");
  });

  test("is built where it cannot, and that is said", async () => {
    const made = part(write("downloaded"));
    await installParts([made], [], cache, { probe: async () => false });
    expect(content(made)).toBe("built");
    expect(said.join("")).toContain("out of reach");
  });

  test("is built when the download breaks off, and that is said", async () => {
    const made = part(async (target) => {
      await write("half")(target, context());
      throw new UserError("the download failed: it broke off");
    });
    await installParts([made], [], cache, { probe: async () => true });
    expect(content(made)).toBe("built");
    expect(said.join("")).toContain("program 1.0.0 is built instead: the download failed: it broke off");
  });
});

describe("a plugin's download", () => {
  const cli = (script: string) => {
    mkdirSync(join(directory, "bin"));
    writeFileSync(join(directory, "bin", "pulumi"), `#!/bin/sh\n${script}`, { mode: 0o755 });
    return downloadPlugin("thing", "1.2.3", () => directory);
  };
  const target = () => mkdtempSync(join(directory, "target-"));

  test("is what the CLI installs into its home", async () => {
    const download = cli(`home="$PULUMI_HOME/plugins/resource-thing-v1.2.3"
      mkdir -p "$home" && echo "$@" > "$home/pulumi-resource-thing"`);
    const to = target();
    await download(to, context());
    expect(readFileSync(join(to, "pulumi-resource-thing"), "utf8")).toBe("plugin install resource thing 1.2.3\n");
  });

  test("that fails is an error with the CLI's last words", async () => {
    const download = cli("echo 'error: connection reset' >&2; exit 1");
    await expect(download(target(), context())).rejects.toThrow("the download failed: error: connection reset");
  });

  test("that brings no plugin is an error", async () => {
    await expect(cli("")(target(), context())).rejects.toThrow("the download brought no pulumi-resource-thing");
  });
});

function context(): PartContext {
  return { env: process.env, signal: new AbortController().signal, detail: () => {} };
}
