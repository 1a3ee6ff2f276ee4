import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PipelineCopy } from "./pipelines/pipeline-copy";

jest.setTimeout(60_000);

const root = join(__dirname, "../../../..");
const stock = "mcr.microsoft.com/mlops/python";

let copy: PipelineCopy;

afterEach(() => {
  copy.remove();
});

/** Runs a program in the copy. */
function execute(program: string, args: string[], cwd = copy.folder, env = process.env) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(program, args, { cwd, env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const command = join(root, "src/cli/job-container.js");

function adopt(...args: string[]) {
  return adoptIn(copy.folder, ...args);
}

function adoptIn(folder: string, ...args: string[]) {
  return execute(process.execPath, [command, "adopt", ...args], folder);
}

/** What Git needs to say which files are the repository's. */
function initialise() {
  rmSync(join(copy.folder, ".git"), { recursive: true });
  return execute("git", ["init", "--quiet"]);
}

/** What the command ends with: the setting that gives the pipelines the image. */
function setting(...paths: string[]): string {
  return [
    "",
    "A stack gives them the image by this setting, in Pulumi.<stack>.yaml below config, with the pipelines that it has already;",
    "a pipeline that has a definition already has it taken up with adopt: <its id>:",
    "",
    "  job-container:modelPipelines:",
    ...paths.map((path) => `    - path: ${path}`),
    "",
  ].join("\n");
}

/** The pipeline `resource` has a step that a container defeats. */
const defeated = (line = 24) =>
  `ci.yml:${line}  the script needs Docker, which a job container does not have: move it to a job without a container\n`;

test("edits the pipeline, says what it did, and has nothing to do the second time", async () => {
  copy = new PipelineCopy("resource");
  expect(await adopt("ci.yml")).toEqual({
    code: 0,
    stdout: `ci.yml:5  mlops: ${stock}:latest is now $(jobContainerImage), pulled through acrconnection\n${defeated()}${setting("ci.yml")}`,
    stderr: "",
  });
  const edited = copy.readAll();
  expect(edited.get("ci.yml")).toContain(
    "image: $(jobContainerImage)  # the stock image\n    endpoint: acrconnection\n",
  );
  expect(await adopt("ci.yml")).toEqual({
    code: 0,
    stdout: `ci.yml uses the job container: nothing to change.\n${defeated(25)}${setting("ci.yml")}`,
    stderr: "",
  });
  expect(copy.readAll()).toEqual(edited);
});

test("--check writes nothing: exit code 1 if something is left to do, else 0", async () => {
  copy = new PipelineCopy("resource");
  const before = copy.readAll();
  expect(await adopt("ci.yml", "--check", "--endpoint", "team")).toEqual({
    code: 1,
    stdout: `ci.yml:5  mlops: ${stock}:latest is to be $(jobContainerImage), pulled through team\n${defeated()}${setting("ci.yml")}`,
    stderr: "",
  });
  expect(copy.readAll()).toEqual(before);
  await adopt("ci.yml", "--endpoint", "team");
  expect((await adopt("ci.yml", "--check")).code).toBe(0);
});

describe("several files, and folders", () => {
  const dependencies = "name: ci\ndependencies: [python=3.12]\n";

  test("each pipeline is edited, what is none is left alone, and the end says what to set", async () => {
    copy = new PipelineCopy("resource");
    mkdirSync(join(copy.folder, "other/node_modules/a"), { recursive: true });
    const other = copy
      .read("ci.yml")
      .replaceAll("lint.yml", "../lint.yml")
      .replaceAll("variables.yml", "../variables.yml");
    writeFileSync(join(copy.folder, "other/train.yaml"), other);
    writeFileSync(join(copy.folder, "other/node_modules/a/ci.yml"), other);
    writeFileSync(join(copy.folder, "other/conda.yml"), dependencies);
    writeFileSync(join(copy.folder, "other/deploy.yml"), "steps:\n  - script: echo\n");
    writeFileSync(join(copy.folder, "Pulumi.yaml"), "name: diabetes\nruntime: nodejs\n");
    writeFileSync(join(copy.folder, "ignored.yml"), other);
    writeFileSync(join(copy.folder, ".gitignore"), "node_modules\nignored.yml\n");
    await initialise();

    const { code, stdout, stderr } = await adopt(".");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("lint.yml is left alone: it is a template of ci.yml\n");
    expect(stdout).toContain(
      [
        "2 changed: ci.yml, other/train.yaml",
        "1 left alone, for they have no such container or job: other/deploy.yml",
        "4 left alone, for they are no pipelines: Pulumi.yaml, lint.yml, other/conda.yml, variables.yml",
      ].join("\n"),
    );
    expect(stdout).toContain("\n  diabetes:modelPipelines:\n    - path: ci.yml\n    - path: other/train.yaml\n");
    expect(copy.read("other/node_modules/a/ci.yml")).toBe(other);
    expect(copy.read("ignored.yml")).toBe(other);
    expect(copy.read("ci.yml")).not.toContain(`image: ${stock}`);
  });

  test("--job is about the pipelines that have it, and --all-jobs about all; one that none has is said", async () => {
    const steps = (job: string) => `jobs:\n- job: ${job}\n  steps: []\n`;
    copy = new PipelineCopy({ "a.yml": steps("train"), "b/b.yml": steps("lint") });
    await initialise();
    const named = await adopt(".", "--job", "train", "--job", "score", "--check");
    expect(named.code).toBe(1);
    expect(named.stdout).toContain(
      "1 to be changed: a.yml\n1 left alone, for they have no such container or job: b/b.yml\n",
    );
    expect(named.stderr).toBe("error: no pipeline has a job score\n");
    expect((await adopt(".", "--all-jobs", "--check")).stdout).toContain("2 to be changed: a.yml, b/b.yml\n");
  });

  test("a folder in which Git has no YAML file is said", async () => {
    copy = new PipelineCopy({ "a/ci.yml": "steps: []\n", ".gitignore": "a\n" });
    await initialise();
    expect(await adopt("a")).toEqual({
      code: 1,
      stdout: "",
      stderr: "error: a has no YAML file that Git tracks or would add: name a pipeline's file or folder\n",
    });
  });

  test("one that is refused does not keep the others from being edited: exit code 1", async () => {
    copy = new PipelineCopy("resource");
    writeFileSync(join(copy.folder, "conda.yml"), dependencies);
    const { code, stdout, stderr } = await adopt("conda.yml", "ci.yml");
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("error: no container of conda.yml's jobs has the image"),
    ]);
    expect(stdout).toContain("1 changed: ci.yml\n1 refused: conda.yml\n");
    expect(stdout).toContain(setting("ci.yml"));
    expect(copy.read("ci.yml")).toContain("image: $(jobContainerImage)");
  });

  test("one that does not exist: exit code 2, and nothing is written", async () => {
    copy = new PipelineCopy("resource");
    const before = copy.readAll();
    expect(await adopt("ci.yml", "no.yml")).toMatchObject({ code: 2, stdout: "" });
    expect(copy.readAll()).toEqual(before);
  });

  test("a template of two pipelines is changed once, in a patch as well", async () => {
    copy = new PipelineCopy("extends");
    writeFileSync(join(copy.folder, "more.yml"), copy.read("ci.yml"));
    await initialise();
    const { stdout } = await adopt("ci.yml", "more.yml", "--diff");
    expect(stdout.match(/^--- /gm)).toHaveLength(1);
    const written = await adopt("ci.yml", "more.yml");
    expect(written.code).toBe(0);
    expect(written.stdout).toContain("1 changed: ci.yml\n1 use the job container already: more.yml\n");
  });
});

