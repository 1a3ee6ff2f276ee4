import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOut } from "../../../../local-cloud/agent/checkout";
import { BareRepository } from "../../../../local-cloud/azuredevops/git/bare-repository";
import { commitFiles, localAuthor, type RepositoryFile } from "../../../../local-cloud/git/commit-files";
import type { PlanStep } from "../../../../local-cloud/pipelines/plan";
import { textFile } from "../../../support/repository";
import { compile, jobsOf } from "../../support/compile";

let folder: string;
let repository: BareRepository;
let sources: string;
let said: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "checkout-"));
  sources = join(folder, "sources");
  said = [];
  repository = new BareRepository(join(folder, "repository"));
  repository.create();
  for (const text of ["first", "second", "third"]) await commit([textFile("a", text)], "refs/heads/main");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function commit(files: RepositoryFile[], ref: string): Promise<string> {
  const parent = repository.ref(ref);
  await commitFiles(repository.directory, {
    ref,
    message: "Change it",
    author: localAuthor,
    parent,
    files,
    without: [],
  });
  return repository.ref(ref) ?? "";
}

/** Checks out as a step of a pipeline's says. */
async function run(step: string, { branch = "refs/heads/main", version = repository.ref(branch) ?? "" } = {}) {
  const [checkout] = jobsOf(compile(`steps: [${step}]`))[0]?.steps ?? [];
  if (checkout?.kind !== "checkout") throw new Error(`${step} is no checkout`);
  const places = {
    workspace: "/w",
    sources: "/w/s",
    staging: "",
    binaries: "",
    testResults: "",
    temporary: "",
    tools: "",
  };
  await checkOut(checkout satisfies PlanStep, {
    context: {
      ...{ branch, version, accessToken: "the-token" },
      repository: { id: "1", name: "model", url: `file://${repository.directory}`, provider: "TfsGit" },
    },
    workspace: { paths: places, replaceSources: (from) => renameSync(from, sources) },
    log: { line: (line) => said.push(line) },
    directory: folder,
    signal: new AbortController().signal,
  });
}

function git(...args: string[]): string {
  return execFileSync("git", ["-C", sources, ...args], { encoding: "utf8" }).trim();
}

test("the sources are a clone of the run's commit alone, unless the step says otherwise", async () => {
  await run("{ checkout: self }");
  expect(git("rev-parse", "HEAD")).toBe(repository.ref("refs/heads/main"));
  expect(git("rev-list", "--count", "HEAD")).toBe("1");
  expect(git("status", "--porcelain")).toBe("");
  expect(git("remote", "get-url", "origin")).toBe(`file://${repository.directory}`);
  const commands = said.filter((line) => line.startsWith("##[command]git "));
  expect(commands.map((line) => line.split(" ")[1])).toEqual(["init", "remote", "fetch", "checkout"]);
  expect(readdirSync(folder).sort()).toEqual(["repository", "sources"]);
});

test.each([
  ["fetchDepth: 2", "2"],
  ["fetchDepth: 0", "3"],
])("with %s it has %s commits", async (option, count) => {
  await run(`{ checkout: self, ${option} }`);
  expect(git("rev-list", "--count", "HEAD")).toBe(count);
});

test("an older commit than the branch's last is checked out", async () => {
  const [, second] = repository.log(repository.ref("refs/heads/main") ?? "");
  await run("{ checkout: self }", { version: second?.id ?? "" });
  expect(readFileSync(join(sources, "a"), "utf8")).toBe("second");
});

test("a commit that no branch leads to is checked out, also with all of the history", async () => {
  const main = repository.ref("refs/heads/main") ?? "";
  const version = repository.commitTree(repository.commit(main)?.treeId ?? "", [main], "Nobody's");
  for (const option of ["fetchDepth: 1", "fetchDepth: 0"]) {
    await run(`{ checkout: self, ${option} }`, { version });
    expect(git("rev-parse", "HEAD")).toBe(version);
    rmSync(sources, { recursive: true });
  }
});

test.each(["fetchTags: true", "fetchTags: false"])("with %s", async (option) => {
  const main = repository.ref("refs/heads/main") ?? "";
  repository.update({ name: "refs/tags/v1", oldObjectId: "0".repeat(40), newObjectId: main });
  await run(`{ checkout: self, ${option} }`);
  expect(git("tag")).toBe(option.endsWith("true") ? "v1" : "");
});

test("a pull request's run has the commit that merges it, also with all of the history", async () => {
  const main = repository.ref("refs/heads/main") ?? "";
  const topic = await commit([textFile("b", "b")], "refs/heads/topic");
  const merge = repository.commitTree(repository.mergedTree(main, topic) ?? "", [main, topic], "Merge");
  repository.update({ name: "refs/pull/1/merge", oldObjectId: "0".repeat(40), newObjectId: merge });
  for (const option of ["fetchDepth: 1", "fetchDepth: 0"]) {
    await run(`{ checkout: self, ${option} }`, { branch: "refs/pull/1/merge" });
    expect(git("rev-parse", "HEAD")).toBe(merge);
    expect(readdirSync(sources).sort()).toEqual([".git", "a", "b"]);
    rmSync(sources, { recursive: true });
  }
});

test("links, modes and bytes are as they were committed", async () => {
  const bytes = Buffer.from([0x89, 0x00, 0xff, 0x0d, 0x0a]);
  const file = (path: string, content: Buffer, mode: RepositoryFile["mode"]) => ({
    path,
    mode,
    content: () => content,
  });
  await commit(
    [
      file("data.bin", bytes, "100644"),
      file("run.sh", Buffer.from("#!/bin/sh\n"), "100755"),
      file("latest", Buffer.from("run.sh"), "120000"),
      file("nowhere", Buffer.from("/nowhere/é"), "120000"),
    ],
    "refs/heads/main",
  );
  await run("{ checkout: self }");
  expect(readFileSync(join(sources, "data.bin"))).toEqual(bytes);
  expect(lstatSync(join(sources, "run.sh")).mode & 0o100).toBe(0o100);
  expect(lstatSync(join(sources, "data.bin")).mode & 0o100).toBe(0);
  expect(readlinkSync(join(sources, "latest"))).toBe("run.sh");
  expect(readlinkSync(join(sources, "nowhere"))).toBe("/nowhere/é");
});

test("the run's token is in the clone's settings only if it is asked for, and in no line of the log", async () => {
  await run("{ checkout: self }");
  expect(readFileSync(join(sources, ".git/config"), "utf8")).not.toContain("the-token");
  rmSync(sources, { recursive: true });
  await run("{ checkout: self, persistCredentials: true }");
  expect(git("config", `http.file://${repository.directory}.extraheader`)).toBe("AUTHORIZATION: bearer the-token");
  expect(said.join("\n")).not.toContain("the-token");
});

test("a commit that is not there fails it in the agent's words, and leaves nothing", async () => {
  await expect(run("{ checkout: self }", { version: "1".repeat(40) })).rejects.toThrow(
    "Git fetch failed with exit code: 128",
  );
  expect(existsSync(sources)).toBe(false);
  expect(readdirSync(folder)).toEqual(["repository"]);
});
