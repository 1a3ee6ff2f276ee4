import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { tellApart } from "../../../../src/cli/init/conda-files";
import { look } from "../../../../src/cli/init/look";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "team-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const git = (...args: string[]) =>
  execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { stdio: "pipe" });

test("the example: its Dockerfile with the root as context, its conda files, its pipelines, its branch", async () => {
  cpSync(resolve("examples/diabetes_regression"), root, { recursive: true });
  // What `check conda --solve` has made is not somebody's.
  write({ "diabetes_regression/conda_dependencies.linux-64.azureml.yml": "dependencies:\n  - python=3.11.2=0\n" });
  git("init", "--quiet", "--initial-branch", "master");
  git("remote", "add", "origin", "https://dev.azure.com/contoso/mlops/_git/diabetes_regression");
  git("add", ".");
  git("commit", "--quiet", "--message", "As it is");
  git("checkout", "--quiet", "-b", "feature");

  expect(await look(root)).toMatchObject({
    root,
    isGit: true,
    name: "diabetes_regression",
    remote: { kind: "azureRepos", organizationUrl: "https://dev.azure.com/contoso", project: "mlops" },
    defaultBranch: "master",
    dockerfiles: [{ path: "environment_setup/Dockerfile", usesConda: true }],
    condaFiles: [
      "diabetes_regression/ci_dependencies.yml",
      "diabetes_regression/conda_dependencies.yml",
      "diabetes_regression/conda_dependencies_scoring.yml",
    ],
    pipelines: {
      withContainer: [".pipelines/ci.yml", ".pipelines/train.yml"],
      withoutContainer: [".pipelines/deploy.yml"],
    },
    projects: [],
  });
});

test("what is there is seen from any folder of the repository, and what Git ignores is not there", async () => {
  git("init", "--quiet", "--initial-branch", "main");
  write({
    ".gitignore": ".venv/\n",
    ".venv/Dockerfile": "FROM x\n",
    "src/.keep": "",
    "docker/Dockerfile": "FROM conda\nCOPY environment.yml /\n",
    "docker/environment.yml": "dependencies:\n  - python=3.11\n",
  });
  const found = await look(join(root, "src"));
  expect(found).toMatchObject({ root, defaultBranch: "main", remote: undefined });
  expect(found.dockerfiles).toEqual([
    { path: "docker/Dockerfile", buildContext: "docker", copies: ["docker/environment.yml"], usesConda: true },
  ]);
});

test("without Git it is the folder, without what is nobody's source", async () => {
  write({ Dockerfile: "FROM x\n", "node_modules/a/Dockerfile": "FROM x\n", "venv/Dockerfile": "FROM x\n" });
  expect(await look(root)).toMatchObject({
    root,
    isGit: false,
    defaultBranch: "main",
    dockerfiles: [{ path: "Dockerfile" }],
  });
});

test("the default branch is the remote's, whatever is checked out", async () => {
  git("init", "--quiet", "--initial-branch", "develop");
  git("commit", "--quiet", "--allow-empty", "--message", "First");
  expect((await look(root)).defaultBranch).toBe("develop");
  git("branch", "main");
  expect((await look(root)).defaultBranch).toBe("main");
  git("branch", "master");
  expect((await look(root)).defaultBranch).toBe("develop");
  git("update-ref", "refs/remotes/origin/trunk", "HEAD");
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
  expect((await look(root)).defaultBranch).toBe("trunk");
});

test("a build's context is the folder from which everything is there that is copied", async () => {
  const contextOf = async (path: string, dockerfile: string) => {
    write({ [path]: dockerfile, "model/train.py": "", "setup/environment.yml": "", "setup/model/x": "" });
    return (await look(root)).dockerfiles.find((one) => one.path === path)?.buildContext;
  };
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY setup/environment.yml /\n")).toBe(".");
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY environment.yml /\n")).toBe("setup");
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY --chown=root model setup/environment.yml /app/\n")).toBe(
    ".",
  );
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY model /app\n")).toBe("setup");
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY --from=b /none /\nADD https://example.com/x /\n")).toBe(
    "setup",
  );
  expect(await contextOf("setup/Dockerfile", "FROM a\nCOPY neither.yml /\n")).toBe("setup");
  expect(await contextOf("Dockerfile.gpu", "FROM a\nCOPY model/train.py /\n")).toBe(".");
});

test("what only looks like a conda file or a pipeline is none, and a link leads nowhere", async () => {
  write({
    "chart.yaml": "dependencies:\n  - name: redis\n    version: 1\n",
    "broken.yml": "dependencies: [\n",
    "broken-pipeline.yml": "trigger: none\nsteps: [\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    steps: []\n",
    "compose.yml": "services: {}\n",
    "template.yml": "parameters: []\nsteps:\n  - script: a\n",
    "pipeline.yml": "pool: default\nsteps:\n  - script: a\n",
  });
  symlinkSync("pipeline.yml", join(root, "link.yml"));
  const found = await look(root);
  expect(found.condaFiles).toEqual([]);
  expect(found.pipelines).toEqual({ withContainer: [], withoutContainer: ["pipeline.yml"] });
});

describe("whose a conda file is", () => {
  const dockerfile = { path: "Dockerfile", buildContext: ".", usesConda: true };
  test.each<[string, string[], string[], ReturnType<typeof tellApart>]>([
    ["nobody's", [], [], { training: [], scoring: [], others: [] }],
    ["everybody's", ["a.yml"], [], { ci: "a.yml", training: ["a.yml"], scoring: ["a.yml"], others: [] }],
    [
      "by their names",
      ["ci_dependencies.yml", "conda_dependencies.yml", "conda_dependencies_scoring.yml"],
      [],
      {
        ci: "ci_dependencies.yml",
        training: ["conda_dependencies.yml"],
        scoring: ["conda_dependencies_scoring.yml"],
        others: [],
      },
    ],
    [
      "by what the Dockerfile copies",
      ["environment.yml", "train.yml", "inference/environment.yml"],
      ["environment.yml"],
      { ci: "environment.yml", training: ["train.yml"], scoring: [], others: ["inference/environment.yml"] },
    ],
    ["not clear", ["a.yml", "b.yml", "c.yml"], [], { training: [], scoring: [], others: ["a.yml", "b.yml", "c.yml"] }],
    ["two for CI", ["ci_a.yml", "ci_b.yml"], [], { training: [], scoring: [], others: ["ci_a.yml", "ci_b.yml"] }],
  ])("%s", (_, paths, copies, roles) => {
    expect(tellApart(paths, { ...dockerfile, copies })).toEqual(roles);
  });
});
