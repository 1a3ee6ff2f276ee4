import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { checkSettings } from "../../../src/settings/check";

const declared: Record<string, { default: unknown }> = parse(readFileSync("Pulumi.yaml", "utf8")).config;

/** The configuration as the engine hands it over: declared defaults, then what the stack sets. */
function config(settings: Record<string, unknown>): Record<string, string> {
  const defaults = Object.entries(declared).map(([key, setting]) => [`job-container:${key}`, setting.default]);
  const all = { ...Object.fromEntries(defaults), ...settings };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const minimal = {
  "azure-native:location": "westeurope",
  "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso",
  "job-container:project": "mlops",
  "job-container:repository": { kind: "azureRepos", name: "diabetes_regression" },
  "job-container:registry": { kind: "new", name: "mlopsregistry" },
};

let buildx: string;
beforeAll(() => {
  buildx = mkdtempSync(join(tmpdir(), "buildx-"));
  mkdirSync(join(buildx, "instances"));
  writeFileSync(join(buildx, "instances", "ci"), '{"Driver":"docker-container","Nodes":[]}');
});
afterAll(() => rmSync(buildx, { recursive: true }));

const files: Record<string, string | undefined> = {
  "docker/Dockerfile": "ARG CONDA_FILE\nFROM scratch",
  "docker/.dockerignore": readFileSync("docker/.dockerignore", "utf8"),
  "docker/ci_dependencies.yml": "dependencies: [azure-ai-ml=1.31.0]",
  "pipelines/model-ci.yml": "jobs: []",
};

function check(
  settings: Record<string, unknown>,
  env: Record<string, string> = {},
  changed: Record<string, string | undefined> = {},
) {
  return checkSettings({
    namespace: "job-container",
    config: config({ ...minimal, ...settings }),
    env: { BUILDX_CONFIG: buildx, ...env },
    readFile: (path) => ({ ...files, ...changed })[path],
    projectFolder: ".",
  });
}

describe("the Azure ML environment", () => {
  const workspace = { workspace: "mlw", resourceGroup: "rg-mlw" };
  const problems = async (setting: object, registry: object = { kind: "new", name: "mlopsregistry" }) =>
    (await check({ "job-container:azureMlEnvironment": setting, "job-container:registry": registry })).mistakes;

  test("is in the workspace that it names, or in the registry's", async () => {
    const found = async (setting: object, registry: object) =>
      (await check({ "job-container:azureMlEnvironment": setting, "job-container:registry": registry })).settings
        ?.environment;
    const own = { name: "job-container", workspace: "own", resourceGroup: "rg-own" };
    expect(await found(own, { kind: "new", name: "mlopsregistry" })).toMatchObject({ azureMlEnvironment: own });
    const registry = { kind: "workspace", ...workspace };
    expect(await found(own, registry)).toMatchObject({ azureMlEnvironment: own });
    expect(await found({ name: "job-container" }, registry)).toMatchObject({
      azureMlEnvironment: { name: "job-container", ...workspace },
    });
  });

  test.each([
    [
      "without a workspace, and the registry is none's",
      { name: "jc" },
      /azureMlEnvironment\.workspace is not set, and the/,
    ],
    ["without a name", workspace, /azureMlEnvironment\.name is not set: it must be the name of the environment/],
    ["with half of a workspace", { name: "jc", workspace: "mlw" }, /\.resourceGroup is not set: .* workspace "mlw"/],
    ["with the other half", { name: "jc", resourceGroup: "rg" }, /\.workspace is not set, and resourceGroup is/],
    [
      "called as Microsoft's own",
      { name: "AzureML-jc", ...workspace },
      /\.name "AzureML-jc" must be .* not with AzureML/,
    ],
    ["with a slash in its name", { name: "mlops/jc", ...workspace }, /\.name "mlops\/jc" must be 1 to 190 letters/],
  ])("is refused %s", async (_, setting, mistake) => {
    expect(await problems(setting)).toEqual([expect.stringMatching(mistake)]);
  });
});

test("a run's own token is told from a person's", async () => {
  const token = { AZDO_PERSONAL_ACCESS_TOKEN: "t" };
  expect((await check({}, { ...token, SYSTEM_ACCESSTOKEN: "t" })).settings?.isApplicationToken).toBe(true);
  expect((await check({}, { ...token, SYSTEM_ACCESSTOKEN: "other" })).settings?.isApplicationToken).toBe(false);
  expect((await check({}, token)).settings?.isApplicationToken).toBe(false);
});

test("what has a default may be left out", async () => {
  expect((await check({})).settings).toEqual({
    project: "mlops",
    repository: { kind: "azureRepos", name: "diabetes_regression", defaultBranch: "main" },
    environment: {
      kind: "base",
      registry: { kind: "new", name: "mlopsregistry", sku: "Basic" },
      resourceGroup: undefined,
      imageName: "mlops/diabetes_regression",
      serviceConnection: { name: "acrconnection", scheme: "workloadIdentityFederation", separatePush: undefined },
      infrastructurePipeline: undefined,
      azureMlEnvironment: undefined,
      protect: true,
    },
    branches: { base: "dev", stackName: "{base}-{environment}" },
    definition: {
      dockerfile: "docker/Dockerfile",
      baseImage: declared.baseImage?.default,
      condaFile: "docker/ci_dependencies.yml",
      lockFolder: undefined,
      buildContext: undefined,
      condaChannel: "conda-forge",
      platforms: ["linux/amd64"],
    },
    trainingFiles: ["docker/conda_dependencies.yml"],
    scoringFiles: ["docker/conda_dependencies_scoring.yml"],
    environmentPolicy: "error",
    builder: undefined,
    buildId: undefined,
    amlSdkVersion: undefined,
    githubRelease: undefined,
    pipelineFolder: "\\",
    imageBuildPipeline: "docker/docker-image-pipeline.yml",
    modelPipelines: [{ kind: "only", path: "pipelines/model-ci.yml" }],
    isApplicationToken: false,
    organizationUrl: "https://dev.azure.com/contoso",
  });
});

test("Pulumi.yaml's defaults are the settings' own, which hold without them", async () => {
  const source = {
    namespace: "job-container",
    env: { BUILDX_CONFIG: buildx },
    readFile: (path: string) => files[path],
    projectFolder: ".",
  };
  const set = Object.entries(minimal).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  expect(await checkSettings({ ...source, config: Object.fromEntries(set) })).toEqual(await check({}));
});

test("the example for a real subscription is valid", async () => {
  const example = parse(readFileSync("Pulumi.dev.yaml", "utf8")).config;
  expect((await check(example)).mistakes).toBeUndefined();
});

test.each([
  [{ name: "acr", separatePush: true }, true],
  [{ name: "acr", separatePush: false }, false],
  [{ name: "a".repeat(120), separatePush: false }, false],
  [{ scheme: "servicePrincipal" }, false],
  [{ name: "acr" }, undefined],
])("the service connection %j: separatePush is %s", async (serviceConnection, separatePush) => {
  const { settings } = await check({ "job-container:serviceConnection": serviceConnection });
  expect(settings).toMatchObject({ environment: { serviceConnection: { separatePush } } });
});

test("a new registry has in the SKU Premium what it has in no other", async () => {
  const registry = {
    kind: "new",
    name: "mlopsregistry",
    sku: "Premium",
    retentionDays: 0,
    publicNetworkAccess: "Disabled",
  };
  expect((await check({ "job-container:registry": registry })).settings).toMatchObject({ environment: { registry } });
});

test("the organization may come from the environment, as for the provider", async () => {
  const { settings } = await checkSettings({
    namespace: "job-container",
    config: Object.fromEntries(Object.entries(config(minimal)).filter(([key]) => !key.startsWith("azuredevops:"))),
    env: { BUILDX_CONFIG: buildx, AZDO_ORG_SERVICE_URL: "https://dev.azure.com/fabrikam" },
    readFile: (path) => files[path],
    projectFolder: ".",
  });
  expect(settings?.organizationUrl).toBe("https://dev.azure.com/fabrikam");
});

test.each([
  ["workspace", { kind: "workspace", workspace: "mlw", resourceGroup: "rg-ml" }],
  ["existing", { kind: "existing", name: "mlopsregistry", resourceGroup: "rg-ml" }],
])("the registry may be of kind %s", async (_, registry) => {
  expect((await check({ "job-container:registry": registry })).settings).toMatchObject({ environment: { registry } });
});

test("the repository may be on GitHub", async () => {
  const repository = { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "github" };
  expect((await check({ "job-container:repository": repository })).settings?.repository).toEqual({
    ...repository,
    defaultBranch: "main",
  });
});

test("all mistakes are found at once", async () => {
  const { mistakes } = await check({
    "azure-native:location": "",
    "azuredevops:orgServiceUrl": "contoso",
    "job-container:project": "",
    "job-container:repository": {},
    "job-container:registry": { kind: "new", name: "ml-ops" },
    "job-container:imageName": "MLOps",
    "job-container:colour": "red",
  });
  expect(mistakes).toEqual([
    "job-container:project is not set",
    "job-container:repository.kind is not set: it must be azureRepos or gitHub",
    'job-container:registry.name "ml-ops" must be 5 to 50 letters and digits',
    expect.stringMatching(/^job-container:imageName "MLOps" must be lower-case letters and digits/),
    "job-container:colour is not a setting",
    'azuredevops:orgServiceUrl "contoso" must be a URL: https://dev.azure.com/<organization>',
    "azure-native:location is not set: the Azure region to create resources in, for example westeurope",
  ]);
});

test.each<[string, unknown, string | RegExp]>([
  ["project", "  ", "job-container:project is not set"],
  ["repository", "diabetes", /^job-container:repository(\.kind)? is not set: it must be azureRepos or gitHub/],
  ["repository", { kind: "git", name: "x" }, 'job-container:repository.kind "git" must be azureRepos or gitHub'],
  ...['a"b', "a/b", "_a", "a.", ".a", "$(x)", "a\nb", "a".repeat(65)].flatMap<[string, unknown, RegExp]>((name) => [
    ["project", name, /^job-container:project ".*" must be 1 to 64 characters other than/],
    ["repository", { kind: "azureRepos", name }, /^job-container:repository\.name ".*" must be 1 to 64 characters/],
  ]),
  ...["a b", "a..b", "-a", "a/", "a//b", "a.lock", "a~1", "@", "a@{b", "a\u0007", "refs/heads/a"].map(
    (defaultBranch): [string, unknown, RegExp] => [
      "repository",
      { kind: "azureRepos", name: "a", defaultBranch },
      /^job-container:repository\.defaultBranch ".*" must be a branch as Git names it/,
    ],
  ),
  ...["contoso/..", "contoso/.", "-contoso/a", "contoso/a b", "contoso/a?x=y"].map(
    (name): [string, unknown, RegExp] => [
      "repository",
      { kind: "gitHub", name, serviceConnection: "gh" },
      /^job-container:repository\.name ".*" must be a GitHub repository/,
    ],
  ),
  [
    "repository",
    { kind: "gitHub", name: "contoso/diabetes", serviceConnection: "$(x)" },
    'job-container:repository.serviceConnection "$(x)" must be a name without ", $, `, \\ and control characters',
  ],
  ...["azureConnection", "previewConnection", "variableGroup", "previewVariableGroup"].map(
    (name): [string, unknown, string] => [
      "infrastructurePipeline",
      { azureConnection: "a", previewConnection: "b", [name]: "$(x)" },
      `job-container:infrastructurePipeline.${name} "$(x)" must be a name without ", $, \`, \\ and control characters`,
    ],
  ),
  ...["a b", "https://a/b", "A/B", "a:$(x)", "a@sha256:1", "a/b;c"].map((image): [string, unknown, RegExp] => [
    "baseImage",
    image,
    /^job-container:baseImage ".*" is not the name of an image: /,
  ]),
  ...["$(x)", 'a"b', "`x`", "a\nb"].flatMap((file): [string, unknown, RegExp][] => [
    ...["dockerfile", "buildContext", "lockFolder", "condaFile", "modelPipeline", "imageBuildPipeline"].map(
      (setting): [string, unknown, RegExp] => [
        setting,
        file,
        new RegExp(`^job-container:${setting} ".*" must be a path`),
      ],
    ),
    ["trainingFiles", [file], /^job-container:trainingFiles\.0 ".*" must be a path/],
    [
      "infrastructurePipeline",
      { azureConnection: "a", previewConnection: "b", path: file },
      /^job-container:infrastructurePipeline\.path ".*" must be a path/,
    ],
  ]),
  ["repository", { kind: "azureRepos" }, "job-container:repository.name is not set"],
  ["repository", { kind: "azureRepos", name: 7 }, "job-container:repository.name 7 must be a string"],
  ["repository", { kind: "azureRepos", name: "x", brnch: "y" }, "job-container:repository.brnch is not a setting"],
  [
    "repository",
    { kind: "gitHub", name: "diabetes", serviceConnection: "gh" },
    'job-container:repository.name "diabetes" must be a GitHub repository: owner/name',
  ],
  ["repository", { kind: "gitHub", name: "contoso/diabetes" }, "job-container:repository.serviceConnection is not set"],
  ["registry", {}, "job-container:registry.kind is not set: it must be new, workspace or existing"],
  ["registry", { kind: "old" }, 'job-container:registry.kind "old" must be new, workspace or existing'],
  ["registry", { kind: "new" }, "job-container:registry.name is not set"],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", sku: "Gold" },
    'job-container:registry.sku "Gold" must be Basic, Standard or Premium',
  ],
  ["registry", { kind: "existing", name: "mlopsregistry" }, "job-container:registry.resourceGroup is not set"],
  [
    "registry",
    { kind: "workspace", workspace: "m", resourceGroup: "rg" },
    /^job-container:registry\.workspace "m" must be 3 to 33 letters/,
  ],
  ["resourceGroup", "rg.", /^job-container:resourceGroup .*must be 1 to 90 letters/],
  ["imageName", "mlops//diabetes", /^job-container:imageName "mlops\/\/diabetes" must be lower-case/],
  ["buildId", "1 2", /^job-container:buildId "1 2" makes the tag "build-1 2", and a tag is at most 128/],
  ["githubRelease", "v1+2", /^job-container:githubRelease "v1\+2" makes the tag "release-v1\+2"/],
  ["amlSdkVersion", "1.0+local", /^job-container:amlSdkVersion "1\.0\+local" makes the tag "amlsdk-1\.0\+local"/],
  ["dockerfile", "docker/Dockerfle", 'job-container:dockerfile "docker/Dockerfle" does not exist'],
  [
    "platforms",
    "linux/arm64",
    /^job-container:platforms "linux\/arm64" must be a list of linux\/amd64 or linux\/arm64/,
  ],
  ["platforms", [], /^job-container:platforms \[\] must be a list/],
  ["platforms", ["linux/arm64", "linux/arm64"], /^job-container:platforms .* or of both, each once$/],
  ["platforms", ["linux/arm/v7"], /^job-container:platforms.0 "linux\/arm\/v7" must be linux\/amd64 or linux\/arm64$/],
  ["condaFile", "docker/ci.yml", 'job-container:condaFile "docker/ci.yml" does not exist'],
  ["condaFile", "../ci.yml", /^job-container:condaFile "..\/ci.yml" must be a path inside the repository/],
  [
    "lockFolder",
    "locks",
    /^job-container:lockFolder "locks" has no docker\/ci_dependencies.linux-64.lock: write it by/,
  ],
  ["dockerfile", "../Dockerfile", /^job-container:dockerfile "..\/Dockerfile" must be a path inside the repository/],
  ["buildContext", "..", /^job-container:buildContext ".." must be a path inside the repository/],
  ["condaChannel", " ", "job-container:condaChannel is not set"],
  ["condaChannel", "./channel", /^job-container:condaChannel cannot be used: channel ".\/channel" is neither a name/],
  ["condaChannel", "https://a.example/x;y", /^job-container:condaChannel cannot be used: .*x;y" has other characters/],
  ["condaChannel", "https://a.example/x&y", /^job-container:condaChannel cannot be used: .*x&y" has other characters/],
  ["condaChannel", "https://a.example/x y", /^job-container:condaChannel cannot be used: .*x y" has other characters/],
  ["condaChannel", "https://a.example/$(x)", /^job-container:condaChannel cannot be used: .*" has other characters/],
  ["trainingFiles", "a.yml", 'job-container:trainingFiles "a.yml" must be a list of paths'],
  ["trainingFiles", ["/a.yml"], /^job-container:trainingFiles\.0 "\/a.yml" must be a path inside the repository/],
  ["scoringFiles", [7], "job-container:scoringFiles.0 7 must be a string"],
  ["environmentPolicy", "strict", 'job-container:environmentPolicy "strict" must be error, warn or off'],
  ["builder", "kube", /^job-container:builder "kube" is not a buildx builder \(there are ci in .*instances\): set one/],
  ["serviceConnection", { name: "a b c" }, /^job-container:serviceConnection\.name "a b c" must be 3 to 120/],
  [
    "serviceConnection",
    { scheme: "password" },
    'job-container:serviceConnection.scheme "password" must be workloadIdentityFederation or servicePrincipal',
  ],
  [
    "serviceConnection",
    { separatePush: "yes" },
    'job-container:serviceConnection.separatePush "yes" must be true or false',
  ],
  [
    "serviceConnection",
    { scheme: "servicePrincipal", separatePush: true },
    /^job-container:serviceConnection\.separatePush true needs the scheme workloadIdentityFederation/,
  ],
  [
    "serviceConnection",
    { name: "a".repeat(116) },
    /^job-container:serviceConnection\.name is longer than 115 characters, .* called the same with "-push" behind it/,
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", permissionMode: "rbac" },
    'job-container:registry.permissionMode "rbac" must be LegacyRegistryPermissions or AbacRepositoryPermissions',
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", sku: "Premium", retentionDays: 1.5 },
    "job-container:registry.retentionDays 1.5 must be a whole number of days",
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", sku: "Premium", retentionDays: 366 },
    "job-container:registry.retentionDays 366 must be 0 to 365 days",
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", retentionDays: 30 },
    /^job-container:registry\.retentionDays 30 needs a Premium registry, but registry\.sku is Basic: set that to Premium/,
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", sku: "Standard", publicNetworkAccess: "Disabled" },
    /^job-container:registry\.publicNetworkAccess "Disabled" needs a Premium registry, but registry\.sku is St/,
  ],
  [
    "registry",
    { kind: "new", name: "mlopsregistry", publicNetworkAccess: "off" },
    'job-container:registry.publicNetworkAccess "off" must be Enabled or Disabled',
  ],
  ["protect", "yes", 'job-container:protect "yes" must be true or false'],
  ["pipelineFolder", "ml", /^job-container:pipelineFolder "ml" must be '\\'/],
  ["modelPipeline", "../ci.yml", /^job-container:modelPipeline "..\/ci.yml" must be a path inside the repository/],
  ["imageBuildPipeline", "docker\\ci.yml", /must be a path with forward slashes/],
])("a mistake in %s is named with its value: %j", async (key, value, message) => {
  const { mistakes } = await check({ [`job-container:${key}`]: value });
  expect(mistakes).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
});

test.each(["main", "release/1.2", "Ünïcode", "a#b", "user's"])("the default branch may be %s", async (branch) => {
  const repository = { kind: "azureRepos", name: "Diabetes regression (2)", defaultBranch: branch };
  expect((await check({ "job-container:repository": repository })).settings).toMatchObject({ repository });
});

describe("the providers' own settings", () => {
  test.each<[string, RegExp]>([
    ["contoso", /^azuredevops:orgServiceUrl "contoso" must be a URL/],
    ["ftp://dev.azure.com/contoso", /^azuredevops:orgServiceUrl .* must be a URL/],
    ["https://", /^azuredevops:orgServiceUrl .* must be a URL/],
    ["https://dev.azure.com/$(x)", /^azuredevops:orgServiceUrl .* must be a URL/],
    ["https://dev.azure.com/a b", /^azuredevops:orgServiceUrl .* must be a URL/],
    ["https://dev.azure.com/contoso?x=y", /^azuredevops:orgServiceUrl .* must end with the organization/],
    [
      "http://dev.azure.com/contoso",
      /^azuredevops:orgServiceUrl "http:\/\/dev.azure.com\/contoso" begins with http:, and whoever/,
    ],
    ["http://x:swordfish@dev.azure.com/contoso", /^azuredevops:orgServiceUrl has a user in it: leave it out/],
    ["https://x:swordfish@dev.azure.com/contoso", /^azuredevops:orgServiceUrl has a user in it: leave it out/],
  ])("the organization's URL cannot be %s", async (url, message) => {
    const { mistakes } = await check({ "azuredevops:orgServiceUrl": url });
    expect(mistakes).toEqual([expect.stringMatching(message)]);
    expect(mistakes?.join()).not.toContain("swordfish");
  });

  test.each(["west-europe", "$(x)", "west\neurope", " "])("the region cannot be %j", async (location) => {
    const { mistakes } = await check({ "azure-native:location": location });
    expect(mistakes).toEqual([expect.stringMatching(/^azure-native:location ".*" must be an Azure region/)]);
  });

  test.each(["westeurope", "West Europe", "eastus2"])("the region may be %s", async (location) => {
    expect((await check({ "azure-native:location": location })).mistakes).toBeUndefined();
  });
});

test.each(["conda-forge", "conda-forge/label/rc", "https://mirror.example.com:8443/conda%20forge/~team"])(
  "packages may come from %s",
  async (condaChannel) => {
    expect((await check({ "job-container:condaChannel": condaChannel })).settings).toMatchObject({
      definition: { condaChannel },
    });
  },
);

test.each(["https://user:swordfish@example.com/x", "https://example.com/t/swordfish/x", "https://e.com/?k=swordfish"])(
  "a secret in the channel's URL is refused, and not repeated: %s",
  async (condaChannel) => {
    const { mistakes } = await check({ "job-container:condaChannel": condaChannel });
    expect(mistakes).toEqual([expect.stringMatching(/^job-container:condaChannel cannot be used: the URL of the/)]);
    expect(mistakes?.join()).not.toContain("swordfish");
  },
);

test("without any builder there is a mistake that says where they were looked for", async () => {
  const { mistakes } = await check({ "job-container:builder": "ci" }, { BUILDX_CONFIG: "/nowhere" });
  expect(mistakes).toEqual([
    expect.stringMatching(
      /^job-container:builder "ci" is not a buildx builder \(there is none in \/nowhere\/instances\)/,
    ),
  ]);
});

describe("the conda file", () => {
  const other = { "docker/tensorflow.yml": "dependencies: [tensorflow]" };

  test("may be another one beside the Dockerfile", async () => {
    const { settings } = await check({ "job-container:condaFile": "docker/tensorflow.yml" }, {}, other);
    expect(settings?.definition.condaFile).toBe("docker/tensorflow.yml");
  });

  test.each<[string, string, Record<string, string | undefined>, string]>([
    [
      "is outside of the Dockerfile's folder",
      "environments/tensorflow.yml",
      { "environments/tensorflow.yml": "" },
      '"environments/tensorflow.yml" must be in docker, the Dockerfile\'s folder: the build sees no other, unless you set buildContext',
    ],
    [
      "is in a folder that the build does not see",
      "docker/gpu/tensorflow.yml",
      { "docker/gpu/tensorflow.yml": "" },
      '"docker/gpu/tensorflow.yml" is kept out of the build by docker/.dockerignore: add the line "!gpu/tensorflow.yml" at its end',
    ],
    [
      "is one that training uses",
      "docker/conda_dependencies.yml",
      { "docker/conda_dependencies.yml": "" },
      '"docker/conda_dependencies.yml" is kept out of the build by docker/.dockerignore: add the line "!conda_dependencies.yml" at its end',
    ],
    [
      "is kept out by the Dockerfile's own .dockerignore",
      "docker/tensorflow.yml",
      { ...other, "docker/Dockerfile.dockerignore": "*.yml" },
      '"docker/tensorflow.yml" is kept out of the build by docker/Dockerfile.dockerignore: add the line "!tensorflow.yml" at its end',
    ],
    [
      "has a lock file that is kept out",
      "docker/tensorflow.yml",
      { ...other, "docker/tensorflow.linux-64.lock": "", "docker/.dockerignore": "*\n!*.yml" },
      '"docker/tensorflow.linux-64.lock" is kept out of the build by docker/.dockerignore: add the line "!tensorflow.linux-64.lock" at its end',
    ],
  ])("that %s is a mistake", async (_, condaFile, changed, message) => {
    const { mistakes } = await check({ "job-container:condaFile": condaFile }, {}, changed);
    expect(mistakes).toEqual([`job-container:condaFile ${message}`]);
  });

  test.each([
    ["the added line", { "docker/.dockerignore": "*\n!*.yml\n!gpu/tensorflow.yml" }],
    ["no .dockerignore", { "docker/.dockerignore": undefined }],
  ])("is seen by the build with %s", async (_, changed) => {
    const files = { "docker/gpu/tensorflow.yml": "", ...changed };
    const { mistakes } = await check({ "job-container:condaFile": "docker/gpu/tensorflow.yml" }, {}, files);
    expect(mistakes).toBeUndefined();
  });

  test("may be anywhere in a build context that was chosen, and nowhere else", async () => {
    const settings = { "job-container:buildContext": ".", "job-container:condaFile": "environments/ci.yml" };
    const there = { "environments/ci.yml": "dependencies: [python]" };
    expect((await check(settings, {}, there)).settings?.definition).toMatchObject({
      ...{ buildContext: ".", condaFile: "environments/ci.yml" },
    });
    expect((await check({ ...settings, "job-container:buildContext": "ml/" }, {}, there)).mistakes).toEqual([
      'job-container:condaFile "environments/ci.yml" must be in ml, as buildContext says: the build sees no other folder',
    ]);
    const ignored = { ...there, ".dockerignore": "environments" };
    expect((await check(settings, {}, ignored)).mistakes).toEqual([
      expect.stringContaining('kept out of the build by .dockerignore: add the line "!environments/ci.yml" at its end'),
    ]);
  });

  test("may be anywhere if the Dockerfile is not told which it is", async () => {
    const there = { "docker/Dockerfile": "FROM scratch", "environments/ci.yml": "dependencies: [python]" };
    expect((await check({ "job-container:condaFile": "environments/ci.yml" }, {}, there)).mistakes).toBeUndefined();
  });

  test("is named from the root, and not from the project folder, which the mistake says", async () => {
    const source = { namespace: "job-container", config: config(minimal), env: { BUILDX_CONFIG: buildx } };
    const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`deploy/${path}`, text]));
    const readFile = (path: string) => below[path];
    expect((await checkSettings({ ...source, readFile, projectFolder: "deploy" })).mistakes).toEqual([
      'job-container:dockerfile "docker/Dockerfile" does not exist: paths are from the repository\'s root, so it is deploy/docker/Dockerfile',
      expect.stringContaining("so it is deploy/docker/ci_dependencies.yml"),
      expect.stringContaining('modelPipeline "pipelines/model-ci.yml" does not exist'),
    ]);
  });

  test("may have its lock file, which was in its folder without more, moved to where it is known by", async () => {
    const { mistakes } = await check(
      { "job-container:lockFolder": "locks" },
      {},
      { "locks/ci_dependencies.linux-64.lock": "" },
    );
    expect(mistakes).toEqual([
      'job-container:lockFolder "locks" has no docker/ci_dependencies.linux-64.lock: move locks/ci_dependencies.linux-64.lock there (git mv)',
    ]);
  });

  test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    ["none", {}, {}, []],
    [
      "a lock for each",
      {},
      { "docker/ci_dependencies.linux-64.lock": "", "docker/ci_dependencies.linux-aarch64.lock": "" },
      [],
    ],
    [
      "a lock for one",
      {},
      { "docker/ci_dependencies.linux-64.lock": "" },
      [
        'job-container:platforms ["linux/amd64","linux/arm64"]: there is docker/ci_dependencies.linux-64.lock and no docker/ci_dependencies.linux-aarch64.lock: write it by `npx job-container check conda --solve`',
      ],
    ],
    [
      "a lock for one, in a folder of its own",
      { "job-container:lockFolder": "locks" },
      { "locks/docker/ci_dependencies.linux-64.lock": "" },
      [
        expect.stringMatching(
          /^job-container:lockFolder "locks" has no docker\/ci_dependencies\.linux-aarch64\.lock: write/,
        ),
      ],
    ],
  ])("of two platforms may have %s", async (_, settings, locks, mistakes) => {
    const platforms = JSON.stringify(["linux/amd64", "linux/arm64"]);
    const checked = await check({ ...settings, "job-container:platforms": platforms }, {}, locks);
    expect(checked.mistakes ?? []).toEqual(mistakes);
  });

  test("may have its lock file in a folder of its own", async () => {
    const { settings } = await check(
      { "job-container:lockFolder": "locks" },
      {},
      { "locks/docker/ci_dependencies.linux-64.lock": "@EXPLICIT" },
    );
    expect(settings?.definition.lockFolder).toBe("locks");
  });
});

