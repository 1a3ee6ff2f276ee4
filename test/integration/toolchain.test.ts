import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { installToolchain } from "../../local-cloud/toolchain";
import { type GoPart, goPart } from "../../local-cloud/toolchain/build";
import { nodePart } from "../../local-cloud/toolchain/node-runtime";
import { findPart, installPart } from "../../local-cloud/toolchain/part";
import { UserError } from "../../src/common/errors";
import { GoProxy, program } from "./support/go-proxy";
import { talking } from "./support/printed";

const root = join(__dirname, "..", "..");
const seconds = 1000;
const minutes = 60 * seconds;

let directory: string;
let cache: string;
/** Of compiled packages, so that the programs of these tests do not compile Go's library each. */
let goCache: string;
beforeAll(() => {
  goCache = mkdtempSync(join(tmpdir(), "go-build-"));
});
afterAll(() => rmSync(goCache, { recursive: true }));
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolchain-"));
  cache = join(directory, "cache");
  mkdirSync(cache);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a TypeScript file of the project, or the text of one, in a process of its own. */
function start(script: string, env: NodeJS.ProcessEnv): ChildProcess & { said: string } {
  const child = spawn(process.execPath, ["--import", "tsx", ...(script.endsWith(".ts") ? [script] : ["-e", script])], {
    cwd: root,
    env,
  });
  return talking(child);
}

async function end(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = await once(child, "close");
  return code ?? signal;
}

