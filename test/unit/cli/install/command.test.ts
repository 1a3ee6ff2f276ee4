import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { knownChecksums, pluginArchive } from "../../../../src/common/pulumi-archives/archives";
import { cliVersion, plugins } from "../../../../src/common/pulumi-archives/plugins";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Runs the command where a CLI is that does this. */
function install(script: string) {
  const bin = join(home, "versions", cliVersion(), "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "pulumi"), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  return spawnSync(process.execPath, [resolve("src/cli/job-container.js"), "install"], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", PULUMI_HOME: home, GITHUB_TOKEN: "secret" },
  });
}

test("each plugin of the program is installed at its SDK's version, with its checksum where that is known", () => {
  const { status, stdout } = install(`echo "$@" >> "${home}/calls"; [ -z "$GITHUB_TOKEN" ]`);
  expect(status).toBe(0);
  const calls = readFileSync(join(home, "calls"), "utf8").trim().split("\n");
  const checksums = plugins().map(({ name, version }) => knownChecksums[pluginArchive(name, version).name]);
  expect(calls).toEqual(
    plugins().map(({ name, version }, index) => {
      const compare = checksums[index] === undefined ? "" : ` --checksum ${checksums[index]}`;
      return `plugin install resource ${name} ${version} --exact${compare}`;
    }),
  );
  expect(stdout).toContain(`pulumi ${cliVersion()} is in ${home}/versions/${cliVersion()} already: it is not compared`);
  for (const [index, { name }] of plugins().entries()) {
    const said = checksums[index] === undefined ? "is not compared" : "with the SHA-256 that is known";
    expect(stdout).toMatch(new RegExp(`the plugin ${name} [\\d.]+,? ${said}`));
  }
});

test("a plugin that the CLI refuses ends it, with the CLI's words", () => {
  const { status, stderr } = install("echo 'error: invalid checksum, expected 00, actual ff' >&2; exit 1");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: the plugin \S+ \S+ could not be installed: error: invalid checksum/);
});
