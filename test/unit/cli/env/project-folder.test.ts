import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { readBaseStack, stackOf } from "../../../../src/cli/env/base-stack";
import { branchFile, makeProjectFolder, removeProjectFolder } from "../../../../src/cli/env/project-folder";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "base-"));
  writeFileSync(join(root, "Pulumi.yaml"), readFileSync("Pulumi.yaml"));
});
afterEach(() => rmSync(root, { recursive: true }));

const config = {
  "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso/",
  "azure-native:location": "westeurope",
  "job-container:project": "mlops",
  "job-container:repository": { kind: "azureRepos", name: "diabetes_regression" },
  "job-container:registry": { kind: "new", name: "mlopsregistry" },
  "job-container:imageName": "team/image",
  "job-container:githubRelease": "3.0.0",
  "job-container:environmentPolicy": "warn",
};

function base(file: Record<string, unknown> = { config }, name = "dev", named: string | undefined = undefined) {
  writeFileSync(join(root, `Pulumi.${name}.yaml`), stringify(file));
  return readBaseStack(root, named, {});
}

test("the base is the one that Pulumi.yaml names, with what its own file says about the repository", () => {
  expect(base()).toMatchObject({
    name: "dev",
    namespace: "job-container",
    organizationUrl: "https://dev.azure.com/contoso",
    project: "mlops",
    repository: { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "main" },
    settings: { base: "dev", stackName: "{base}-{environment}" },
  });
});

test("another base may be named, and say how its branches' stacks are called", () => {
  const branches = { stackName: "branch-{environment}", timeToLive: 30 };
  const prod = base({ config: { ...config, "job-container:branches": branches } }, "prod", "prod");
  expect(prod.settings).toEqual({ base: "prod", ...branches });
  expect(stackOf(prod, "tensorflow")).toBe("branch-tensorflow");
});

test("a base in another organization than the login's has its branches' stacks there as well", () => {
  const acme = base({ config }, "dev", "acme/dev");
  expect(acme.name).toBe("acme/dev");
  expect(stackOf(acme, "tensorflow")).toBe("acme/dev-tensorflow");
  const environment = { name: "tensorflow", branch: "feature/tf", stack: "acme/dev-tensorflow" };
  const folder = makeProjectFolder(root, environment.stack, branchFile(acme, environment));
  expect(folder).toBe(join(root, ".environments", "dev-tensorflow"));
  expect(parse(readFileSync(join(folder, "Pulumi.dev-tensorflow.yaml"), "utf8")).config).toMatchObject({
    "job-container:branchEnvironment": { name: "tensorflow", branch: "feature/tf", base: "acme/dev" },
  });
});

test.each([
  ["there is no such stack", undefined, "other", "there is no Pulumi.other.yaml"],
  ["it does not say where the repository is", { config: {} }, "dev", "job-container:project"],
  [
    "no organization is set",
    { config: { ...config, "azuredevops:orgServiceUrl": "" } },
    "dev",
    "azuredevops:orgServiceUrl is not set",
  ],
  [
    "its pattern gives all environments one stack",
    { config: { ...config, "job-container:branches": { stackName: "one" } } },
    "dev",
    '"one" must contain {environment}',
  ],
])("it is refused when %s", (_, file, named, message) => {
  if (file) writeFileSync(join(root, "Pulumi.dev.yaml"), stringify(file));
  expect(() => readBaseStack(root, named, {})).toThrow(message);
});

const environment = { name: "tensorflow", branch: "feature/tensorflow" };

test("a branch environment has the base's settings, but for those of one deployment, and its branch", () => {
  expect(branchFile(base(), environment).config).toEqual({
    "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso/",
    "azure-native:location": "westeurope",
    "job-container:project": "mlops",
    "job-container:repository": { kind: "azureRepos", name: "diabetes_regression" },
    "job-container:registry": { kind: "new", name: "mlopsregistry" },
    "job-container:imageName": "team/image",
    "job-container:environmentPolicy": "warn",
    "job-container:branchEnvironment": { ...environment, base: "dev" },
  });
});

test("settings can be changed for one operation", () => {
  const { config: changed } = branchFile(base(), environment, { environmentPolicy: "off" });
  expect(changed["job-container:environmentPolicy"]).toBe("off");
});

