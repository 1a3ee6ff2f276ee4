import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Step {
  bash?: string;
  displayName: string;
  inputs?: Record<string, string>;
}

const { trigger, steps }: { trigger: { paths: unknown }; steps: Step[] } = parse(
  readFileSync("docker/docker-image-pipeline.yml", "utf8"),
);
const build = steps.find(({ inputs }) => inputs?.command === "build")?.inputs ?? {};

/** The variables that the first step sets for the later ones. */
function variables(environment: Record<string, string>): Record<string, string> {
  const output = execFileSync("bash", ["--norc", "-c", steps[0]?.bash ?? ""], {
    encoding: "utf8",
    env: { BUILD_BUILDNUMBER: "20261124.1", AMLSDKVERSION: "", GITHUBRELEASE: "", LOCKFOLDER: "", ...environment },
  });
  const set = [...output.matchAll(/^##vso\[task\.setvariable variable=(\w+)\](.*)$/gm)];
  return Object.fromEntries(set.map(([, name = "", value = ""]) => [name, value.replaceAll("%0A", "\n").trim()]));
}

test("it runs when the environment definition changes, and not for what training and scoring use", () => {
  expect(trigger.paths).toEqual({
    include: ["docker"],
    exclude: ["docker/conda_dependencies.yml", "docker/conda_dependencies_scoring.yml"],
  });
});

test("it builds from what the stack set on its definition, and labels the image with where it is from", () => {
  expect(build.arguments?.split(" --")).toEqual([
    '--build-arg "BASE_IMAGE=$(baseImage)"',
    'build-arg "CONDA_FILE=$(condaFile)"',
    'build-arg "CONDA_CHANNEL=$(condaChannel)"',
    'label "org.opencontainers.image.source=$(Build.Repository.Uri)"',
    'label "org.opencontainers.image.revision=$(Build.SourceVersion)" $(options)',
  ]);
});

test("the task does not try to pull the image's own base, which is nothing", () => {
  expect(build.addBaseImageData).toBe(false);
});

test("a run without a release or SDK gets the tags that it has values for", () => {
  expect(variables({})).toEqual({ tags: "build-20261124.1\nlatest", options: "" });
});

test("the SDK's version and the release become tags, and the release a label", () => {
  expect(variables({ AMLSDKVERSION: "1.31.0", GITHUBRELEASE: "3.0.0" })).toEqual({
    tags: "build-20261124.1\nlatest\namlsdk-1.31.0\nrelease-3.0.0",
    options: '--label "org.opencontainers.image.version=3.0.0"',
  });
});

test("a folder of lock files is handed to the build, with spaces in its name or without", () => {
  expect(variables({ LOCKFOLDER: "conda locks" }).options).toBe('--build-context "lock=conda locks"');
});
