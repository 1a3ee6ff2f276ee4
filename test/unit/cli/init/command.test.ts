import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "team-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: "pipe" });

/** Runs the command in the team's repository, where nobody is at a terminal. */
function init(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve("src/cli/job-container.js"), "init", ...args],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  return { code: status, stdout, stderr };
}

function example(): void {
  cpSync(resolve("examples/diabetes_regression"), root, { recursive: true });
  git("init", "--quiet", "--initial-branch", "master");
}

const written = [
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "package.json",
  "index.ts",
  "image-build.yml",
  "infrastructure.yml",
  ".gitignore",
];

test("the example gets seven files in one folder, and nothing else of it changes", () => {
  example();
  git("add", ".");
  const before = git("write-tree");
  const { code, stdout, stderr } = init();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(git("ls-files", "--others", "--exclude-standard").trim().split("\n").sort()).toEqual(
    written.map((name) => `job-container/${name}`).sort(),
  );
  git("add", "--update");
  expect(git("write-tree")).toBe(before);
  expect(stdout).toMatch(/environment_setup\/Dockerfile, built in /);
  expect(stdout).toContain("npx job-container adopt ../.pipelines/ci.yml ../.pipelines/train.yml\n");
  expect(stdout).toMatch(/without a container +\.pipelines\/deploy\.yml\n/);
  expect(stdout).toContain("To do in job-container/Pulumi.dev.yaml");
});

test("what lands in the repository is small", () => {
  example();
  init();
  const lines = written.map((name) => readFileSync(join(root, "job-container", name), "utf8").split("\n").length - 1);
  expect(lines.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(250);
});

test("a second run keeps everything, whatever somebody wrote, and goes on where the first one was ended", () => {
  example();
  init();
  const path = join(root, "job-container/Pulumi.dev.yaml");
  writeFileSync(path, "config: {}\n");
  rmSync(join(root, "job-container/index.ts"));
  const { code, stdout } = init();
  expect(code).toBe(0);
  expect(readFileSync(path, "utf8")).toBe("config: {}\n");
  expect(stdout).toMatch(/job-container\/Pulumi\.dev\.yaml +kept\n/);
  expect(stdout).toMatch(/job-container\/index\.ts +written\n/);
});

test("a dry run writes nothing and says the same as the run", () => {
  example();
  const dry = init("--dry-run");
  expect(existsSync(join(root, "job-container"))).toBe(false);
  expect(dry.stdout).toContain("a dry run: nothing is written");
  const said = (text: string) =>
    text.replaceAll("would be written", "written").replace(" (a dry run: nothing is written)", "");
  expect(said(dry.stdout)).toBe(init().stdout);
});

test("as JSON for programs", () => {
  example();
  const report = JSON.parse(init("--json", "--directory", "infra/jc").stdout);
  expect(report).toMatchObject({
    directory: "infra/jc",
    found: { name: expect.any(String), defaultBranch: "master" },
    ignored: [],
  });
  expect(report.files).toEqual(expect.arrayContaining([{ path: "infra/jc/Pulumi.yaml", outcome: "written" }]));
  expect(report.next[0]).toBe("cd infra/jc && npm install");
  expect(report.next).toContain("npx job-container adopt ../../.pipelines/ci.yml ../../.pipelines/train.yml");
});

test("the root can be the folder; a package.json that is there is kept", () => {
  example();
  writeFileSync(join(root, "package.json"), "{}\n");
  const { code, stdout } = init("--directory", ".");
  expect(code).toBe(0);
  expect(stdout).toMatch(/package\.json +kept\n/);
  expect(stdout).toMatch(/package\.json is kept: add to it job-container@\d/);
  expect(existsSync(join(root, "Pulumi.yaml"))).toBe(true);
  expect(readFileSync(join(root, ".gitignore"), "utf8")).toContain("# Python");
});

test("a repository with nothing gets what it takes, and is told what to say", () => {
  git("init", "--quiet", "--initial-branch", "main");
  const { code, stdout } = init();
  expect(code).toBe(0);
  expect(stdout).toMatch(/Dockerfile +none: docker\/Dockerfile is a new one\n/);
  for (const path of ["docker/Dockerfile", "docker/ci_dependencies.yml", "job-container/model.yml"]) {
    expect(stdout).toMatch(new RegExp(`${path} +written\n`));
    expect(existsSync(join(root, path))).toBe(true);
  }
  expect(stdout).toContain("the repository has no remote origin");
});

test("two Dockerfiles of a kind are left to choose", () => {
  git("init", "--quiet");
  for (const folder of ["a", "b"]) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, "Dockerfile"), "FROM condaforge/miniforge3\n");
  }
  expect(init().stdout).toMatch(/dockerfile +choose one of a\/Dockerfile, b\/Dockerfile; the first is set/);
});

