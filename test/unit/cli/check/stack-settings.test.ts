import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type CondaQuestion, readCondaSettings } from "../../../../src/cli/check/conda/stack-settings";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "repository-"));
  mkdirSync(join(root, ".git"));
  mkdirSync(join(root, "deploy"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: unknown): void {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), stringify(content));
}

/** Stacks of a project in `deploy`, by their names, with the settings of theirs. */
function project(stacks: Record<string, Record<string, unknown>>, declared: Record<string, unknown> = {}): void {
  const config = Object.fromEntries(Object.entries(declared).map(([name, value]) => [name, { default: value }]));
  write("deploy/Pulumi.yaml", { name: "jc", runtime: "nodejs", config });
  for (const [stack, settings] of Object.entries(stacks)) {
    const named = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`jc:${name}`, value]));
    write(`deploy/Pulumi.${stack}.yaml`, { config: { "azure-native:location": "westeurope", ...named } });
  }
}

const read = (question: Partial<CondaQuestion> = {}, from = root) =>
  readCondaSettings({ root, folder: from }, { given: {}, ...question });

const builtIn = {
  ci: "docker/ci_dependencies.yml",
  training: ["docker/conda_dependencies.yml"],
  scoring: ["docker/conda_dependencies_scoring.yml"],
  platforms: ["linux/amd64"],
};

test("without a project the files are those of the defaults", () => {
  expect(read()).toEqual(builtIn);
});

test("without a stack they are what the project declares", () => {
  project({}, { condaFile: "a.yml", lockFolder: "" });
  expect(read()).toEqual({ ...builtIn, ci: "a.yml" });
});

test("the stack's settings go before those that the project declares", () => {
  const dev = { condaFile: "environments/ci.yml", trainingFiles: ["t.yml"], lockFolder: "locks" };
  project({ dev }, { condaFile: "a.yml", scoringFiles: ["s.yml"], condaChannel: "mirror", platforms: ["linux/arm64"] });
  for (const from of [root, join(root, "deploy")]) {
    expect(read({}, from)).toEqual({
      ...{ ci: "environments/ci.yml", training: ["t.yml"], scoring: ["s.yml"] },
      ...{ lockFolder: "locks", condaChannel: "mirror", platforms: ["linux/arm64"] },
    });
  }
});

describe("several stacks", () => {
  beforeEach(() => project({ dev: { condaFile: "a.yml" }, prod: { condaFile: "b.yml", scoringFiles: [] } }));

  test("that differ are named, with what they differ in and what to do", () => {
    expect(() => read()).toThrow(
      "the stacks dev and prod have different settings for condaFile, scoringFiles: say which one is meant with --stack (dev, prod)",
    );
  });

  test("may differ in what is given, and in what these files do not depend on", () => {
    expect(read({ given: { ci: "c.yml", scoring: [] } }).training).toEqual(builtIn.training);
    project({ dev: { condaFile: "a.yml", imageName: "x" }, prod: { condaFile: "a.yml" } });
    expect(read().ci).toBe("a.yml");
  });

  test("are chosen from by name", () => {
    expect(read({ stack: "prod" })).toMatchObject({ ci: "b.yml", scoring: [] });
    expect(() => read({ stack: "test" })).toThrow(/Pulumi\.test\.yaml: --stack must be one of dev, prod$/);
  });
});

test("stacks' settings may be in a folder of their own", () => {
  write("deploy/Pulumi.yaml", { name: "jc", runtime: "nodejs", stackConfigDir: "stacks" });
  write("deploy/stacks/Pulumi.dev.yaml", { config: { "jc:condaFile": "a.yml" } });
  expect(read().ci).toBe("a.yml");
});

test("an encrypted path, and one that is none, are refused by the setting's name", () => {
  project({ dev: { condaFile: { secure: "v1:x" }, trainingFiles: "a.yml" } });
  expect(() => read()).toThrow(/Pulumi\.dev\.yaml cannot be read for condaFile, trainingFiles: set it to a path/);
});