describe("the stack of a branch environment", () => {
  const branchEnvironment = {
    name: "tensorflow",
    branch: "feature/TensorFlow",
    base: "organization/job-container/dev",
  };

  test("needs no settings of what it shares with the base", async () => {
    const { settings, mistakes } = await check({
      "job-container:branchEnvironment": branchEnvironment,
      "job-container:registry": {},
    });
    expect(mistakes).toBeUndefined();
    expect(settings?.environment).toEqual({ kind: "branch", ...branchEnvironment });
  });

  test.each([
    ["a part is missing", { name: "x", base: "dev" }, "job-container:branchEnvironment.branch is not set"],
    ["the name is no part of an image's name", { ...branchEnvironment, name: "Tensor" }, '"Tensor" must be lower-case'],
    ["the name leads elsewhere", { ...branchEnvironment, name: "../other" }, '"../other" must be lower-case'],
    ["there is more", { ...branchEnvironment, extra: 1 }, "job-container:branchEnvironment.extra is not a setting"],
  ])("is refused when %s", async (_, value, message) => {
    const { mistakes } = await check({ "job-container:branchEnvironment": value });
    expect(mistakes).toEqual([expect.stringContaining(message)]);
  });
});

test("branch environments are named by a pattern that tells them apart", async () => {
  expect((await check({})).settings?.branches).toEqual({ base: "dev", stackName: "{base}-{environment}" });
  const { mistakes } = await check({ "job-container:branches": { stackName: "{base}-branch", timeToLive: 0 } });
  expect(mistakes).toEqual([
    expect.stringContaining('"{base}-branch" must contain {environment}'),
    expect.stringContaining("0 must be 1 or more days"),
  ]);
});