test.each([
  ["a passphrase", { encryptionsalt: "v1:salt" }],
  ["a key", { secretsprovider: "azurekeyvault://vault/keys/key", encryptedkey: "key" }],
])("secrets that are encrypted by %s are inherited with it", (_, key) => {
  const secret = { "azuredevops:personalAccessToken": { secure: "v1:cipher" } };
  expect(branchFile(base({ ...key, config: { ...config, ...secret } }), environment)).toMatchObject({
    ...key,
    config: secret,
  });
});

test("a secret that only the base's stack can decrypt is refused by its name", () => {
  const secret = { "azuredevops:personalAccessToken": { secure: "cipher" } };
  expect(() => branchFile(base({ config: { ...config, ...secret } }), environment)).toThrow(
    "azuredevops:personalAccessToken in Pulumi.dev.yaml is a secret that only the stack dev can decrypt",
  );
});

test("the stack's project folder is the program elsewhere, with the stack's settings", () => {
  const file = branchFile(base(), environment);
  const folder = makeProjectFolder(root, "dev-tensorflow", file);
  const project = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"));
  expect(project).toEqual({ ...parse(readFileSync("Pulumi.yaml", "utf8")), main: join(root, "index.ts") });
  expect(parse(readFileSync(join(folder, "Pulumi.dev-tensorflow.yaml"), "utf8"))).toEqual(file);
  removeProjectFolder(root, "dev-tensorflow");
  expect(() => readFileSync(join(folder, "Pulumi.yaml"))).toThrow("ENOENT");
});

test.each([
  ["below Pulumi.yaml", "program", "program"],
  ["beside it, in a file", "index.ts", "index.ts"],
  ["above it", "../", ".."],
])("a program %s is found from the stack's project folder as well", (_, main, expected) => {
  writeFileSync(join(root, "Pulumi.yaml"), stringify({ name: "job-container", runtime: "nodejs", main }));
  const folder = makeProjectFolder(root, "dev-tensorflow", branchFile(base(), environment));
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).main).toBe(join(root, expected));
});

test("a package of a program in another language is found from the stack's project folder as well", () => {
  const packages = {
    ...{ here: "./plugin", above: { source: "../plugin", parameters: ["a"] } },
    ...{ elsewhere: "/opt/plugin", published: "random@4.16.3", git: { source: "https://git.test/team/mlops/plugin" } },
  };
  writeFileSync(join(root, "Pulumi.yaml"), stringify({ name: "job-container", runtime: "yaml", packages }));
  const folder = makeProjectFolder(root, "dev-tensorflow", branchFile(base(), environment));
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).packages).toEqual({
    ...packages,
    ...{ here: join(root, "plugin"), above: { source: join(root, "../plugin"), parameters: ["a"] } },
  });
});

test("settings that are in a folder of their own are found there, and not looked for there a second time", () => {
  mkdirSync(join(root, "stacks"));
  writeFileSync(
    join(root, "Pulumi.yaml"),
    stringify({ name: "job-container", runtime: "nodejs", stackConfigDir: "stacks" }),
  );
  expect(() => readBaseStack(root, undefined, {})).toThrow(
    "there is no stacks/Pulumi.dev.yaml: the base environment's",
  );
  writeFileSync(join(root, "stacks/Pulumi.dev.yaml"), stringify({ config }));
  const stack = readBaseStack(root, undefined, {});
  expect(stack.settings).toEqual({ base: "dev", stackName: "{base}-{environment}" });
  const folder = makeProjectFolder(root, "dev-tensorflow", branchFile(stack, environment));
  expect(parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"))).not.toHaveProperty("stackConfigDir");
  expect(readFileSync(join(root, ".environments/.gitignore"), "utf8")).toBe("*\n");
});

test("a project that declares no settings is one with the defaults, and a broken file is said", () => {
  writeFileSync(join(root, "Pulumi.yaml"), "name: job-container\nruntime: nodejs\n");
  expect(base().settings).toEqual({ base: "dev", stackName: "{base}-{environment}" });
  writeFileSync(join(root, "Pulumi.yaml"), "runtime: nodejs\n");
  expect(() => base()).toThrow("Pulumi.yaml is not a Pulumi project's: it needs a text `name`");
});
