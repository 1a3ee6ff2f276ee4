import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  projectFolder,
  repositoryName,
  repositoryRoot,
  teamRepositoryAt,
} from "../../../../local-cloud/repository/team-repository";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "team-")));
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): void {
  const as = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  execFileSync("git", ["-C", folder, ...as, ...args], { stdio: "ignore" });
}

function project(path: string): string {
  mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, path, "Pulumi.yaml"), "name: model\n");
  return join(folder, path);
}

describe("the repository root", () => {
  test("is the top of the Git repository, from any folder of it", () => {
    git("init", "--quiet");
    mkdirSync(join(folder, "model/src"), { recursive: true });
    project("model");
    expect(repositoryRoot(join(folder, "model/src"))).toBe(folder);
  });

  test("is that of a worktree, where .git is a file", () => {
    writeFileSync(join(folder, ".git"), "gitdir: elsewhere\n");
    expect(repositoryRoot(folder)).toBe(folder);
  });

  test("is the project folder without Git", () => {
    const model = project("model");
    mkdirSync(join(model, "src"));
    expect(repositoryRoot(join(model, "src"))).toBe(model);
  });

  test("is nowhere without both, which is said", () => {
    expect(() => repositoryRoot(folder)).toThrow(`${folder} is in no Git repository, and there is no Pulumi.yaml`);
  });
});

describe("the default branch", () => {
  const defaultBranch = () => teamRepositoryAt(folder).defaultBranch;

  test("is the remote's, whatever is checked out", () => {
    git("init", "--quiet", "--initial-branch", "feature/x");
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/2");
    expect(defaultBranch()).toBe("release/2");
  });

  test("is the one that is checked out where no remote says it, also before the first commit", () => {
    git("init", "--quiet", "--initial-branch", "master");
    expect(defaultBranch()).toBe("master");
  });

  test("is main where a commit is checked out, and without Git", () => {
    expect(defaultBranch()).toBe("main");
    git("init", "--quiet", "--initial-branch", "master");
    git("commit", "--quiet", "--allow-empty", "--message", "a");
    git("checkout", "--quiet", "--detach");
    expect(defaultBranch()).toBe("main");
  });
});

test.each([
  ["MLOpsPython", "MLOpsPython"],
  ["model (copy) #2", "model-(copy)-2"],
  ["_work", "work"],
  [".dotfiles.", "dotfiles"],
  ["größe", "größe"],
  ["x".repeat(80), "x".repeat(64)],
  ["", "repository"],
])("the folder %j is the repository %j in Azure DevOps", (name, expected) => {
  expect(repositoryName(name)).toBe(expected);
});

describe("the project folder", () => {
  beforeEach(() => git("init", "--quiet"));

  test("is the nearest upwards", () => {
    project(".");
    const inner = project("job-container");
    mkdirSync(join(inner, "src"));
    expect(projectFolder(folder, join(inner, "src"), undefined)).toBe(inner);
    expect(projectFolder(folder, folder, undefined)).toBe(folder);
  });

  test("is the only one of the repository, from anywhere in it", () => {
    const only = project("deploy/job-container");
    mkdirSync(join(folder, "model"));
    expect(projectFolder(folder, join(folder, "model"), undefined)).toBe(only);
  });

  test("is to be named where there is a choice", () => {
    const [one] = [project("one"), project("two")];
    expect(() => projectFolder(folder, folder, undefined)).toThrow(
      /has several projects: one, two\. Name .* --project/,
    );
    expect(projectFolder(folder, folder, "one")).toBe(one);
  });

  test("is to be made where there is none", () => {
    expect(() => projectFolder(folder, folder, undefined)).toThrow("npx job-container init");
    expect(() => projectFolder(folder, folder, "docker")).toThrow(
      'the folder "docker" (option --project) has no Pulumi',
    );
  });

  test("is none outside of the repository", () => {
    mkdirSync(join(folder, "inner"));
    project(".");
    expect(() => projectFolder(join(folder, "inner"), join(folder, "inner"), undefined)).toThrow("has no Pulumi.yaml");
    expect(() => projectFolder(join(folder, "inner"), join(folder, "inner"), "..")).toThrow("is outside of the rep");
  });
});
