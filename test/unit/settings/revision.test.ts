import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "../../../src/common/git";
import { findRevision } from "../../../src/settings/revision";

const files = ["docker/Dockerfile", "docker/ci.yml", "docker/ci.linux-64.lock"];

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "revision-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function git(folder: string, ...args: string[]): string {
  const environment = { PATH: process.env.PATH, HOME: directory, GIT_CONFIG_NOSYSTEM: "1" };
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  return execFileSync("git", ["-C", folder, ...identity, ...args], {
    encoding: "utf8",
    env: environment,
    stdio: "pipe",
  });
}

const gitIn =
  (folder: string): Git =>
  async (...args) =>
    git(folder, ...args);

/** A repository of three commits: something else, the environment definition, a training file. */
function repository(): { folder: string; commit: string } {
  const folder = join(directory, "repository");
  mkdirSync(join(folder, "docker"), { recursive: true });
  git(folder, "init", "--quiet");
  const commit = (...changed: string[]) => {
    for (const file of changed) writeFileSync(join(folder, "docker", file), `${file}\n`);
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message", changed.join());
    return git(folder, "rev-parse", "HEAD").trim();
  };
  commit("other.txt");
  const definition = commit("Dockerfile", "ci.yml");
  commit("training.yml");
  return { folder, commit: definition };
}

test("the commit is the one that last changed the environment definition", async () => {
  const { folder, commit } = repository();
  expect(await findRevision(files, gitIn(folder))).toEqual({ commit });
});

test("a change of another file that is not committed does not matter", async () => {
  const { folder, commit } = repository();
  writeFileSync(join(folder, "docker/training.yml"), "changed");
  expect(await findRevision(files, gitIn(folder))).toEqual({ commit });
});

test.each([
  ["a file of the definition", "docker/ci.yml"],
  ["a new file of the definition", "docker/ci.linux-64.lock"],
])("%s that is not committed leaves the commit out", async (_, file) => {
  const { folder } = repository();
  writeFileSync(join(folder, file), "changed");
  expect(await findRevision(files, gitIn(folder))).toEqual({ unknown: `${file} is not as committed` });
});

test.each([
  ["that does not reach back to the change leaves the commit out", 2],
  ["that reaches back to the change has the commit", 3],
])("a shallow clone %s", async (_, depth) => {
  const { folder, commit } = repository();
  const clone = join(directory, "clone");
  git(directory, "clone", "--quiet", `--depth=${depth}`, `file://${folder}`, clone);
  const tooShallow = expect.stringContaining("too shallow to tell: fetch more of its history");
  expect(await findRevision(files, gitIn(clone))).toEqual(depth === 2 ? { unknown: tooShallow } : { commit });
});

test("files that were never committed have no commit", async () => {
  const { folder } = repository();
  expect(await findRevision(["docker/other"], gitIn(folder))).toEqual({ unknown: "they are in no commit" });
});

test("outside of a repository the reason is git's", async () => {
  expect(await findRevision(files, gitIn(directory))).toEqual({
    unknown: expect.stringMatching(/^not a git repository/),
  });
});

test("without git the reason is that", async () => {
  const missing: Git = async () => {
    throw Object.assign(new Error("spawn git ENOENT"), { stderr: "" });
  };
  expect(await findRevision(files, missing)).toEqual({ unknown: "git cannot be run: spawn git ENOENT" });
});
