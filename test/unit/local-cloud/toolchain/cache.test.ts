import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import {
  cacheDirectory,
  listFiles,
  makeDirectory,
  prepareCache,
  recipeHash,
  removeLeftovers,
} from "../../../../local-cloud/toolchain/cache";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "toolchain-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe("the cache's place", () => {
  test("is JOB_CONTAINER_CACHE, then XDG_CACHE_HOME, then the home directory", () => {
    expect(cacheDirectory({ JOB_CONTAINER_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(cacheDirectory({ XDG_CACHE_HOME: "/b" })).toBe("/b/job-container");
    expect(cacheDirectory({})).toMatch(/\/\.cache\/job-container$/);
  });

  test("that cannot be written is an error that names the variable which chose it", () => {
    writeFileSync(join(directory, "file"), "");
    const cache = join(directory, "file", "cache");
    expect(() => prepareCache(cache, { JOB_CONTAINER_CACHE: cache })).toThrow(
      /file\/cache .* set by JOB_CONTAINER_CACHE/,
    );
    expect(() => prepareCache(cache, {})).toThrow("the default place");
  });
});

describe("a recipe's hash", () => {
  const hash = (at = directory, texts: string[] = []) =>
    recipeHash(
      at,
      listFiles(at, () => true),
      texts,
    );
  beforeEach(() => {
    mkdirSync(join(directory, "a"));
    writeFileSync(join(directory, "a", "go.mod"), "module a");
  });

  test("is the same wherever the files are", () => {
    cpSync(join(directory, "a"), join(directory, "b"), { recursive: true });
    expect(hash(join(directory, "a"))).toBe(hash(join(directory, "b")));
  });

  test("changes with a file's content, its name, a further file, and a text", () => {
    const hashes = [hash(), hash(directory, ["-trimpath"])];
    writeFileSync(join(directory, "a", "go.mod"), "module b");
    hashes.push(hash());
    writeFileSync(join(directory, "a", "main.go"), "");
    hashes.push(hash());
    cpSync(join(directory, "a"), join(directory, "c"), { recursive: true });
    rmSync(join(directory, "a"), { recursive: true });
    hashes.push(hash());
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("a directory of the cache", () => {
  const fill = (text: string) => async (at: string) => writeFileSync(join(at, "text"), text);

  test("is there only when it is complete", async () => {
    const target = join(directory, "part");
    await makeDirectory(target, async (at) => {
      await fill("done")(at);
      expect(readdirSync(directory)).not.toContain("part");
    });
    expect(readFileSync(join(target, "text"), "utf8")).toBe("done");
    expect(readdirSync(directory)).toEqual(["part"]);
  });

  test("is not there, and nothing else is, when making it failed", async () => {
    const failing = makeDirectory(join(directory, "part"), async (at) => {
      await fill("half")(at);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(readdirSync(directory)).toEqual([]);
  });

  test("can be made twice at the same time", async () => {
    const target = join(directory, "part");
    await Promise.all([makeDirectory(target, fill("same")), makeDirectory(target, fill("same"))]);
    expect(readFileSync(join(target, "text"), "utf8")).toBe("same");
    expect(readdirSync(directory)).toEqual(["part"]);
  });

  test("left half made by a killed process is removed; another's that runs is not, nor another machine's", () => {
    const dead = spawnSync("true").pid;
    const names = [`.partial-${hostname()}-${process.pid}-a`, `.partial-elsewhere-${dead}-b`];
    for (const name of [...names, `.partial-${hostname()}-${dead}-c`])
      mkdirSync(join(directory, name, "deep"), { recursive: true });
    removeLeftovers(directory);
    expect(readdirSync(directory).sort()).toEqual([...names].sort());
  });
});
