import { parse } from "yaml";
import { type Choices, choose } from "../../../../src/cli/init/choose";
import type { Found } from "../../../../src/cli/init/look";
import { packageManagerOf } from "../../../../src/cli/init/package-manager";
import { fill, namesIn, newPipelineIn, render } from "../../../../src/cli/init/render";
import { stackFile } from "../../../../src/cli/init/stack-file";

const found: Found = {
  root: "/somewhere",
  isGit: true,
  name: "diabetes_regression",
  remoteUrl: "https://dev.azure.com/contoso/mlops/_git/diabetes_regression",
  remote: {
    kind: "azureRepos",
    organizationUrl: "https://dev.azure.com/contoso",
    project: "mlops",
    name: "diabetes_regression",
  },
  defaultBranch: "master",
  dockerfiles: [{ path: "setup/Dockerfile", buildContext: ".", copies: [], usesConda: true }],
  condaFiles: ["model/ci.yml", "model/train.yml", "model/score.yml"],
  pipelines: { withContainer: ["a.yml", "b.yml"], withoutContainer: ["c.yml"] },
  projects: [],
};
const nothing: Found = {
  ...found,
  remote: undefined,
  remoteUrl: undefined,
  dockerfiles: [],
  condaFiles: [],
  pipelines: { withContainer: [], withoutContainer: [] },
};

const choicesFor = (one: Found, answer?: string): Promise<Choices> =>
  choose(one, newPipelineIn("job-container"), async () => answer);
const textOf = async (one: Found, path: string) =>
  render(one, await choicesFor(one), "job-container", packageManagerOf("/nowhere")).find((file) => file.path === path)
    ?.text ?? "";
const stackOf = (one: Found, choices: Choices) => stackFile(one, choices, namesIn("job-container", one));

test("everything that was found is in the stack's settings, and only what nobody can know is left to do", async () => {
  const text = stackOf(found, await choicesFor(found));
  expect(parse(text).config).toEqual({
    "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso",
    "azure-native:location": "westeurope",
    "diabetes_regression:project": "mlops",
    "diabetes_regression:repository": { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "master" },
    "diabetes_regression:registry": { kind: "new", name: "diabetesregressionacr" },
    "diabetes_regression:imageName": "diabetes_regression",
    "diabetes_regression:dockerfile": "setup/Dockerfile",
    "diabetes_regression:buildContext": ".",
    "diabetes_regression:condaFile": "model/ci.yml",
    "diabetes_regression:trainingFiles": ["model/train.yml"],
    "diabetes_regression:scoringFiles": ["model/score.yml"],
    "diabetes_regression:imageBuildPipeline": "job-container/image-build.yml",
    "diabetes_regression:modelPipelines": [{ path: "a.yml" }, { path: "b.yml" }],
  });
  expect(text.match(/# TODO: .*/g)).toEqual([
    expect.stringContaining("the Azure region"),
    expect.stringContaining("a name that no registry in Azure has yet"),
  ]);
});

test("a repository with nothing gets a Dockerfile, a conda file and a pipeline, and is asked where it is", async () => {
  const choices = await choicesFor(nothing);
  const files = render(nothing, choices, "job-container", packageManagerOf("/nowhere")).map(({ path }) => path);
  expect(files).toEqual(
    expect.arrayContaining(["docker/Dockerfile", "docker/ci_dependencies.yml", "job-container/model.yml"]),
  );
  const text = stackOf(nothing, choices);
  expect(parse(text).config).toMatchObject({
    "diabetes_regression:dockerfile": "docker/Dockerfile",
    "diabetes_regression:condaFile": "docker/ci_dependencies.yml",
    "diabetes_regression:modelPipelines": [{ path: "job-container/model.yml" }],
  });
  expect(text).toContain("# TODO: the organization in Azure DevOps (the repository has no remote origin)");
});

test("of two Dockerfiles the one with conda is taken; two of a kind are asked for, or left to do", async () => {
  const [first] = found.dockerfiles;
  const other = { path: "web/Dockerfile", buildContext: "web", copies: [], usesConda: false };
  if (first === undefined) throw new Error("no Dockerfile");
  expect((await choicesFor({ ...found, dockerfiles: [other, first] })).dockerfile.path).toBe("setup/Dockerfile");

  const two = { ...found, dockerfiles: [first, { ...other, usesConda: true }] };
  expect(await choicesFor(two, "web/Dockerfile")).toMatchObject({ dockerfile: { path: "web/Dockerfile" }, todos: [] });
  const choices = await choicesFor(two);
  expect(choices.todos).toEqual([
    { setting: "dockerfile", text: "choose one of setup/Dockerfile, web/Dockerfile; the first is set" },
  ]);
  expect(stackOf(two, choices)).toMatch(
    /# TODO: choose one of setup\/Dockerfile, web\/Dockerfile.*\n {2}\S+:dockerfile: setup/,
  );
});

test("pipelines without a container are named as what is left to do", async () => {
  const one = { ...found, pipelines: { withContainer: [], withoutContainer: ["c.yml"] } };
  expect(stackOf(one, await choicesFor(one))).toMatch(
    /# TODO: no job runs in a container yet: .*c\.yml.*\n.*modelPipelines: \[\]/,
  );
});

test("a GitHub repository is set with the connection that somebody has to name", async () => {
  const one: Found = { ...found, remote: { kind: "gitHub", name: "contoso/diabetes_regression" } };
  const text = stackOf(one, await choicesFor(one));
  expect(parse(text).config["diabetes_regression:repository"]).toEqual({
    kind: "gitHub",
    name: "contoso/diabetes_regression",
    defaultBranch: "master",
    serviceConnection: "TODO",
  });
  expect(text).toContain("# TODO: the project's service connection to GitHub");
});

test("branch and paths are in the pipelines' triggers, and nothing is left of the templates", async () => {
  for (const name of ["image-build.yml", "infrastructure.yml"]) {
    const text = await textOf(found, `job-container/${name}`);
    expect(text).not.toMatch(/(?<!\$)\{\{|\bmain\b/);
    expect(parse(text).trigger.branches.include).toEqual(["master"]);
  }
  const { trigger } = parse(await textOf(found, "job-container/image-build.yml"));
  expect(trigger.paths.include).toContain("model/ci.yml");
  expect(
    parse(await textOf({ ...found, defaultBranch: "release/a: #b" }, "job-container/infrastructure.yml")).trigger,
  ).toMatchObject({
    branches: { include: ["release/a: #b"] },
  });
});

test("names are made fit for a project, an image and a registry", async () => {
  for (const [name, project, registry] of [
    ["My Repo!", "my-repo", "myrepoacr"],
    ["--", "job-container", "mmacr"],
    ["Ünïcode", "n-code", "ncodeacr"],
    ["a".repeat(80), "a".repeat(80), `${"a".repeat(46)}acr`],
  ]) {
    const one = { ...found, name: name ?? "" };
    const { config } = parse(stackOf(one, await choicesFor(one)));
    expect(config[`${project}:registry`]).toEqual({ kind: "new", name: registry });
  }
});

test("a template that asks for what nobody has is a defect", () => {
  expect(fill("a {{b}} {{ c }}", { b: "1" })).toBe("a 1 {{ c }}");
  expect(() => fill("{{b}}", {})).toThrow("a template asks for b");
});
