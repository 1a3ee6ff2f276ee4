import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localPath, ownProjectFolder, pathFromRoot, repositoryOf } from "../../../src/common/repository";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "repository-"));
  mkdirSync(join(folder, "deploy/docker"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ["a folder", () => mkdirSync(join(folder, ".git"))],
  ["a file, as a worktree has it", () => writeFileSync(join(folder, ".git"), "gitdir: elsewhere\n")],
])("the root is the nearest folder upwards with .git, where that is %s", (_, make) => {
  make();
  expect(repositoryOf(join(folder, "deploy/docker"))).toEqual({ root: folder, folder: join(folder, "deploy/docker") });
});

test("without Git, the root is the folder itself", () => {
  expect(repositoryOf(folder)).toEqual({ root: folder, folder });
});

test("in the root, a path stays as it is written: another text would be a change to the engine", () => {
  const repository = { root: folder, folder };
  for (const path of ["docker", "./docker/Dockerfile", "."]) expect(localPath(repository, path)).toBe(path);
});

test("in a folder below, a path leads there from the root", () => {
  const repository = { root: folder, folder: join(folder, "deploy") };
  expect(["docker/Dockerfile", ".", "deploy/docker", "deploy"].map((path) => localPath(repository, path))).toEqual([
    ...["../docker/Dockerfile", "..", "docker", "."],
  ]);
  expect(["docker", "../docker", "", "..", "../../other"].map((path) => pathFromRoot(repository, path))).toEqual([
    ...["deploy/docker", "docker", "deploy", ".", "../other"],
  ]);
});

test("a branch environment's stack has its project folder in the one that is meant", () => {
  expect(ownProjectFolder(join(folder, "deploy/.environments/dev-topic"))).toBe(join(folder, "deploy"));
  expect(ownProjectFolder(join(folder, "deploy"))).toBe(join(folder, "deploy"));
});