describe("the model pipelines", () => {
  const pipelines = { "pipelines/a/ci.yml": "", "pipelines/b/ci.yml": "", "pipelines/train.yml": "" };
  const set = (modelPipelines: unknown, more: Record<string, unknown> = {}) =>
    check({ "job-container:modelPipelines": modelPipelines, ...more }, {}, pipelines);

  test("are the list's, each with what it says of itself", async () => {
    const train = { path: "pipelines/train.yml", name: "train every night", folder: "\\ml" };
    const { settings } = await set([train, { path: "pipelines/a/ci.yml", adopt: "12" }]);
    expect(settings?.modelPipelines).toEqual([
      { kind: "listed", ...train },
      { kind: "listed", path: "pipelines/a/ci.yml", adopt: 12 },
    ]);
  });

  test("may have the same name if they are in different folders, or one is adopted", async () => {
    const [a, b] = [{ path: "pipelines/a/ci.yml" }, { path: "pipelines/b/ci.yml" }];
    expect((await set([a, { ...b, folder: "\\b" }])).mistakes).toBeUndefined();
    expect((await set([a, { ...b, adopt: "\\b\\ci" }])).mistakes).toBeUndefined();
  });

  test.each<[string, unknown, RegExp, Record<string, unknown>?]>([
    ["is not there", [{ path: "no.yml" }], /modelPipelines\.0\.path "no\.yml" does not exist in what is checked out/],
    [
      "is there twice",
      [{ path: "pipelines/train.yml" }, { path: "pipelines/./train.yml", name: "other" }],
      /modelPipelines\.1\.path "pipelines\/\.\/train\.yml" is the path of modelPipelines\.0 as well/,
    ],
    [
      "has the name of another",
      [{ path: "pipelines/a/ci.yml" }, { path: "pipelines/b/ci.yml" }],
      /"pipelines\/a\/ci\.yml" and pipelines\/b\/ci\.yml make definitions of the same name, "mlops-diabetes_regression-ci": set its name/,
    ],
    [
      "has the image-build pipeline's name",
      [{ path: "pipelines/train.yml", name: "MLOPS-diabetes_regression-image-build" }],
      /and docker\/docker-image-pipeline\.yml make definitions of the same name/,
    ],
    [
      "has a name that the service refuses",
      [{ path: "pipelines/train.yml", name: "a/b" }],
      /modelPipelines\.0\.name "a\/b" must be/,
    ],
    [
      "adopts what is no definition",
      [{ path: "pipelines/train.yml", adopt: "ci" }],
      /modelPipelines\.0\.adopt "ci" must be a definition's id/,
    ],
    ["has another key", [{ path: "pipelines/train.yml", image: "a" }], /modelPipelines\.0\.image is not a setting/],
    [
      "is set beside the only one",
      [{ path: "pipelines/train.yml" }],
      /are both set.*leave modelPipeline out/,
      { "job-container:modelPipeline": "pipelines/model-ci.yml" },
    ],
    [
      "is no list",
      "pipelines/train.yml",
      /modelPipelines "pipelines\/train\.yml" must be a list of \{path, name, folder, adopt\}/,
    ],
  ])("one that %s", async (_, list, mistake, ...[more]) => {
    const { mistakes = [] } = await set(list, more);
    expect(mistakes).toContainEqual(expect.stringMatching(mistake));
  });
});
