import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { readPipeline } from "../../../src/pipeline-files/read-pipeline";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "templates-")));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The files that are read, and what is said of those that are not. */
function read(files: Record<string, string>, path = "pipelines/ci.yml") {
  write(files);
  const pipeline = readPipeline(join(folder, path));
  if (pipeline === undefined) throw new Error(`there is no ${path}`);
  const fromFolder = (text: string) => text.replaceAll(`${relative("", folder)}/`, "").replaceAll(`${folder}/`, "");
  return {
    files: pipeline.files.map((file) => fromFolder(file.path)).slice(1),
    unread: pipeline.unread.map(({ place, text }) => fromFolder(`${place} ${text}`)),
  };
}

const steps = "steps: [{script: a}]\n";

describe("a path is relative to the including file, and absolute in its repository", () => {
  test.each([
    ["relative", "jobs/a.yml", "pipelines/jobs/a.yml"],
    ["relative with @self", "jobs/a.yml@self", "pipelines/jobs/a.yml"],
    ["upwards with @self", "../jobs/a.yml@self", "jobs/a.yml"],
    ["with ./ and @SELF", "./jobs/a.yml@SELF", "pipelines/jobs/a.yml"],
    ["with a repository that has no name", "jobs/a.yml@", "pipelines/jobs/a.yml"],
    ["absolute", "/jobs/a.yml", "jobs/a.yml"],
    ["absolute with @self", "/jobs/a.yml@self", "jobs/a.yml"],
    ["with backslashes", "jobs\\a.yml", "pipelines/jobs/a.yml"],
  ])("%s: %s", (_, reference, path) => {
    const both = { "jobs/a.yml": steps, "pipelines/jobs/a.yml": steps };
    expect(read({ ...both, "pipelines/ci.yml": `steps:\n- template: ${reference}\n` })).toEqual({
      files: [path],
      unread: [],
    });
  });

  test("a template's own templates are relative to it, with @self as well", () => {
    const files = {
      "pipelines/ci.yml": "jobs:\n- template: ../templates/jobs/all.yml@self\n",
      "templates/jobs/all.yml":
        "jobs:\n- template: one.yml@self\n- job: a\n  steps:\n  - template: ../steps/b.yml@self\n",
      "templates/jobs/one.yml": "jobs: []\n",
      "templates/steps/b.yml": steps,
    };
    expect(read(files).files).toEqual(["templates/jobs/all.yml", "templates/jobs/one.yml", "templates/steps/b.yml"]);
  });

  test("one that is handed to a template of this repository is relative to that", () => {
    const files = {
      "pipelines/ci.yml":
        "extends:\n  template: ../templates/base.yml\n  parameters:\n    jobs:\n    - job: a\n      steps:\n      - template: b.yml@self\n",
      "templates/base.yml": "parameters:\n- {name: jobs, type: jobList}\njobs: []\n",
      "templates/b.yml": steps,
    };
    expect(read(files)).toEqual({ files: ["templates/base.yml", "templates/b.yml"], unread: [] });
  });

  test.each([
    ["with @self is from the root", "jobs/a.yml@self", ["jobs/a.yml"], []],
    ["absolute with @self as well", "/jobs/a.yml@self", ["jobs/a.yml"], []],
    [
      "without it is there",
      "jobs/a.yml",
      [],
      ["pipelines/ci.yml:7 jobs/a.yml was not read: it is relative to base.yml@shared, which was not read"],
    ],
    [
      "absolute without it as well",
      "/jobs/a.yml",
      [],
      ["pipelines/ci.yml:7 /jobs/a.yml was not read: it is relative to base.yml@shared, which was not read"],
    ],
  ])("one that is handed to a template of another repository: %s", (_, reference, files, unread) => {
    const pipeline = `extends:\n  template: base.yml@shared\n  parameters:\n    jobs:\n    - job: a\n      steps:\n      - template: ${reference}\n`;
    const found = read({ "jobs/a.yml": steps, "pipelines/jobs/a.yml": steps, "pipelines/ci.yml": pipeline });
    expect(found.files).toEqual(files);
    expect(found.unread.slice(1)).toEqual(unread);
  });

  test("what leads out of the repository, or names two of them, is none of it", () => {
    expect(() => read({ "pipelines/ci.yml": "steps:\n- template: ../../a.yml@self\n" })).toThrow(
      "includes ../../a.yml@self, which is outside of the repository",
    );
    expect(read({ "pipelines/ci.yml": "steps:\n- template: a.yml@self@self\n" }).unread).toEqual([
      "pipelines/ci.yml:2 a.yml@self@self was not read: it is in another repository",
    ]);
  });
});

describe("data that has a key `template` is no template", () => {
  const withParameter = (lines: string[]) =>
    ["extends:", "  template: base.yml", "  parameters:", ...lines.map((line) => `    ${line}`), ""].join("\n");
  const base = { "pipelines/base.yml": "parameters:\n- {name: x, type: object}\njobs: []\n" };

  test.each([
    ["with other keys", ["apps:", "- template: web.yml", "  port: 80"]],
    ["that is no YAML file", ["apps:", "- template: web", "- template: deploy.json"]],
    ["that is a mapping's", ["app:", "  template: web.yml", "  port: 80"]],
    ["that is not the first key", ["apps:", "- name: web", "  template: web.yml"]],
    ["deep in it", ["apps:", "  all:", "  - - template: a b", "    - template: {path: c.yml}"]],
  ])("%s", (_, lines) => {
    const found = read({ ...base, "pipelines/ci.yml": withParameter(lines) });
    expect(found).toEqual({ files: ["pipelines/base.yml"], unread: [] });
  });

  test("what may be one in a parameter, and is not there, is said and is no mistake", () => {
    const found = read({
      ...base,
      "pipelines/ci.yml": withParameter(["steps:", "- template: no.yml", "- template: ../../no.yml"]),
    });
    expect(found.unread).toEqual([
      "pipelines/ci.yml:5 no.yml was not read: there is no file pipelines/no.yml",
      "pipelines/ci.yml:6 ../../no.yml was not read: it would be outside of the repository",
    ]);
  });

  test("steps, jobs and stages in a parameter are read, and templates of variables are", () => {
    const found = read({
      ...base,
      "pipelines/a.yml": steps,
      "pipelines/v.yml": "variables: {}\n",
      "pipelines/w.yml": "variables: {}\n",
      "pipelines/ci.yml": `variables:\n- template: v.yml\n- \${{ if a }}:\n  - template: w.yml\n    parameters: {a: b}\n${withParameter(["steps:", "- template: a.yml", "  parameters: {b: c}"])}`,
    });
    expect(found).toEqual({
      files: ["pipelines/v.yml", "pipelines/w.yml", "pipelines/base.yml", "pipelines/a.yml"],
      unread: [],
    });
    expect(() => read({ "pipelines/ci.yml": "variables:\n- template: no.yml\nsteps: []\n" })).toThrow(
      "includes no.yml, but there is no file",
    );
  });
});
