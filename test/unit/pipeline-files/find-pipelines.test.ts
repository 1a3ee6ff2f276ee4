import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { findPipelines } from "../../../src/pipeline-files/find-pipelines";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "found-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function find(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const paths = Object.keys(files).map((name) => join(folder, name));
  return findPipelines(paths).map((file) => [
    file.kind,
    file.kind === "pipeline" ? "" : file.reason.replaceAll(`${relative("", folder)}/`, "").replaceAll(`${folder}/`, ""),
  ]);
}

const pipeline = ["pipeline", ""];
const noList = ["other", "it has no list of stages, jobs or steps, and extends nothing"];

test.each([
  ["only steps", "steps:\n- script: a\n"],
  ["stages", "stages:\n- stage: a\n  jobs: []\n"],
  ["phases", "phases:\n- phase: a\n"],
  ["what it extends", "extends:\n  template: a.yml@b\n"],
  [
    "jobs under conditions, and templates",
    `jobs:\n- \${{ if a }}:\n  - job: a\n- template: a.yml@b\n- \${{ parameters.jobs }}\n`,
  ],
  ["parameters of its run", "parameters:\n- {name: a}\ntrigger: none\nsteps:\n- task: A@1\n"],
  ["brackets", "{ pool: a, jobs: [ { job: a } ] }\n"],
])("a pipeline has %s", (_, text) => {
  expect(find({ "ci.yml": text })).toEqual([pipeline]);
});

test.each([
  ["GitHub's workflow", "on: push\njobs:\n  a:\n    steps:\n    - run: a\n"],
  ["GitLab's stages", "stages:\n- build\n- test\nbuild:\n  script: a\n"],
  ["Google's Cloud Build", "steps:\n- name: gcr.io/a\n  script: a\n"],
  ["Buildkite's steps", "steps:\n- label: a\n  command: b\n- wait\n"],
  ["Drone's steps", "kind: pipeline\nsteps:\n- name: a\n  image: b\n"],
  ["Travis' jobs", "jobs:\n  include:\n  - stage: a\n"],
  ["Docker Compose", "services:\n  a: {image: b}\n"],
])("%s is none", (_, text) => {
  expect(find({ "ci.yml": text })).toEqual([noList]);
});

test("a template is none: another includes it, or it has parameters and nothing that only a pipeline has", () => {
  expect(
    find({
      "ci.yml": "steps:\n- template: a.yml\n- template: b.yml\n",
      "a.yml": "steps:\n- script: a\n",
      "b.yml": "trigger: none\nsteps: []\n",
      "c.yml": "parameters:\n- {name: x}\nsteps: []\n",
    }),
  ).toEqual([
    pipeline,
    ["other", "it is a template of ci.yml"],
    ["other", "it is a template of ci.yml"],
    ["other", "it is a template: it has parameters, and none of trigger, pr, schedules, pool, resources"],
  ]);
});

test("one that cannot be read is broken if it looks like one, and otherwise something else", () => {
  expect(find({ "ci.yml": "steps:\n- template: no.yml\n", "a.yml": "steps: [\n", "b.yml": "- a\n" })).toEqual([
    ["broken", "ci.yml:2 includes no.yml, but there is no file no.yml: correct its path, or add it"],
    ["other", expect.stringContaining("a.yml:2 is not a pipeline's YAML")],
    ["other", expect.stringContaining("b.yml is not a pipeline")],
  ]);
});
