import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliArchive, knownChecksums, pluginArchive, sha256Of } from "../../../../src/common/pulumi-archives/archives";
import { installCli } from "../../../../src/common/pulumi-archives/install-cli";
import { cliVersion, plugins } from "../../../../src/common/pulumi-archives/plugins";

let work: string;
let archive: Buffer;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "pulumi-archives-"));
  mkdirSync(join(work, "pulumi"));
  writeFileSync(join(work, "pulumi", "pulumi"), "#!/bin/sh\necho the CLI\n", { mode: 0o755 });
  archive = execFileSync("tar", ["-cz", "-C", work, "pulumi"]);
  jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(new Uint8Array(archive)));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(work, { recursive: true });
});

const { signal } = new AbortController();
const home = () => join(work, "home", "versions", "1.2.3");

test("an archive with the SHA-256 that is known becomes the CLI that Pulumi's launcher takes", async () => {
  const checksums = { [cliArchive("1.2.3").name]: sha256Of(archive) };
  await installCli("1.2.3", home(), { signal, checksums });
  expect(fetch).toHaveBeenCalledWith(
    expect.stringMatching(/^https:\/\/get\.pulumi\.com\/releases\/sdk\/pulumi-v1\.2\.3-\w+-\w+\.tar\.gz$/),
    expect.anything(),
  );
  const launcher = require.resolve("pulumi/run.js");
  expect(
    execFileSync(process.execPath, [launcher], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, PULUMI_HOME: join(work, "home"), PULUMI_VERSION: "1.2.3" },
    }),
  ).toBe("the CLI\n");
  expect(readdirSync(home())).toEqual(["bin"]);
});

test("another archive is refused, and nothing of it is unpacked", async () => {
  const checksums = { [cliArchive("1.2.3").name]: "0".repeat(64) };
  await expect(installCli("1.2.3", home(), { signal, checksums })).rejects.toThrow(
    `has the SHA-256 ${sha256Of(archive)}, and what was released has ${"0".repeat(64)}: it was not installed`,
  );
  expect(existsSync(home())).toBe(false);
});

test("an archive of which nothing is known is not even downloaded", async () => {
  await expect(installCli("1.2.3", home(), { signal })).rejects.toThrow(
    /^the SHA-256 of pulumi-v1\.2\.3-\w+-\w+\.tar\.gz is not known/,
  );
  expect(fetch).not.toHaveBeenCalled();
});

test("a download that fails is said with its address", async () => {
  jest.mocked(fetch).mockImplementation(async () => new Response("", { status: 403 }));
  const checksums = { [cliArchive("1.2.3").name]: sha256Of(archive) };
  await expect(installCli("1.2.3", home(), { signal, checksums })).rejects.toThrow(
    /^https:.*pulumi-v1\.2\.3.* cannot be downloaded: the server answered 403$/,
  );
});

const manifest = (name: string) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));

test("the versions are those of the lock", () => {
  expect(cliVersion()).toBe(manifest("pulumi").version);
  expect(plugins()).toHaveLength(4);
  for (const { name, version } of plugins()) expect(version).toBe(manifest(`@pulumi/${name}`).pulumi.version);
});

test("of the CLI every platform's archive is known, and nothing is that is not used", () => {
  const platforms = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64"];
  const names = (one: (platform: string) => { name: string }) => platforms.map((platform) => one(platform).name);
  const cli = names((platform) => cliArchive(cliVersion(), platform));
  const used = [
    ...cli,
    ...plugins().flatMap(({ name, version }) => names((platform) => pluginArchive(name, version, platform))),
  ];
  expect(Object.keys(knownChecksums)).toEqual(expect.arrayContaining(cli));
  expect(used).toEqual(expect.arrayContaining(Object.keys(knownChecksums)));
  for (const sum of Object.values(knownChecksums)) expect(sum).toMatch(/^[0-9a-f]{64}$/);
});
