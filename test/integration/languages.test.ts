import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as z from "zod";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { preparePulumiHome } from "../../local-cloud/cloud/pulumi-home";
import { installToolchain } from "../../local-cloud/toolchain";
import { version } from "../../plugin/package.json";
import { Program } from "../support/program";
import { projectRoot } from "../support/repository";
import { env, ok } from "./support/base-environment";
import { pushBranch } from "./support/branches";
import { arm } from "./support/far-side";
import { localCloudDirectory } from "./support/local-cloud";
import { useOwnCloud } from "./support/own-cloud";

// Each program has the names that it has by default.
useOwnCloud();

/** The component package as it is built: where its sources are, Pulumi would have npm install all that they need. */
const built = mkdtempSync(join(tmpdir(), "mlops-"));
const plugin = join(built, "pulumi-resource-mlops");
afterAll(() => rmSync(built, { recursive: true }));

beforeAll(async () => {
  execFileSync(process.execPath, [join(projectRoot, "plugin/build.js"), built]);
  await preparePulumiHome(layoutOf(localCloudDirectory()), await installToolchain({ languages: true }));
}, 1_800_000); // the first one of a machine builds what languages need

const exists = async (registry: string, group: string) => {
  const path = `/resourceGroups/${group}/providers/Microsoft.ContainerRegistry/registries/${registry}`;
  return (await arm("GET", path, "2025-04-01")).status === 200;
};

describe("a program in YAML", () => {
  let program: Program;
  let text: string;
  const file = () => join(program.projectFolder, "Pulumi.yaml");
  beforeAll(async () => {
    program = await Program.create({
      cloud: localCloudDirectory(),
      stack: "yaml",
      project: { folder: "examples/yaml-program", name: "yaml-program" },
      settings: { "yaml-program:registry": { kind: "new", name: "yamlacr" } },
    });
    const example = readFileSync(file(), "utf8").replace("../../plugin", relative(program.projectFolder, built));
    text = `${example}  all: \${jobContainer.stackOutputs}\n`;
  });
  afterAll(() => program.remove());

  test("a property that there is not is refused, with its line", async () => {
    writeFileSync(file(), text.replace("imageName:", "imageNam:"));
    const line = text.split("\n").findIndex((each) => each.includes("imageName:")) + 1;
    const { exitCode, output } = await program.pulumi("preview", "--stack", "yaml");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(new RegExp(`Pulumi\\.yaml line ${line}:`));
    expect(output).toContain("imageNam");
  });

  test("a value that breaks a rule is refused as it is in TypeScript, by its argument", async () => {
    writeFileSync(file(), text.replace("imageName: mlops/diabetes_regression", "imageName: MLOps"));
    const { exitCode, output } = await program.pulumi("preview", "--stack", "yaml");
    expect(exitCode).not.toBe(0);
    expect(output).toContain('argument imageName "MLOps" must be lower-case');
    expect(await exists("yamlacr", "rg-job-container-yaml")).toBe(false);
  });

  test("it comes up, and has no change then", async () => {
    writeFileSync(file(), text);
    program.configure({ "yaml-program:registry": { kind: "new", name: "yamlacr" } });
    expect(await program.up()).toMatchObject({ exitCode: 0 });
    const { all, ...outputs } = JSON.parse(await program.succeed("stack", "output", "--json", "--stack", "yaml"));
    expect(outputs).toMatchObject({ registry: { name: "yamlacr", owned: true } });
    expect(all).toEqual(outputs);
    expect(await exists("yamlacr", "rg-job-container-yaml")).toBe(true);
    // Where it was installed from a tarball, too.
    const tarball = join(program.directory, "mlops.tgz");
    execFileSync("tar", ["--create", "--gzip", "--file", tarball, "--directory", built, "."]);
    await program.succeed("plugin", "install", "resource", "mlops", version, "--file", tarball);
    writeFileSync(file(), text.replace(/^packages:\n.*\n/m, ""));
    await program.succeed("preview", "--stack", "yaml", "--expect-no-changes");
    writeFileSync(file(), text);
  });

  test("a branch gets its own environment from it, through a provider that the program passes", async () => {
    const branch = program.worktree();
    await pushBranch(projectRoot, "feature/yaml");
    const url = JSON.stringify(program.environment.AZDO_ORG_SERVICE_URL);
    const provider = `  devOps:\n    type: pulumi:providers:azuredevops\n    properties: { orgServiceUrl: ${url} }\n`;
    const own = text
      .replace("resources:\n", `resources:\n${provider}`)
      .replace(
        "    properties:\n      project",
        `    options:\n      providers:\n        - \${devOps}\n    properties:\n      organizationUrl: ${url}\n      project`,
      );
    writeFileSync(join(branch.projectFolder, "Pulumi.yaml"), own);
    ok(await env(branch, "up", "--branch", "feature/yaml"));
    const resources = await resourcesOf(program, "yaml-feature--yaml");
    const definitions = resources.filter(({ type }) => type === "azuredevops:index/buildDefinition:BuildDefinition");
    expect(definitions).toHaveLength(2);
    for (const { provider } of definitions) expect(provider).toContain("::devOps::");
    expect(resources.map(({ type }) => type)).not.toContain("azure-native:containerregistry:Registry");
    ok(await env(branch, "destroy", "--branch", "feature/yaml"));
    branch.remove();
  });

  test("it is destroyed", async () => {
    expect(await program.destroy()).toMatchObject({ exitCode: 0 });
    expect(await exists("yamlacr", "rg-job-container-yaml")).toBe(false);
  });
});