test("without Git it says so, and works on the folder", () => {
  writeFileSync(join(root, "Dockerfile"), "FROM x\n");
  const { code, stdout } = init();
  expect(code).toBe(0);
  expect(stdout).toContain("no Git repository: paths are from here");
  expect(stdout).not.toContain("git push");
});

test("another Pulumi project's folder is not touched", () => {
  git("init", "--quiet");
  writeFileSync(join(root, "Pulumi.yaml"), "name: other\nruntime: go\n");
  expect(init()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/other Pulumi projects +Pulumi\.yaml \(left alone\)/),
  });
  const { code, stderr } = init("--directory", ".");
  expect(code).toBe(1);
  expect(stderr).toContain("Pulumi.yaml is another Pulumi project's: choose another folder with --directory");
  expect(readdirSync(root).sort()).toEqual([".git", "Pulumi.yaml", "docker", "job-container"]);
});

test("files that the team's .gitignore keeps out of a commit are named", () => {
  git("init", "--quiet");
  writeFileSync(join(root, ".gitignore"), "build/\n*.yml\n");
  expect(init("--directory", "build").stdout).toMatch(/Git ignores .*build\/Pulumi\.yaml/);
  expect(JSON.parse(init("--json").stdout).ignored).toEqual(
    expect.arrayContaining(["job-container/image-build.yml", "job-container/infrastructure.yml"]),
  );
});

test("a folder outside of the repository is wrong usage; one that cannot be written to is said", () => {
  git("init", "--quiet");
  expect(init("--directory", "../elsewhere")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is outside of the repository"),
  });
  writeFileSync(join(root, "job-container"), "a file");
  expect(init()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("job-container/Pulumi.yaml cannot be written"),
  });
});

test("a link that leads nowhere is kept as well", () => {
  git("init", "--quiet");
  mkdirSync(join(root, "job-container"));
  symlinkSync("/nowhere", join(root, "job-container/index.ts"));
  expect(init().stdout).toMatch(/index\.ts +kept\n/);
});

test("--diff shows what a newer version changes in what init wrote, not what is the team's, as a patch", () => {
  example();
  init();
  expect(init("--diff")).toEqual({ code: 0, stdout: "", stderr: "" });
  const path = join(root, "job-container/image-build.yml");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("pr: none", "pr: [a]"));
  writeFileSync(join(root, "job-container/Pulumi.dev.yaml"), "config: {}\n");
  const { code, stdout } = init("--diff");
  expect(code).toBe(1);
  expect(stdout).toContain("-pr: [a]\n+pr: none\n");
  expect(stdout).not.toContain("Pulumi.dev.yaml");
  writeFileSync(join(root, "change.patch"), stdout);
  git("apply", "change.patch");
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("its package.json pins what this version was tested with", () => {
  example();
  init();
  const { version, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(JSON.parse(readFileSync(join(root, "job-container/package.json"), "utf8"))).toEqual({
    private: true,
    dependencies: { "job-container": version },
    devDependencies: peerDependencies,
  });
  expect(parse(readFileSync(join(root, "job-container/Pulumi.yaml"), "utf8"))).toMatchObject({
    runtime: { options: { nodeargs: "--require job-container/fast" } },
    template: { config: expect.anything() },
  });
});
