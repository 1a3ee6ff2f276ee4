import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLaunchers } from "../../../../local-cloud/toolchain/launchers";

let cache: string;
let cli: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "launchers-"));
  cli = join(cache, "pulumi-1.2.3");
  mkdirSync(join(cli, "bin"), { recursive: true });
  writeFileSync(join(cli, "bin/pulumi"), "the CLI");
});
afterEach(() => rmSync(cache, { recursive: true }));

test("a CLI that was built gets them beside it, and is not built again when they change", async () => {
  const both = await withLaunchers(cli);
  const names = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
  expect(readdirSync(join(both, "bin")).sort()).toEqual(names);
  for (const name of names.slice(1)) expect(statSync(join(both, "bin", name)).mode & 0o111).toBe(0o111);
  expect(readFileSync(join(both, "bin/pulumi"), "utf8")).toBe("the CLI");
  expect(readdirSync(join(cli, "bin"))).toEqual(["pulumi"]);
  expect(await withLaunchers(cli)).toBe(both);
});

test("a CLI that was downloaded has them already", async () => {
  for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) {
    writeFileSync(join(cli, "bin", name), "Pulumi's own");
  }
  expect(await withLaunchers(cli)).toBe(cli);
});

test("what Node compiles of one is kept although the engine kills it", async () => {
  const compiled = join(cache, "compiled");
  const host = spawn(process.execPath, [join(await withLaunchers(cli), "bin/pulumi-language-nodejs"), "127.0.0.1:1"], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(host, "exit");
  const files = () => readdirSync(compiled, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  try {
    await once(host.stdout, "data");
    while (files().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    host.kill("SIGKILL");
    await ended;
  }
});