describe("a program in Python", () => {
  let program: Program;
  let python: string;
  beforeAll(async () => {
    program = Program.open({
      cloud: localCloudDirectory(),
      stack: "local",
      project: { folder: "examples/python-program", name: "python-program" },
      settings: { "python-program:registry": { kind: "new", name: "pythonacr" } },
    });
    python = join(program.projectFolder, ".venv/bin/python");
    const file = join(program.projectFolder, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../plugin", built));
    // Through a provider that it makes itself.
    const main = join(program.projectFolder, "__main__.py");
    const provider = 'azure = pulumi.ProviderResource("azure-native", "azure", {"location": "westeurope"})\n\n';
    const text = readFileSync(main, "utf8");
    writeFileSync(
      main,
      text
        .replace("job_container =", `${provider}job_container =`)
        .replace(/^\)$/m, "    opts=pulumi.ResourceOptions(providers=[azure]),\n)"),
    );
    await program.succeed("package", "gen-sdk", plugin, "--language", "python", "--out", "sdks");
    await succeed(program, "python3", "-m", "venv", ".venv");
    await succeed(program, python, "-m", "pip", "install", "--quiet", "--requirement", "requirements.txt");
  }, 600_000);
  afterAll(() => program.remove());

  test("it is previewed, comes up and is destroyed, through Pulumi's Automation API", async () => {
    expect(await succeed(program, python, "run.py", "preview")).toMatch(/\+ \d+ to create/);
    expect(await exists("pythonacr", "rg-job-container-local")).toBe(false);
    await succeed(program, python, "run.py", "up");
    const resources = await resourcesOf(program, "local");
    const registry = resources.find(({ type }) => type === "azure-native:containerregistry:Registry");
    expect(registry?.provider).toContain("::azure::");
    expect(await exists("pythonacr", "rg-job-container-local")).toBe(true);
    await succeed(program, python, "run.py", "destroy");
    expect(await exists("pythonacr", "rg-job-container-local")).toBe(false);
  });
});

test.each([
  ["dotnet", "JobContainer.cs", "public Output<Outputs.RegistryOutputs> Registry"],
  ["java", "src/main/java/com/pulumi/mlops/JobContainer.java", "public Output<RegistryOutputs> registry()"],
])("the package is generated for %s", async (language, file, text) => {
  const program = Program.open({ cloud: localCloudDirectory(), stack: "local" });
  await program.succeed("package", "gen-sdk", plugin, "--language", language, "--local", "--out", "sdks-of-this");
  expect(readFileSync(join(program.directory, "sdks-of-this", language, file), "utf8")).toContain(text);
  program.remove();
});

test("a program in TypeScript gets the package by `pulumi package add`, and depends on it then", async () => {
  const program = Program.open({
    cloud: localCloudDirectory(),
    stack: "typescript",
    project: { folder: "examples/typescript-program", name: "typescript-program" },
  });
  // Of the packages that the example needs, npm finds one only where it is published.
  const manifest = join(program.projectFolder, "package.json");
  writeFileSync(manifest, JSON.stringify({ private: true }));
  expect(await program.succeed("package", "add", plugin)).toContain("@pulumi/mlops");
  expect(JSON.parse(readFileSync(manifest, "utf8"))).toMatchObject({
    dependencies: { "@pulumi/mlops": "file:sdks/mlops" },
  });
  expect(readFileSync(join(program.projectFolder, "sdks/mlops/jobContainer.ts"), "utf8")).toContain(
    "class JobContainer",
  );
  program.remove();
});

const state = z.object({
  deployment: z.object({ resources: z.array(z.object({ type: z.string(), provider: z.string().optional() })) }),
});

/** The resources of one of the project's stacks. */
async function resourcesOf(program: Program, stack: string) {
  return state.parse(JSON.parse(await program.succeed("stack", "export", "--stack", stack))).deployment.resources;
}

/** Runs a command in a program's folder, and returns what it printed. */
async function succeed(program: Program, command: string, ...args: string[]): Promise<string> {
  const { exitCode, output } = await program.run(command, args);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}:\n${output}`);
  return output;
}
