import { readFileSync } from "node:fs";
import { rules } from "../../../policy/rules";

const types = {
  registry: "azure-native:containerregistry:Registry",
  roleAssignment: "azure-native:authorization:RoleAssignment",
  azureEcr: "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr",
  azureRM: "azuredevops:index/serviceEndpointAzureRM:ServiceEndpointAzureRM",
  dockerRegistry: "azuredevops:index/serviceEndpointDockerRegistry:ServiceEndpointDockerRegistry",
  gitHub: "azuredevops:index/serviceEndpointGitHub:ServiceEndpointGitHub",
  pipelineAuthorization: "azuredevops:index/pipelineAuthorization:PipelineAuthorization",
  resourceAuthorization: "azuredevops:index/resourceAuthorization:ResourceAuthorization",
  definition: "azuredevops:index/buildDefinition:BuildDefinition",
  variableGroup: "azuredevops:index/variableGroup:VariableGroup",
};

/** What the pack says about a resource: the names of the rules, with what is wrong. */
function violations(type: string, inputs: Record<string, unknown>): { rule: string; message: string }[] {
  return rules
    .filter((rule) => rule.types.test(type))
    .flatMap((rule) => [...rule.check(inputs)].map((message) => ({ rule: rule.name, message })));
}

const variable = (name: string, value: string, more = {}) => ({ variables: [{ name, value, ...more }] });

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
const registry = `${subscription}/resourceGroups/rg-mlops/providers/Microsoft.ContainerRegistry/registries/mlops`;
const roleDefinition = (id: string) => `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const push = roleDefinition("8311e382-0749-4cb8-b61a-304f252e45ec");
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("a resource that keeps to the rules", () => {
  test.each<[what: string, type: string, inputs: Record<string, unknown>]>([
    ["a registry as Azure makes it", types.registry, { registryName: "mlops" }],
    ["a registry with both turned off", types.registry, { adminUserEnabled: false, anonymousPullEnabled: false }],
    ["AcrPush on a registry", types.roleAssignment, { scope: registry, roleDefinitionId: push }],
    [
      "AcrPull on a registry",
      types.roleAssignment,
      { scope: registry, roleDefinitionId: roleDefinition("7F951DDA-4ED3-4680-A7CA-43FE172D538D") },
    ],
    [
      "Repository Writer on a registry",
      types.roleAssignment,
      { scope: registry, roleDefinitionId: roleDefinition("2a1e307c-b015-4ebd-883e-5b7698a07328") },
    ],
    [
      "Repository Reader on a registry",
      types.roleAssignment,
      { scope: registry, roleDefinitionId: roleDefinition("b93aa761-3e63-49ed-ac28-beffa264f7ac") },
    ],
    [
      "a connection by federation",
      types.azureEcr,
      { serviceEndpointAuthenticationScheme: "WorkloadIdentityFederation", credentials: { serviceprincipalid: "x" } },
    ],
    [
      "a connection as the agent's own identity",
      types.azureRM,
      { serviceEndpointAuthenticationScheme: "ManagedServiceIdentity" },
    ],
    ["a connection to something else", types.gitHub, { serviceEndpointName: "github" }],
    ["a permission for one pipeline", types.pipelineAuthorization, { type: "endpoint", pipelineId: 7 }],
    ["the older kind for one pipeline", types.resourceAuthorization, { authorized: true, definitionId: 7 }],
    ["a permission that is taken from all", types.resourceAuthorization, { authorized: false }],
    ["an image by digest", types.definition, variable("jobContainerImage", `mlops/diabetes_regression@${digest}`)],
    ["an image by tag and digest", types.definition, variable("baseImage", `mambaorg/micromamba:2.6.1@${digest}`)],
    ["an image that is not set", types.definition, variable("baseImage", "")],
    ["where images are", types.definition, variable("imageRepository", "mlops/diabetes_regression")],
    ["a registry's host and port", types.definition, variable("loginServer", "127.0.0.1:9490")],
    ["a URL", types.definition, variable("condaChannel", "http://127.0.0.1:9484/conda-forge")],
    ["a path", types.definition, variable("dockerfile", "docker/Dockerfile")],
    [
      "a secret that is kept as one",
      types.definition,
      variable("registryPassword", "", { isSecret: true, secretValue: "hunter2" }),
    ],
    ["another variable's value", types.definition, variable("token", "$(System.AccessToken)")],
    ["a connection's name", types.definition, variable("registryConnection", "acrconnection")],
    ["a definition without variables", types.definition, { name: "model" }],
    ["a resource of another type", "azure-native:storage:StorageAccount", { adminUserEnabled: true }],
  ])("%s", (_, type, inputs) => {
    expect(violations(type, inputs)).toEqual([]);
  });
});

describe("a resource that does not is named with what to do", () => {
  test.each<[what: string, rule: string, type: string, inputs: Record<string, unknown>, message: string]>([
    [
      "a registry with an admin user",
      "registry-admin-user",
      types.registry,
      { adminUserEnabled: true },
      "adminUserEnabled is true: its password opens the whole registry to everyone who has it. " +
        "Set it to false, and sign in as an identity that has a role on the registry.",
    ],
    [
      "a registry that is open to all",
      "registry-anonymous-pull",
      types.registry,
      { anonymousPullEnabled: true },
      "Set it to false, and give those who need it AcrPull.",
    ],
    [
      "Contributor",
      "role",
      types.roleAssignment,
      { scope: registry, roleDefinitionId: roleDefinition("b24988ac-6180-42a0-ab88-20f7382dd24c") },
      `roleDefinitionId is ${roleDefinition("b24988ac-6180-42a0-ab88-20f7382dd24c")}, which allows more`,
    ],
    [
      "AcrDelete",
      "role",
      types.roleAssignment,
      { scope: registry, roleDefinitionId: roleDefinition("c2f4ef07-c644-48eb-af81-4b1b4947fb11") },
      "Assign one of AcrPull, AcrPush, ",
    ],
    [
      "a role on a subscription",
      "role-scope",
      types.roleAssignment,
      { scope: subscription, roleDefinitionId: push },
      `scope is ${subscription}: the role would hold for everything in it`,
    ],
    [
      "a role on a resource group",
      "role-scope",
      types.roleAssignment,
      { scope: `${subscription}/resourceGroups/rg-mlops`, roleDefinitionId: push },
      "Assign it on the registry",
    ],
    [
      "a role on a management group",
      "role-scope",
      types.roleAssignment,
      { scope: "/providers/Microsoft.Management/managementGroups/contoso", roleDefinitionId: push },
      "Assign it on the registry",
    ],
    [
      "a connection with a service principal's secret",
      "connection-secret",
      types.azureEcr,
      { serviceEndpointName: "acrconnection", serviceEndpointAuthenticationScheme: "ServicePrincipal" },
      "the service connection acrconnection signs in with a secret",
    ],
    [
      "a connection that does not say how",
      "connection-secret",
      types.azureRM,
      { serviceEndpointName: "azure" },
      "(scheme ServicePrincipal)",
    ],
    [
      "a connection with a password",
      "connection-secret",
      types.dockerRegistry,
      { serviceEndpointName: "hub", dockerPassword: "hunter2" },
      "Use workload identity federation",
    ],
    [
      "a permission for all pipelines",
      "pipeline-permission",
      types.pipelineAuthorization,
      { type: "endpoint", resourceId: "1" },
      "lets every pipeline of the project use the resource",
    ],
    [
      "the older kind for all pipelines",
      "pipeline-permission",
      types.resourceAuthorization,
      { type: "endpoint", authorized: true },
      "Set pipelineId (definitionId)",
    ],
    [
      "an image by tag",
      "image-digest",
      types.definition,
      variable("jobContainerImage", "mlops/diabetes_regression:latest"),
      "the variable jobContainerImage is mlops/diabetes_regression:latest, an image without a digest",
    ],
    [
      "an image of which nothing is said",
      "image-digest",
      types.definition,
      variable("baseImage", "mambaorg/micromamba"),
      "Set it to <repository>@sha256:…",
    ],
    [
      "an image of Azure's registries, whatever it is called",
      "image-digest",
      types.variableGroup,
      variable("runsIn", "mlops.azurecr.io/mlops/diabetes_regression:latest"),
      "the variable runsIn is",
    ],
    [
      "an image with half a digest",
      "image-digest",
      types.definition,
      variable("jobContainerImage", "mlops/diabetes_regression@sha256:0123"),
      "an image without a digest",
    ],
    [
      "a password by its name",
      "plain-secret",
      types.definition,
      variable("registryPassword", "hunter2"),
      "the variable registryPassword has a secret in plain text",
    ],
    [
      "a token by its name",
      "plain-secret",
      types.variableGroup,
      variable("SERVICE_TOKEN", "hunter2"),
      "a secret in plain",
    ],
    [
      "a secret that is marked as one, and written down",
      "plain-secret",
      types.variableGroup,
      variable("setting", "hunter2", { isSecret: true }),
      "isSecret with secretValue",
    ],
  ])("%s", (_, rule, type, inputs, message) => {
    expect(violations(type, inputs)).toEqual([{ rule, message: expect.stringContaining(message) }]);
  });

  test.each([
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE"],
    ["a JSON web token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"],
    ["a connection string with a key", "DefaultEndpointsProtocol=https;AccountName=mlops;AccountKey=aGVsbG8="],
    ["a shared access signature", `https://mlops.blob.core.windows.net/models?sv=2024&sig=${"aB1%2B".repeat(8)}`],
    ["a URL with a password", "https://someone:hunter2@example.test/feed"],
    ["a GitHub token", `ghp_${"a1".repeat(18)}`],
    ["an Azure DevOps access token", `${"a1B2".repeat(19)}AZDO1a2b`],
    ["an Azure DevOps access token", "a2b3".repeat(13)],
    ["a client secret of Microsoft Entra", `abc8Q~${"Ab1_".repeat(8)}ab`],
  ])("%s by what it looks like, which is not repeated", (what, value) => {
    const found = violations(types.definition, variable("setting", value));
    expect(found).toEqual([
      { rule: "plain-secret", message: expect.stringContaining(`setting has ${what} in plain text`) },
    ]);
    expect(JSON.stringify(found)).not.toContain(value.slice(-8));
  });
});