test("a pipeline that shares a changed template is said, and is among the settings", async () => {
  const pipeline = "jobs:\n- template: jobs/test.yml\n";
  copy = new PipelineCopy({
    "ci.yml": pipeline,
    "nightly.yml": pipeline,
    "other.yml": "steps: []\n",
    "jobs/test.yml": `jobs:\n- job: test\n  container: ${stock}\n  steps: []\n`,
  });
  await initialise();
  const said =
    "nightly.yml includes jobs/test.yml as well, so that it uses the job container too: its jobs need the setting below\n";
  expect((await adopt("ci.yml", "nightly.yml", "--check")).stdout).not.toContain("as well");
  const { code, stdout } = await adopt("ci.yml");
  expect([code, stdout]).toEqual([0, expect.stringContaining(said)]);
  expect(stdout).toContain(setting("ci.yml", "nightly.yml"));
});

describe("--diff writes nothing, and prints a patch that makes the same edit", () => {
  test.each([
    ["a template", "extends", ["ci.yml"]],
    ["changes that are far apart, and at both ends of a file", "far-apart", ["ci.yml", "--all"]],
    ["a file without a line end at its end", "no-line-end", ["ci.yml"]],
    ["Windows' line ends", "windows-line-ends-text", ["ci.yml"]],
    ["a byte order mark", "byte-order-mark", ["ci.yml"]],
    ["a line that is added alone", "half-adopted", ["ci.yml"]],
  ])("%s", async (_, name, args) => {
    copy = new PipelineCopy(name);
    await initialise();
    const before = copy.readAll();
    const { code, stdout, stderr } = await adopt(...args, "--diff");
    expect([code, stdout.split("\n")[0]]).toEqual([0, expect.stringMatching(/^--- a\//)]);
    expect(stderr).toContain("is to be");
    expect(copy.readAll()).toEqual(before);

    writeFileSync(join(copy.folder, "patch"), stdout);
    expect(await execute("git", ["-c", "core.autocrlf=false", "apply", "patch"])).toMatchObject({ code: 0 });
    const patched = copy.readAll();
    expect(patched).not.toEqual(before);
    copy.remove();

    copy = new PipelineCopy(name);
    await initialise();
    expect((await adopt(...args)).code).toBe(0);
    expect(patched).toEqual(copy.readAll());
  });

  describe("its paths are from the repository root, however the file is named", () => {
    const text = `container: ${stock}\nsteps: []\n`;
    const own = "pipelines of ours/ci (1)'s ü.yml";

    test.each([
      ["with ./", ".", `./${own}`],
      ["with ..", "other", `../${own}`],
      ["from its folder", "pipelines of ours", "ci (1)'s ü.yml"],
      ["by its whole path", "other", own],
      ["by a folder", ".", "./pipelines of ours/"],
    ])("%s", async (way, from, name) => {
      copy = new PipelineCopy({ [own]: text, "other/a.txt": "" });
      await initialise();
      const path = way === "by its whole path" ? join(copy.folder, name) : name;
      const { stdout } = await adoptIn(join(copy.folder, from), path, "--diff");
      // Git's own way to write such a name.
      const quoted = own.replace("ü", "\\303\\274");
      expect(stdout.split("\n").slice(0, 2)).toEqual([`--- "a/${quoted}"`, `+++ "b/${quoted}"`]);
      writeFileSync(join(copy.folder, "patch"), stdout);
      expect(await execute("git", ["apply", "patch"])).toMatchObject({ code: 0, stderr: "" });
      expect(copy.read(own)).toContain("image: $(jobContainerImage)");
    });
  });

  test("with --check, the exit code is 1 if something is left to do", async () => {
    copy = new PipelineCopy("resource");
    const { code, stdout } = await adopt("ci.yml", "--diff", "--check");
    expect([code, stdout]).toEqual([1, expect.stringContaining("\n+    endpoint: acrconnection\n")]);
    expect(copy.read("ci.yml")).toContain(stock);
  });
});

describe("exit code 1, and a message without a stack", () => {
  test.each([
    ["a doubt", "several-tags", "error: several containers of ci.yml could be meant:\n"],
    ["none", "none", `error: no container of ci.yml's jobs has the image ${stock}\n`],
    ["a file that is no YAML", "not-yaml", "error: ci.yml:3 is not a pipeline's YAML: "],
    [
      "a template that is missing",
      "missing-template",
      "error: ci.yml:3 includes steps/test.yml, but there is no file steps/test.yml: correct its path, or add it\n",
    ],
  ])("%s", async (_, name, message) => {
    copy = new PipelineCopy(name);
    const before = copy.readAll();
    const { code, stdout, stderr } = await adopt("ci.yml");
    expect([code, stdout, stderr]).toEqual([1, "", expect.stringContaining(message)]);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(copy.readAll()).toEqual(before);
  });
});

test("exit code 1 if a part is left to do by hand", async () => {
  copy = new PipelineCopy("some-as-parameter");
  const { code, stdout } = await adopt("ci.yml");
  expect([code, stdout]).toEqual([1, expect.stringContaining("edit that container's image and endpoint by hand")]);
  expect(copy.read("ci.yml")).toContain("image: $(jobContainerImage)");
});

test("a template that is handed on to another, and is not where it could be, is said", async () => {
  copy = new PipelineCopy("handed-on");
  const { code, stdout } = await adopt("ci.yml");
  expect([code, stdout.split("\n")[1]]).toEqual([
    0,
    "ci.yml:8  more.yml was not read: there is no file templates/more.yml",
  ]);
});

test("in a script of npm, which goes to the package's folder, a path is from where the person stands", async () => {
  copy = new PipelineCopy({ "package.json": "{}", "pipelines/ci.yml": `container: ${stock}\nsteps: []\n` });
  const env = {
    ...process.env,
    npm_lifecycle_event: "npx",
    npm_package_json: join(copy.folder, "package.json"),
    INIT_CWD: join(copy.folder, "pipelines"),
  };
  const { code, stdout } = await execute(process.execPath, [command, "adopt", "ci.yml"], copy.folder, env);
  expect([code, stdout.split("\n")[0]]).toEqual([
    0,
    `ci.yml:1  ${stock} is now $(jobContainerImage), pulled through acrconnection`,
  ]);
  expect(stdout).toContain("    - path: pipelines/ci.yml\n");
});

test("outside of a repository, the working directory is its root", async () => {
  copy = new PipelineCopy("nested-templates");
  rmSync(join(copy.folder, ".git"), { recursive: true });
  const { code, stdout } = await adopt("pipelines/ci.yml");
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^templates\/jobs\.yml:4 /)]);
});

describe("a command that is not understood: exit code 2, and nothing is written", () => {
  test.each([
    ["no file", [], "error: missing required argument 'path'"],
    ["a file that does not exist", ["no.yml"], "error: no.yml does not exist: name a pipeline's file"],
    ["an unknown option", ["ci.yml", "--chekc"], "error: unknown option '--chekc'"],
    ["an empty name", ["ci.yml", "--endpoint", ""], "error: --endpoint is empty: give it a name"],
  ])("%s", async (_, args, message) => {
    copy = new PipelineCopy("resource");
    const before = copy.readAll();
    const { code, stdout, stderr } = await adopt(...args);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
    expect(copy.readAll()).toEqual(before);
  });
});
