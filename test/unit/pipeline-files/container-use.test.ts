import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { containerUse } from "../../../src/pipeline-files/container-use";
import { readPipeline } from "../../../src/pipeline-files/read-pipeline";
import { requireContainerUse } from "../../../src/settings/container-use";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pipelines-"));
  mkdirSync(join(folder, ".git"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const resource = (endpoint = "acrconnection", image = "$(jobContainerImage)") =>
  `resources:\n  containers:\n    - container: Job\n      image: ${image}\n      endpoint: ${endpoint}\n`;
/** What a parameter gives. */
const parameter = (name: string) => `\${{ parameters.${name} }}`;
const job = (container: string) => `jobs:\n  - job: one\n    container: ${container}\n    steps: [{ script: echo }]\n`;

function use(text: string, template?: string) {
  writeFileSync(join(folder, "ci.yml"), text);
  if (template !== undefined) writeFileSync(join(folder, "template.yml"), template);
  const pipeline = readPipeline(join(folder, "ci.yml"));
  if (pipeline === undefined) throw new Error("there is no ci.yml");
  return containerUse(pipeline, "acrconnection");
}

test.each([
  ["a job in the resource", resource() + job("Job")],
  ["a job that writes its name in another case", resource() + job("job")],
  ["a job with a container of its own", job("{ image: $(jobContainerImage), endpoint: acrconnection }")],
  ["a step in the resource", `${resource()}steps:\n  - script: echo\n    target: Job\n`],
  ["a job whose connection a parameter gives", resource(parameter("connection")) + job("Job")],
])("it is used by %s", (_, text) => {
  expect(use(text)).toEqual({ kind: "yes", defeated: [] });
});

test("it is used by a job of a template", () => {
  expect(use(`${resource()}extends:\n  template: template.yml\n`, job("Job"))).toEqual({ kind: "yes", defeated: [] });
});

test("the steps are said that its container defeats, and those of no other job", () => {
  const jobs = `jobs:
  - job: one
    container: Job
    steps: [{ task: AzureCLI@2 }]
  - job: two
    steps: [{ task: AzureCLI@2 }]
`;
  expect(use(resource() + jobs)).toMatchObject({
    kind: "yes",
    defeated: [{ place: expect.stringMatching(/ci\.yml:9$/), name: "AzureCLI@2" }],
  });
});

test("a preview warns of them, and not of programs that the image has", () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  writeFileSync(
    join(folder, "ci.yml"),
    `${resource()}container: Job\nsteps:\n  - script: sudo id\n  - task: AzureCLI@2\n`,
  );
  const warned = (programs: string[]) => {
    warn.mockClear();
    const read = () => readPipeline(join(folder, "ci.yml"));
    requireContainerUse([{ kind: "only", path: "ci.yml" }], "acrconnection", () => programs, read);
    return warn.mock.calls;
  };
  const sudo = [expect.stringMatching(/ci\.yml:8: the script uses sudo, /)];
  expect(warned([])).toEqual([
    sudo,
    [expect.stringMatching(/ci\.yml:9: AzureCLI@2 needs the program az in the image/)],
  ]);
  expect(warned(["az"])).toEqual([sudo]);
});

test.each([
  ["there is no container", "container", "steps: [{ script: echo }]\n"],
  ["it has another image", "container", resource("acrconnection", "python:3.12") + job("Job")],
  ["it is pulled through another connection", "connection", resource("mirror") + job("Job")],
  ["it is pulled without a connection", "connection", job("{ image: $(jobContainerImage) }")],
  ["no job runs in it", "job", resource() + job("python:3.12")],
])("it is not used where %s", (_, reason, text) => {
  expect(use(text)).toEqual({ kind: "no", reason, why: expect.stringMatching(/ci\.yml/) });
});

test.each([
  ["the image is a parameter's", resource("acrconnection", parameter("image")) + job("Job")],
  ["the job's container is a matrix's", resource() + job("$[ variables.container ]")],
  ["a template is in another repository", "extends:\n  template: jobs.yml@templates\n"],
])("only the compilation decides where %s", (_, text) => {
  expect(use(text)).toEqual({ kind: "unknown", why: expect.stringMatching(/ci\.yml:\d+: /) });
});
