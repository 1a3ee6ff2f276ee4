import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pluginArchive } from "../../../../src/common/pulumi-archives/archives";
import { checksumsFile } from "../../../../src/common/pulumi-archives/plugin-checksums";
import { cliVersion, plugins } from "../../../../src/common/pulumi-archives/plugins";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const checksums = Object.fromEntries(
  plugins().map(({ name, version }, index) => [pluginArchive(name, version).name, String(index).repeat(64)]),
);

/** Runs the command where a CLI is that does this, in a project that knows these sums. */
function install(script: string, sums = checksums) {
  writeFileSync(join(home, "Pulumi.yaml"), "name: job-container\nruntime: nodejs\n");
  writeFileSync(join(home, checksumsFile), JSON.stringify(sums));
  const bin = join(home, "versions", cliVersion(), "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "pulumi"), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return spawnSync(process.execPath, [resolve("src/cli/job-container.js"), "install", "--frozen"], {
    cwd: home,
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", PULUMI_HOME: home, GITHUB_TOKEN: "secret" },
  });
}

test("each plugin of the program is installed at its SDK's version, with the checksum that the project has", () => {
  const { status, stdout } = install(`echo "$@" >> "${home}/calls"; [ -z "$GITHUB_TOKEN" ]`);
  expect(status).toBe(0);
  const calls = readFileSync(join(home, "calls"), "utf8").trim().split("\n");
  expect(calls).toEqual(
    plugins().map(
      ({ name, version }, index) =>
        `plugin install resource ${name} ${version} --exact --checksum ${String(index).repeat(64)}`,
    ),
  );
  expect(stdout).toContain(`pulumi ${cliVersion()} is in ${home}/versions/${cliVersion()} already: it is not compared`);
});

test("a plugin whose checksum nobody knows is not installed in a pipeline", () => {
  const { status, stderr } = install(`echo "$@" >> "${home}/calls"`, {});
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: the SHA-256 of pulumi-resource-azure-native-\S+ .* is not known/);
  expect(existsSync(join(home, "calls"))).toBe(false);
});

test("a plugin that the CLI refuses ends it, with the CLI's words", () => {
  const { status, stderr } = install("echo 'error: invalid checksum, expected 00, actual ff' >&2; exit 1");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: the plugin \S+ \S+ could not be installed: error: invalid checksum/);
});
