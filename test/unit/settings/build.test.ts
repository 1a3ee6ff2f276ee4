import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import dockerignore from "@balena/dockerignore";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentDefinition } from "../../../src/rules/environment-definition";
import { findBuildFiles } from "../../../src/settings/build";

const taking = "ARG BASE_IMAGE\nFROM $BASE_IMAGE\nCOPY --from=lock *.lock /\n";

let root: string;
let warn: jest.SpyInstance;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "repository-"));
  write("docker/Dockerfile", taking);
  warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
});
afterEach(() => {
  warn.mockRestore();
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** @param project the folder that the program runs in, from the root */
function find(changed: Partial<EnvironmentDefinition> = {}, project = "") {
  const definition: EnvironmentDefinition = {
    ...{ dockerfile: "docker/Dockerfile", baseImage: "base", condaFile: "docker/ci.yml", condaChannel: "conda-forge" },
    ...changed,
  };
  mkdirSync(join(root, project), { recursive: true });
  const files = findBuildFiles(definition, { root, folder: join(root, project) });
  return { files, warnings: warn.mock.calls.map(([message]) => message) };
}

test("where the program runs in the root, paths are those of the settings, letter by letter", () => {
  expect(find({ lockFolder: "locks" })).toEqual({
    files: {
      ...{ context: "docker", dockerfile: "docker/Dockerfile", lockFolder: "locks/docker" },
      lockFiles: ["locks/docker/ci.linux-64.lock"],
      arguments: new Set(["BASE_IMAGE"]),
    },
    warnings: [],
  });
  expect(find({ dockerfile: "./docker/Dockerfile" }).files).toMatchObject({
    ...{ context: "./docker", dockerfile: "./docker/Dockerfile" },
  });
  expect(existsSync(join(root, ".job-container"))).toBe(false);
});

test("where it runs in a folder below, they lead from there", () => {
  expect(find({ lockFolder: "locks" }, "deploy").files).toMatchObject({
    ...{ context: "../docker", dockerfile: "../docker/Dockerfile", lockFolder: "../locks/docker" },
  });
});

describe("what the build does not see", () => {
  test.each([
    ["the root", { buildContext: "." }, "", "."],
    ["the root, seen from a folder below", { buildContext: "." }, "deploy", ".."],
    ["a folder that was chosen", { buildContext: "docker" }, "", "docker"],
    ["the Dockerfile's folder, with the project folder in it", {}, "docker/deploy", ".."],
  ])("is listed beside a copy of the Dockerfile, if the context is %s", (_, changed, project, context) => {
    const { files, warnings } = find(changed, project);
    expect({ files, warnings }).toMatchObject({
      files: { context, dockerfile: ".job-container/docker/Dockerfile" },
      warnings: [],
    });
    const folder = join(root, project, ".job-container");
    expect(readFileSync(join(folder, "docker/Dockerfile"), "utf8")).toBe(taking);
    expect(existsSync(join(folder, "docker/Dockerfile.dockerignore"))).toBe(true);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("*\n");
  });

  test("is what is large, secret or changed by every command, in any folder, and nothing that an image may be made of", () => {
    find({ buildContext: "." }, "job-container");
    const list = readFileSync(join(root, "job-container/.job-container/docker/Dockerfile.dockerignore"), "utf8");
    const ignored = dockerignore().add(list);
    const unseen = [
      ...[".git/HEAD", ".env", ".venv/bin/python", "venv/bin/python", "model/.ipynb_checkpoints/a.ipynb"],
      ...["model/__pycache__/a.pyc", ".pytest_cache/a", ".mypy_cache/a", ".ruff_cache/a", ".tox/py/a"],
      ...["job-container/node_modules/a/index.js", "job-container/.environments/dev-a/Pulumi.yaml"],
      ...["job-container/Pulumi.dev.yaml", "job-container/Pulumi.local.yaml", "job-container/.pulumi/credentials.json"],
      ...["job-container/.job-container/docker/Dockerfile", ".local-cloud/conda-locks/model/ci.linux-64.lock"],
    ];
    const seen = [
      ...["docker/Dockerfile", "model/ci.yml", "model/train.py", "environment.yml", "env/settings.py", "data/a.csv"],
      ...[".gitignore", ".pipelines/ci.yml", "locks/model/ci.linux-64.lock"],
    ];
    expect(unseen.filter((path) => !ignored.ignores(path))).toEqual([]);
    expect(seen.filter((path) => ignored.ignores(path))).toEqual([]);
  });

  test.each([".dockerignore", "docker/Dockerfile.dockerignore"])("is the team's own list if there is a %s", (path) => {
    write(path, "data\n**/.git\n");
    write(".git/HEAD", "");
    const { files, warnings } = find({ buildContext: "." });
    expect(files.dockerfile).toBe("docker/Dockerfile");
    expect(warnings).toEqual([]);
  });

  test("is warned of, if the team's list leaves in what is large or secret", () => {
    write(".dockerignore", "data\n");
    for (const name of [".git/HEAD", "node_modules/a.js", "data/x"]) write(name, "");
    expect(find({ buildContext: "." }).warnings).toEqual([
      expect.stringMatching(
        /^the build sees \.git, node_modules, which \.dockerignore does not keep out: .*\*\*\/\.git/,
      ),
    ]);
  });
});

test("a Dockerfile without a lock, and what no job could run in, are said before anything is built", () => {
  write("docker/Dockerfile", 'FROM debian:12\nUSER app\nENTRYPOINT ["bash"]\n');
  expect(find().warnings).toEqual([
    expect.stringMatching(
      /^docker\/Dockerfile:2: no job could run in the image\. USER app .*`USER root` at the end\.$/,
    ),
    expect.stringMatching(/^docker\/Dockerfile:3: no job could run in the image\. ENTRYPOINT \["bash"\] /),
    expect.stringMatching(/^docker\/Dockerfile takes no lock file, so two builds of it may install different versions/),
  ]);
});