test.each([
  "azure-native:containerregistry/v20230101preview:Registry",
  "azure-native_containerregistry_v20250401:containerregistry:Registry",
])("a registry of a fixed API version is one, too (%s)", (type) => {
  expect(violations(type, { adminUserEnabled: true })).toMatchObject([{ rule: "registry-admin-user" }]);
});

test("a registry's parts are none", () => {
  expect(violations("azure-native:containerregistry:RegistryTask", { adminUserEnabled: true })).toEqual([]);
});

test("a value that is not known yet keeps no other from being checked, and is said", () => {
  const notKnown = {
    name: "loginServer",
    get value(): string {
      throw new Error("value at .variables.0.value can't be known during preview");
    },
  };
  const tagged = { name: "baseImage", value: "mambaorg/micromamba:latest" };
  const rule = rules.find(({ name }) => name === "image-digest");
  const found = rule?.check({ variables: [notKnown, tagged] })[Symbol.iterator]();
  expect(found?.next().value).toContain("the variable baseImage");
  expect(() => found?.next()).toThrow("can't be known during preview");
});

test("each rule has a name of its own, and a sentence", () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  for (const { description } of rules) expect(description).toMatch(/^[A-Z].*\.$/);
});

test("the documents list them all", () => {
  const rows = rules.map(({ name, description }) => `| ${name} | ${description} |`);
  expect(readFileSync("docs/components.md", "utf8").match(/^\| [a-z-]+ \| .*\. \|$/gm)).toEqual(rows);
});
