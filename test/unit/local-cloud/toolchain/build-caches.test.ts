import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { installParts } from "../../../../local-cloud/toolchain";
import { goCaches, removeWheels, wheelCache } from "../../../../local-cloud/toolchain/build-caches";
import type { PartContext, ToolchainPart } from "../../../../local-cloud/toolchain/part";
import { UserError } from "../../../../src/common/errors";

let cache: string;
let other: ChildProcess;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "build-caches-"));
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  other?.kill("SIGKILL");
  rmSync(cache, { recursive: true });
});

/** A part that puts something into Go's caches, as a build does. */
const part = (then: () => void = () => {}): ToolchainPart => ({
  name: "program",
  version: "1.0.0",
  executable: "program",
  recipe: "recipe",
  async build(directory, { env }: PartContext) {
    for (const folder of [env.GOCACHE, env.GOMODCACHE]) {
      mkdirSync(join(folder ?? "", "deep"), { recursive: true });
      writeFileSync(join(folder ?? "", "deep/file"), "");
    }
    then();
    writeFileSync(join(directory, "program"), "");
  },
});
const install = (made: ToolchainPart, options = {}) =>
  installParts([made], [], cache, { env: { PATH: process.env.PATH }, ...options });

test("Go's caches are the toolchain's own, and go when all is built, as wheels do", async () => {
  mkdirSync(wheelCache(cache));
  await install(part(() => expect(readdirSync(join(cache, "go")).sort()).toEqual(["build", "modules"])));
  expect(readdirSync(cache)).toEqual([expect.stringMatching(/^program-1\.0\.0-/)]);
});

test("they stay when a build fails, which the next goes on from, and when that is asked for", async () => {
  const failing = part(() => {
    throw new UserError("it does not compile");
  });
  await expect(install(failing)).rejects.toThrow("it does not compile");
  const { GOCACHE, GOMODCACHE } = goCaches(cache);
  for (const folder of [GOCACHE, GOMODCACHE]) expect(existsSync(join(folder, "deep/file"))).toBe(true);

  await install(part(), { keepBuildCache: true });
  expect(existsSync(join(GOCACHE, "deep/file"))).toBe(true);
});

test("they stay while another process makes something with them", async () => {
  other = spawn("sleep", ["60"]);
  mkdirSync(join(cache, `.partial-${hostname()}-${other.pid}-x`));
  await install(part());
  expect(existsSync(join(goCaches(cache).GOCACHE, "deep/file"))).toBe(true);
});

test("those that a person chose are used and left alone", async () => {
  const own = join(cache, "own");
  const env = { PATH: process.env.PATH, GOCACHE: join(own, "build"), GOMODCACHE: join(own, "modules") };
  await install(part(), { env });
  expect(readdirSync(own).sort()).toEqual(["build", "modules"]);
});

test("wheels go by themselves, and stay while another process may take them", () => {
  mkdirSync(wheelCache(cache));
  mkdirSync(join(cache, "go"));
  other = spawn("sleep", ["60"]);
  const busy = join(cache, `.partial-${hostname()}-${other.pid}-x`);
  mkdirSync(busy);
  removeWheels(cache);
  expect(existsSync(wheelCache(cache))).toBe(true);

  rmSync(busy, { recursive: true });
  removeWheels(cache);
  expect(readdirSync(cache)).toEqual(["go"]);
});
