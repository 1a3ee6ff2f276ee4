import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { version } from "../../plugin/package.json";
import { Program } from "../support/program";
import { projectRoot } from "../support/repository";
import { env, ok } from "./support/base-environment";
import { pushBranch } from "./support/branches";
import { GitHost } from "./support/git-host";
import { registryExists, useLanguages } from "./support/languages";
import { localCloudDirectory } from "./support/local-cloud";

const component = useLanguages();

// Before any other plugin of that name is there.
test("a program gets the package by the Git address of a folder, with a version", async () => {
  const program = await Program.create({
    cloud: localCloudDirectory(),
    stack: "git",
    project: { folder: "examples/yaml-program", name: "yaml-program" },
  });
  const file = join(program.projectFolder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^packages:\n.*\n/m, ""));
  const host = await GitHost.start(projectRoot, `v${version}`);
  const address = `https://${GitHost.name}/contoso/job-container/plugin@${version}`;
  const added = await program.run("pulumi", ["package", "add", address, "--non-interactive"], host.environment);
  await host.stop();
  ok(added);
  expect(readFileSync(file, "utf8")).toContain(`mlops: ${address.replace("https://", "")}\n`);
  const declared = join(program.projectFolder, `sdks/contoso-mlops/mlops-${version}.yaml`);
  expect(readFileSync(declared, "utf8")).toContain(`version: ${version}\ndownloadUrl: git://${GitHost.name}/contoso/`);
  expect(await program.preview()).toContainEqual({
    ...{ op: "create", type: "azure-native:containerregistry:Registry", name: "job-container" },
  });
  program.remove();
});

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
    const example = readFileSync(file(), "utf8").replace(
      "../../plugin",
      relative(program.projectFolder, component.folder),
    );
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
    expect(await registryExists("yamlacr", "rg-job-container-yaml")).toBe(false);
  });

  test("it comes up, and has no change then", async () => {
    writeFileSync(file(), text);
    program.configure({ "yaml-program:registry": { kind: "new", name: "yamlacr" } });
    expect(await program.up()).toMatchObject({ exitCode: 0 });
    const { all, ...outputs } = JSON.parse(await program.succeed("stack", "output", "--json", "--stack", "yaml"));
    expect(outputs).toMatchObject({ registry: { name: "yamlacr", owned: true } });
    expect(all).toEqual(outputs);
    expect(await registryExists("yamlacr", "rg-job-container-yaml")).toBe(true);
    // Where it was installed from a tarball, too.
    const tarball = join(program.directory, "mlops.tgz");
    execFileSync("tar", ["--create", "--gzip", "--file", tarball, "--directory", component.folder, "."]);
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
    const resources = await program.resources("yaml-feature--yaml");
    const definitions = resources.filter(({ type }) => type === "azuredevops:index/buildDefinition:BuildDefinition");
    expect(definitions).toHaveLength(2);
    for (const { provider } of definitions) expect(provider).toContain("::devOps::");
    expect(resources.map(({ type }) => type)).not.toContain("azure-native:containerregistry:Registry");
    ok(await env(branch, "destroy", "--branch", "feature/yaml"));
    branch.remove();
  });

  test("it is destroyed", async () => {
    expect(await program.destroy()).toMatchObject({ exitCode: 0 });
    expect(await registryExists("yamlacr", "rg-job-container-yaml")).toBe(false);
  });
});

test("the package is generated for C#", async () => {
  const program = Program.open({ cloud: localCloudDirectory(), stack: "local" });
  const asked = ["--language", "dotnet", "--local", "--out", "sdks-of-this"];
  await program.succeed("package", "gen-sdk", component.executable, ...asked);
  const text = readFileSync(join(program.directory, "sdks-of-this/dotnet/JobContainer.cs"), "utf8");
  expect(text).toContain("public Output<Outputs.RegistryOutputs> Registry");
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
  expect(await program.succeed("package", "add", component.executable)).toContain("@pulumi/mlops");
  expect(JSON.parse(readFileSync(manifest, "utf8"))).toMatchObject({
    dependencies: { "@pulumi/mlops": "file:sdks/mlops" },
  });
  expect(readFileSync(join(program.projectFolder, "sdks/mlops/jobContainer.ts"), "utf8")).toContain(
    "class JobContainer",
  );
  program.remove();
});