describe("a part that is built from a Go module", () => {
  let proxy: GoProxy;
  let env: NodeJS.ProcessEnv;
  let part: GoPart;
  beforeEach(async () => {
    proxy = await GoProxy.start();
    env = { ...proxy.environment(join(directory, "modules")), GOCACHE: goCache };
    const folder = join(directory, "program");
    mkdirSync(folder);
    for (const [name, text] of Object.entries(program)) writeFileSync(join(folder, name), text);
    part = goPart({ name: "program", version: "1.0.0", folder, package: ".", executable: "program" });
  });
  afterEach(() => proxy.stop());

  const install = () =>
    installPart(part, cache, "built", { env, signal: new AbortController().signal, detail: () => {} });

  /** The same in a process of its own, as the toolchain does it. */
  const startInstall = () =>
    start(
      `const { goPart } = require("./local-cloud/toolchain/build.ts");
       const { installParts } = require("./local-cloud/toolchain/index.ts");
       const { exitWithError } = require("./src/common/errors.ts");
       const part = goPart(${JSON.stringify({ name: "program", version: "1.0.0", folder: part.module, package: ".", executable: "program" })});
       installParts([part], [], ${JSON.stringify(cache)}).catch(exitWithError);`,
      env,
    );

  const expectBuilt = () => {
    expect(execFileSync(join(findPart(part, cache) ?? "", part.executable), { encoding: "utf8" })).toBe("hello\n");
    expect(readdirSync(cache)).toHaveLength(1);
  };

  const downloadAsked = async () => {
    while (proxy.downloads === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  test(
    "whose download is cut off half way is a clear error, and goes on from there the next time",
    async () => {
      proxy.behaviour = "half";
      const cut = startInstall();
      expect(await end(cut)).toBe(1);
      expect(cut.said).toMatch(
        /^error: program 1\.0\.0 could not be built: the download of a Go module was cut off .*it goes on from where it was/m,
      );
      expect(cut.said).toContain("example.test/hello@v1.0.0");
      expect(cut.said).not.toMatch(/^\s+at /m);
      expect(readdirSync(cache)).toEqual([]);

      proxy.behaviour = "whole";
      const next = startInstall();
      expect([await end(next), next.said]).toEqual([0, expect.stringContaining("✓ program 1.0.0 (1/1")]);
      expectBuilt();
    },
    2 * minutes,
  );

  test(
    "and is killed leaves nothing that looks finished, and what it left is removed the next time",
    async () => {
      proxy.behaviour = "silent";
      const killed = startInstall();
      await downloadAsked();
      killed.kill("SIGKILL");
      await once(killed, "exit");
      expect(findPart(part, cache)).toBeUndefined();
      expect(readdirSync(cache)).toHaveLength(1);

      proxy.behaviour = "whole";
      proxy.hangUp();
      const next = startInstall();
      expect([await end(next), next.said]).toEqual([0, expect.stringContaining("✓ program 1.0.0")]);
      expectBuilt();
    },
    2 * minutes,
  );

  test(
    "and is interrupted stops what it started, cleans up and says how to go on",
    async () => {
      proxy.behaviour = "silent";
      const interrupted = startInstall();
      await downloadAsked();
      interrupted.kill("SIGINT");
      expect([await end(interrupted), interrupted.said]).toEqual([1, expect.stringContaining("error: Interrupted. ")]);
      expect(readdirSync(cache)).toEqual([]);
    },
    2 * minutes,
  );

  test(
    "may be built by two at the same time",
    async () => {
      await Promise.all([install(), install()]);
      expectBuilt();
    },
    2 * minutes,
  );

  test("that does not compile is an error with the compiler's words", async () => {
    writeFileSync(join(part.module, "main.go"), "package main\n\nfunc main() { mistake }\n");
    await expect(install()).rejects.toThrow(UserError);
    await expect(install()).rejects.toThrow(/Go reported an error.*\n.*\n {4}\.\/main\.go:3:15: undefined: mistake/);
  });
});

test("on a machine whose Node is too old for Pulumi, one that is not comes from npm", async () => {
  const node = nodePart("20.20.2");
  if (!node) throw new Error("there is no such part");
  await installPart(node, cache, "built", { env: process.env, signal: new AbortController().signal, detail: () => {} });
  const executable = join(findPart(node, cache) ?? "", node.executable);
  expect(execFileSync(executable, ["--version"], { encoding: "utf8" })).toBe(`v${node.version}\n`);
  expect(readdirSync(join(dirname(executable), "..")).sort()).not.toContain("include");
});

describe("npm run toolchain", () => {
  const cli = join(root, "local-cloud/toolchain/cli.ts");

  test("without Go says what is missing before it begins, in one message", async () => {
    const bin = join(directory, "bin");
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, "node"));
    const child = start(cli, { ...process.env, JOB_CONTAINER_CACHE: cache, PATH: bin });
    expect(await end(child)).toBe(1);
    expect(child.said).toMatch(/^error: Go 1\.26\S* or newer is needed.* no `go` on PATH\. Install it from \S+ .*\n$/);
    expect(readdirSync(cache)).toEqual([]);
  });

  test("with a Go that is too old says which one it is", async () => {
    const bin = join(directory, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "go"), "#!/bin/sh\necho go1.19.8\n", { mode: 0o755 });
    const env = { ...process.env, JOB_CONTAINER_CACHE: cache, PATH: `${bin}:${process.env.PATH}` };
    const child = start(cli, env);
    expect(await end(child)).toBe(1);
    expect(child.said).toMatch(/^error: Go 1\.26\S* or newer is needed.*the one on PATH is go1\.19\.8\./);
  });

  test("with a cache that cannot be written says which variable chose it", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");
    const child = start(cli, { ...process.env, JOB_CONTAINER_CACHE: join(file, "cache") });
    expect(await end(child)).toBe(1);
    expect(child.said).toMatch(/^error: The toolchain's cache .*set by JOB_CONTAINER_CACHE/);
  });

  test(
    "puts every part on the machine, and asks nothing of Go or the network when all is there",
    async () => {
      const { pulumi, plugins, buildkitd, registry, runc } = await installToolchain();
      const version = (file: string, ...args: string[]) => execFileSync(file, args, { encoding: "utf8" });
      expect(version(join(pulumi, "bin", "pulumi"), "version")).toBe("v3.259.0\n");
      expect(readdirSync(join(pulumi, "bin"))).toEqual(
        expect.arrayContaining(["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]),
      );
      expect(plugins.map(({ name, version }) => `${name} ${version}`)).toEqual([
        "azuredevops 3.15.0",
        "docker-build 0.0.22",
      ]);
      for (const { name, version: wanted, executable } of plugins) {
        const schema = JSON.parse(version(join(pulumi, "bin", "pulumi"), "package", "get-schema", executable));
        expect([schema.name, schema.version]).toEqual([name, wanted]);
      }
      expect(version(buildkitd, "--version")).toContain("v0.34.2");
      expect(version(registry, "--version")).toContain("v3.1.2");
      expect(version(runc, "--version")).toContain("runc version");

      const again = start(cli, { ...process.env, PATH: "/nowhere", GOPROXY: "off" });
      expect(await end(again)).toBe(0);
      expect(JSON.parse(again.said)).toMatchObject({ pulumi, plugins, buildkitd, registry });
    },
    30 * minutes,
  );
});
