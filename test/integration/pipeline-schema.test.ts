import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { generatedPipelines } from "../support/generated-pipelines";
import { projectRoot } from "../support/repository";
import { CheckJsonschema } from "./support/check-jsonschema";

let checker: CheckJsonschema;
let folder: string;
beforeAll(async () => {
  checker = await CheckJsonschema.install();
  folder = mkdtempSync(join(tmpdir(), "pipelines-"));
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

const filesIn = (path: string, pattern: RegExp) =>
  readdirSync(join(projectRoot, path))
    .filter((name) => pattern.test(name))
    .map((name) => join(path, name));
const pipelines = [...filesIn("docker", /-pipeline\.yml$/), ...filesIn("pipelines", /\.yml$/)];

test("there are pipelines of both kinds to validate", () => {
  expect(pipelines).toEqual(expect.arrayContaining(["docker/docker-image-pipeline.yml", "pipelines/model-ci.yml"]));
});

test.each(pipelines)("%s is valid against Azure Pipelines' published schema", async (path) => {
  expect(await checker.pipelineProblems(join(projectRoot, path))).toEqual([]);
});

test.each(["job-container", "."])(
  "what init writes to %s of a team's repository is valid as well",
  async (directory) => {
    const team = join(folder, `team-${directory}`);
    cpSync(join(projectRoot, "examples/diabetes_regression"), team, { recursive: true });
    const args = [join(projectRoot, "src/cli/job-container.js"), "init", "--yes", "--directory", directory];
    execFileSync(process.execPath, args, { cwd: team, stdio: "pipe" });
    for (const name of ["image-build.yml", "infrastructure.yml"]) {
      expect(await checker.pipelineProblems(join(team, directory, name))).toEqual([]);
    }
  },
);

test("what adopt makes of any pipeline is valid, as the pipeline was", async () => {
  const pipelines = join(folder, "generated");
  mkdirSync(pipelines);
  const paths = fc.sample(generatedPipelines, 150).map(({ text }, index) => {
    const path = join(pipelines, `${index}.yml`);
    writeFileSync(path, text);
    return path;
  });
  expect(await checker.pipelineProblems(...paths)).toEqual([]);
  const before = paths.map((path) => readFileSync(path, "utf8"));
  const command = [join(projectRoot, "src/cli/job-container.js"), "adopt", ".", "--all-jobs"];
  execFileSync(process.execPath, command, { cwd: pipelines, stdio: "pipe" });
  for (const [index, path] of paths.entries()) expect(readFileSync(path, "utf8")).not.toBe(before[index]);
  expect(await checker.pipelineProblems(...paths)).toEqual([]);
});

test.each([
  ["a key that no step has", "displayName: Push", "displayNam: Push", "'displayNam' was unexpected"],
  ["an input that is a mapping", "containerRegistry: $(registryConnection)", "containerRegistry: {a: b}", "{'a': 'b'}"],
])("a pipeline with %s is not", async (_, from, to, reason) => {
  const file = join(folder, "broken.yml");
  const text = readFileSync(join(projectRoot, "docker/docker-image-pipeline.yml"), "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  expect((await checker.pipelineProblems(file)).join("\n")).toContain(reason);
});
