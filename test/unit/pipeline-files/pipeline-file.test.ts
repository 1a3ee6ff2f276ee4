import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPipelineFile, textOf } from "../../../src/pipeline-files/pipeline-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const path = join(folder, "ci.yml");
  writeFileSync(path, text);
  return readPipelineFile(path);
}

const anchor = "which Azure Pipelines refuses: remove it, and write out what its aliases stand for";
const key = "a complex key, which Azure Pipelines refuses: write it as `key: value`";

test.each([
  [
    "an anchor that nothing uses",
    "steps: []\nvariables:\n  a: &shared first\n",
    `3 has an anchor (&shared), ${anchor}`,
  ],
  [
    "an anchor in front of a mapping",
    "jobs:\n- job: a\n  container: &in\n    image: a\n",
    `3 has an anchor (&in), ${anchor}`,
  ],
  ["an anchor in front of a list", "steps: &all\n- script: a\n", `1 has an anchor (&all), ${anchor}`],
  [
    "an anchor with its alias: the first of both",
    "variables: {a: &image b}\ncontainer: *image\nsteps: []\n",
    `1 has an anchor (&image), ${anchor}`,
  ],
  ["an anchor of the whole file", "--- &all\nsteps: []\n", `1 has an anchor (&all), ${anchor}`],
  ["an anchor on a key", "steps: []\n&k name: a\n", `2 has an anchor (&k), ${anchor}`],
  ["keys that are merged in", "a: &in {b: c}\njob:\n  <<: *in\n", `1 has an anchor (&in), ${anchor}`],
  ["a complex key", "? container\n: python:3.8\nsteps: []\n", `1 has ${key}`],
  ["a complex key in a job", "jobs:\n- job: a\n  ? container\n  : python:3.8\n", `3 has ${key}`],
  ["a complex key without a value", "steps: []\n? container\n", `2 has ${key}`],
  ["a complex key in brackets", "jobs: [ { job: a, ? container : python:3.8 } ]\n", `1 has ${key}`],
  ["a list for a key", "steps: []\n[a, b]: c\n", `2 has ${key}`],
  ["a mapping for a key", "steps: []\n{a: b}: c\n", `2 has ${key}`],
  ["a set", "steps: []\nvariables: !!set\n  ? a\n  ? b\n", `3 has ${key}`],
  [
    "a key twice, in another case",
    "steps: []\nname: a\nName: b\n",
    "3 is not a pipeline's YAML: Map keys must be unique",
  ],
])("%s is refused, with its line", (_, text, message) => {
  expect(() => read(text)).toThrow(`${join(folder, "ci.yml")}:${message}`);
});

test.each([
  [
    "an ampersand and a star in texts",
    "steps:\n- script: a && b *c\n- script: '&a *b'\n- bash: |\n    &c *d\n    ? e\n",
  ],
  ["two blocks under one condition", `steps: []\n\${{ if a }}:\n  name: a\n\${{ if a }}:\n  pr: none\n`],
  ["a marker of the document", "---\nsteps: []\n...\n"],
])("%s is read", (_, text) => {
  expect(read(text)?.text).toBe(text);
});

test("a text is what is written", () => {
  const [{ value } = { value: null }] = read("name: 3.10\n")?.root.items ?? [];
  expect(textOf(value)).toBe("3.10");
});
