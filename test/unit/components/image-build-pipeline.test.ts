import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Step {
  bash?: string;
  displayName: string;
  env?: Record<string, string>;
  inputs?: Record<string, string>;
  target?: { commands: string; settableVariables: string | string[] };
}

const { trigger, steps }: { trigger: { paths: unknown }; steps: Step[] } = parse(
  readFileSync("docker/docker-image-pipeline.yml", "utf8"),
);
const stepOf = (name: string) => steps.find(({ displayName }) => displayName === name);
const build = stepOf("Build")?.inputs ?? {};

test("it runs when the environment definition changes, and not for what training and scoring use", () => {
  expect(trigger.paths).toEqual({
    include: ["docker"],
    exclude: ["docker/conda_dependencies", "docker/conda_dependencies_scoring"].flatMap((name) =>
      [".yml", ".linux-64.lock", ".linux-64.azureml.yml"].map((end) => name + end),
    ),
  });
});

test("it checks the environment before it builds, and the image before any tag moves but the run's own", () => {
  expect(steps.map(({ displayName }) => displayName)).toEqual([
    "Install the checks",
    "Choose the tags and options",
    "Check the environment",
    "Build",
    "Push",
    "Sign in",
    "Check the image",
    "Describe the image",
    "Move the other tags",
  ]);
  expect(stepOf("Push")?.inputs?.tags).toBe("$(buildTag)");
  expect(stepOf("Move the other tags")?.inputs?.tags).toBe("$(tags)");
});

test("no step but the one that chooses, and the task's sign-in, can change a variable of the run by what it prints", () => {
  const free = steps.filter(({ target }) => target?.commands !== "restricted");
  expect(free.map(({ displayName }) => displayName)).toEqual(["Sign in"]);
  const setting = steps.filter(({ target }) => target !== undefined && target.settableVariables !== "none");
  expect(setting.map(({ displayName, target }) => [displayName, target?.settableVariables])).toEqual([
    ["Choose the tags and options", ["buildTag", "tags", "options", "context", "preparedDockerfile"]],
  ]);
});

test("it checks the image for the platforms that the stack set, or the usual one", () => {
  expect(stepOf("Check the image")?.bash).toMatch(/ --platform "\$\{PLATFORMS:-linux\/amd64\}"$/);
});

test("it builds from what the stack set on its definition, and labels the image with where it is from", () => {
  const cache = "type=registry,ref=$(loginServer)/$(imageRepository)";
  expect(build).toMatchObject({
    ...{ Dockerfile: "$(preparedDockerfile)", buildContext: "$(context)" },
    ...{ repository: "$(imageRepository)", tags: "$(tags)" },
  });
  expect(build.arguments?.split(" --")).toEqual([
    "$(options)",
    `cache-from "${cache}:cache"`,
    `cache-from "${cache}:latest"`,
    "cache-to type=inline",
    'label "org.opencontainers.image.source=$(Build.Repository.Uri)"',
    'label "org.opencontainers.image.revision=$(Build.SourceVersion)"',
  ]);
});

test("the task does not try to pull the image's own base, which is nothing", () => {
  expect(build.addBaseImageData).toBe(false);
});
