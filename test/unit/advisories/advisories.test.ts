import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { goodImage, gzipLayer } from "../support/image-files";
import { TestRegistry } from "../support/image-registry";

let registry: TestRegistry;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "advisories-"));
  registry = await TestRegistry.start();
  const good = await goodImage();
  const packages = "opt/environment/lib/python3.11/site-packages";
  const entries = [
    { path: `${packages}/Our_Server-1.2.dist-info/METADATA`, mode: 0o644, text: "Name: Our_Server\n" },
    { path: `${packages}/gone-1.0.dist-info/METADATA`, mode: 0o644 },
    { path: "opt/environment/conda-meta/openssl-1.1.1d-h1_0.json", mode: 0o644, text: "{}" },
    { path: "opt/environment/conda-meta/scikit-learn-1.4.2-py311_0.json", mode: 0o644, text: "{}" },
  ];
  const later = [{ path: `${packages}/.wh.gone-1.0.dist-info` }];
  registry.push({ ...good, layers: [...good.layers, await gzipLayer(entries), await gzipLayer(later)] });
});
afterAll(async () => {
  await registry.stop();
  rmSync(folder, { recursive: true });
});

/** Runs `check image` with these advisories. */
async function check(advisories: unknown, ...args: string[]) {
  const path = join(folder, "advisories.json");
  writeFileSync(path, typeof advisories === "string" ? advisories : JSON.stringify(advisories));
  return run(path, ...args);
}

async function run(path: string, ...args: string[]) {
  const reference = `${registry.host}/mlops/model:latest`;
  const command = [resolve("src/cli/job-container.js"), "check", "image", reference, "--advisories", path, ...args];
  const child = spawn(process.execPath, command, { env: { PATH: process.env.PATH, DOCKER_CONFIG: folder } });
  const exit = new Promise((end) => child.once("close", end));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { stdout, stderr, code };
}

const about = (ecosystem: string, name: string, events: object[]) => ({
  package: { ecosystem, name },
  ranges: [{ type: "ECOSYSTEM", events }],
});

test("what is known against an installed version is listed, and the end is 1", async () => {
  const { stdout, code } = await check([
    {
      id: "PYSEC-1",
      summary: "lets anybody in",
      affected: [about("PyPI", "our.server", [{ introduced: "0" }, { fixed: "1.3" }])],
      database_specific: { severity: "HIGH" },
    },
    {
      id: "TEAM-1",
      affected: [about("conda", "openssl", [{ introduced: "1.1.1a" }, { last_affected: "1.1.1d" }])],
      severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N" }],
    },
    { id: "PYSEC-2", affected: [about("PyPI", "scikit-learn", [{ introduced: "0" }])] },
  ]);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/: jobs can run in it, and something is known against what is installed in it\.$/),
    "  advisory  PYSEC-1: our-server 1.2, fixed in 1.3, severity HIGH: lets anybody in",
    "  advisory  TEAM-1: openssl 1.1.1d, no fixed version is known, severity CVSS:3.1/AV:N",
    "  advisory  PYSEC-2: scikit-learn 1.4.2, no fixed version is known",
    "",
  ]);
  expect(code).toBe(1);
});

test("as JSON for programs", async () => {
  const affected = [about("PyPI", "our-server", [{ introduced: "0" }, { fixed: "1.3" }])];
  const { stdout } = await check({ id: "PYSEC-1", affected }, "--json");
  expect(JSON.parse(stdout).broken).toMatchObject([
    { rule: "advisory", advisory: { id: "PYSEC-1", package: "our-server", version: "1.2", fixed: "1.3" } },
  ]);
});

test("what is known against other versions, other packages, what a later layer took away, or was withdrawn, is not", async () => {
  const all = [{ introduced: "0" }];
  const { stdout, code } = await check([
    { id: "A", affected: [about("PyPI", "our-server", [{ introduced: "1.3" }])] },
    { id: "B", affected: [about("npm", "our-server", all), about("PyPI", "gone", all), about("PyPI", "openssl", all)] },
    { id: "C", withdrawn: "2026-01-01T00:00:00Z", affected: [about("PyPI", "our-server", all)] },
  ]);
  expect({ stdout, code }).toEqual({ stdout: expect.stringMatching(/: jobs can run in it\.\n$/), code: 0 });
});

test("a folder has an advisory in each of its files", async () => {
  mkdirSync(join(folder, "osv"));
  for (const id of ["PYSEC-1", "PYSEC-2"]) {
    const affected = [about("PyPI", "our-server", [{ introduced: "0" }])];
    writeFileSync(join(folder, "osv", `${id}.json`), JSON.stringify({ id, affected }));
  }
  writeFileSync(join(folder, "osv", "README.md"), "not one");
  const { stdout } = await run(join(folder, "osv"));
  expect(stdout.match(/PYSEC-\d/g)).toEqual(["PYSEC-1", "PYSEC-2"]);
});

test.each([
  ["is not there", "no.json", undefined, "no.json does not exist"],
  ["is no JSON", "a.json", "<xml>", "is no advisory in OSV's format"],
  ["is another JSON", "a.json", '{"name": "x"}', "is no advisory in OSV's format"],
  ["is an empty folder", ".", undefined, "there are no advisories in"],
])("a file that %s ends with 2", (_, name, content, message) => {
  const empty = mkdtempSync(join(folder, "empty-"));
  if (content !== undefined) writeFileSync(join(empty, name), content);
  const command = [resolve("src/cli/job-container.js"), "check", "image", "127.0.0.1:1/a/b:1", "--advisories"];
  const { status, stderr } = spawnSync(process.execPath, [...command, join(empty, name)], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});
