import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { settingsToChange } from "../../../../src/cli/adopt/settings";

let folder: string;
const before = process.cwd();
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "settings-")));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

/** What is said in a folder of a repository with these files. */
function said(files: Record<string, string>, paths: string[], from = "."): string[] | undefined {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  process.chdir(join(folder, from));
  return settingsToChange(paths)?.split("\n");
}

const project = { "job-container/Pulumi.yaml": "name: team\nruntime: nodejs\n" };
const stack = (config: string) => ({
  "job-container/Pulumi.dev.yaml": `config:\n  azure-native:location: x\n${config}`,
});
const has = (file: string, missing: string) =>
  `${file} has to name ${missing}, or the stack gives no image and no permission to use the connection.`;
const takenUp = "a pipeline that has a definition already has it taken up with adopt: <its id>:";

test("the second pipeline comes behind those that the stack has, which keep what is set of them", () => {
  const list = "  team:modelPipelines:\n    - path: a.yml\n      adopt: 12\n    - {path: b.yml, name: nightly}\n";
  expect(said({ ...project, ...stack(list) }, ["c.yml"])).toEqual([
    has("job-container/Pulumi.dev.yaml", "c.yml"),
    "Make it there, below config;",
    takenUp,
    "",
    "  team:modelPipelines:",
    "    - path: a.yml",
    "      adopt: 12",
    "    - path: b.yml",
    "      name: nightly",
    "    - path: c.yml",
  ]);
});

test("each stack is said, with its file from where the person stands", () => {
  const files = {
    ...project,
    ...stack("  team:modelPipelines:\n    - path: a.yml\n"),
    "job-container/Pulumi.prod.yaml": "config:\n  team:modelPipelines:\n    - path: b.yml\n",
  };
  const lines = said(files, ["a.yml"], "job-container") ?? [];
  expect(lines[0]).toBe("Pulumi.dev.yaml has a.yml in its settings already.");
  expect(lines.slice(2)).toEqual([
    has("Pulumi.prod.yaml", "a.yml"),
    "Make it there, below config;",
    takenUp,
    "",
    "  team:modelPipelines:",
    "    - path: b.yml",
    "    - path: a.yml",
  ]);
});

test.each([
  ["modelPipeline of the stack", "  team:modelPipeline: ./a.yml\n", " in place of team:modelPipeline", "./a.yml"],
  ["what Pulumi.yaml declares", "", "", "declared.yml"],
])("%s becomes the first of the list", (_, config, instead, first) => {
  const declared = "name: team\nruntime: nodejs\nconfig:\n  modelPipeline: {type: string, default: declared.yml}\n";
  expect(said({ "job-container/Pulumi.yaml": declared, ...stack(config) }, ["c.yml"])).toEqual([
    has("job-container/Pulumi.dev.yaml", "c.yml"),
    `Make it there, below config${instead};`,
    takenUp,
    "",
    "  team:modelPipelines:",
    `    - path: ${first}`,
    "    - path: c.yml",
  ]);
});

test("the pipeline that a stack has by default is one, if the repository has it", () => {
  const files = { ...project, ...stack("") };
  expect(said(files, ["c.yml"])?.at(-2)).toBe("  team:modelPipelines:");
  expect(said({ ...files, "pipelines/model-ci.yml": "" }, ["c.yml"])?.slice(-2)).toEqual([
    "    - path: pipelines/model-ci.yml",
    "    - path: c.yml",
  ]);
  expect(said(files, ["pipelines/model-ci.yml"])).toEqual([
    "job-container/Pulumi.dev.yaml has pipelines/model-ci.yml in its settings already.",
  ]);
});

test("an only pipeline that is there, written otherwise, is not added", () => {
  expect(said({ ...project, ...stack("  team:modelPipeline: ./pipelines/../a.yml\n") }, ["a.yml"])).toEqual([
    "job-container/Pulumi.dev.yaml has a.yml in its settings already.",
  ]);
});

test.each([
  ["no project", {}, "job-container"],
  ["a project without a stack", project, "team"],
  ["two projects", { ...project, "other/Pulumi.yaml": "name: other\nruntime: nodejs\n" }, "job-container"],
])("with %s, it is the setting alone", (_, files, name) => {
  expect(said(files, ["a.yml", "b.yml"])).toEqual([
    "A stack gives them the image by this setting, in Pulumi.<stack>.yaml below config, with the pipelines that it has already;",
    takenUp,
    "",
    `  ${name}:modelPipelines:`,
    "    - path: a.yml",
    "    - path: b.yml",
  ]);
});

test("nothing, if no pipeline uses the job container", () => {
  expect(said(project, [])).toBeUndefined();
});
