import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../../../local-cloud/cloud/layout";
import { seedFiles } from "../../../../local-cloud/repository/seed";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "seed-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Makes a project of files that say where they are, and returns the paths of what its repository begins with. */
function seeded(...paths: string[]): string[] {
  for (const path of paths) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  return seedFiles(root).map(({ path }) => path);
}

test("the repository holds the project and a team's own files, hidden ones and those of no extension included", () => {
  const files = [".npmrc", "docker/Dockerfile", "model/train.py", "package.json"];
  expect(seeded(...files).sort()).toEqual(files);
  expect(seedFiles(root)).toContainEqual({ path: "model/train.py", content: "model/train.py" });
});

test.each([
  ["Git's folder", ".git/config"],
  ["installed packages", "node_modules/zod/index.js"],
  ["installed packages of a package", "sdks/azuredevops/node_modules/zod/index.js"],
  ["the local cloud's program", "local-cloud/cli/main.ts"],
  ["its tests", "test/unit/local-cloud.test.ts"],
  ["its stack's settings", "Pulumi.local.yaml"],
  ["settings of branch environments", ".environments/dev-tensorflow/Pulumi.dev-tensorflow.yaml"],
])("%s are not in it", (_, path) => {
  expect(seeded(path, "index.ts")).toEqual(["index.ts"]);
});

test("a local cloud is not in it, whatever its folder is called; a folder with settings of something else is", () => {
  const files = seeded("cloud/settings.json", "cloud/stacks/a", "cloud/keys.json", ".vscode/settings.json", "index.ts");
  expect(files.sort()).toEqual([".vscode/settings.json", "index.ts"]);
});

test("folders of a team's own with such names stay, below the first level", () => {
  expect(seeded("model/test/a.py", "model/local-cloud/b.py").sort()).toEqual([
    "model/local-cloud/b.py",
    "model/test/a.py",
  ]);
});

test("this project's has what its pipelines run", () => {
  const paths = seedFiles(projectRoot).map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...["docker/docker-image-pipeline.yml", "pipelines/model-ci.yml", "package.json", "package-lock.json", ".npmrc"],
      ...["src/cli/check/conda.ts", "src/cli/check/image.ts", "sdks/azuredevops/package.json"],
    ]),
  );
  expect(paths.filter((path) => path.endsWith(".py"))).toEqual([]); // of the local cloud's, which a team does not lint
});
