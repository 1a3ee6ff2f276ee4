import { readFileSync } from "node:fs";
import type { Choices } from "../../../src/cli/init/choose";
import type { Found } from "../../../src/cli/init/look";
import { packageManagerOf } from "../../../src/cli/init/package-manager";
import { render } from "../../../src/cli/init/render";

/** This repository, as init would find it. */
const found: Found = {
  ...{ root: ".", isGit: true, name: "job-container", defaultBranch: "main" },
  ...{ dockerfiles: [], condaFiles: [], pipelines: { withContainer: [], withoutContainer: [] }, projects: [] },
};
const choices: Choices = {
  dockerfile: { path: "docker/Dockerfile", buildContext: "docker", copies: [], isNew: false },
  conda: {
    ci: "docker/ci_dependencies.yml",
    training: ["docker/conda_dependencies.yml"],
    scoring: ["docker/conda_dependencies_scoring.yml"],
    isNew: false,
  },
  modelPipelines: { paths: [], isNew: false },
  todos: [],
};
/** Its commands are sources, so a run installs what those use, and not the local cloud. */
const light =
  "npm pkg set --json workspaces='[\"src\"]' && npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund";

test.each([
  ["docker/docker-image-pipeline.yml", "image-build.yml"],
  ["pipelines/infrastructure.yml", "infrastructure.yml"],
])("this repository's %s is what init makes of its template %s", (own, template) => {
  const files = render(found, choices, ".", { ...packageManagerOf("test"), light });
  expect(readFileSync(own, "utf8")).toBe(files.find(({ path }) => path === template)?.text);
});

test.each(["Pulumi.yaml", "templates/Pulumi.yaml"])(
  "the program of %s is index.ts, whatever a package.json beside it names",
  (path) => {
    expect(readFileSync(path, "utf8")).toMatch(/^main: index\.ts$/m);
  },
);
