import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import type { StackOutputs } from "../../src/common/outputs";
import { stackOutputs } from "../../src/common/outputs-schema";
import { refusal, registered } from "./support/mock-cloud";
import { value } from "./support/output";
import { digest, programCloud, providerSettings } from "./support/program-cloud";
import { saidByProgram } from "./support/said";

// The first test loads the providers' packages.
jest.setTimeout(60_000);

const { registryAddress, cloud: programsCloud } = programCloud();

const settings = {
  ...providerSettings,
  "job-container:builder": "ci",
  "job-container:environmentPolicy": "off",
  "job-container:project": "mlops",
  "job-container:repository": '{"kind":"azureRepos","name":"diabetes_regression"}',
};

const infrastructurePipeline = JSON.stringify({
  ...{ azureConnection: "azure-deployments", previewConnection: "azure-previews" },
  ...{ variableGroup: "job-container-deploy", previewVariableGroup: "job-container-preview" },
});

/** What the whole program puts out, on mocks. */
async function outputsOf(own: Record<string, string>, base: Partial<StackOutputs> = {}): Promise<unknown> {
  return (await run(own, { base })).outputs;
}

async function run(
  own: Record<string, string>,
  { base = {}, organization }: { base?: Partial<StackOutputs>; organization?: string },
) {
  const cloud = { ...programsCloud(base), organization };
  const found: unknown[] = [];
  const resources = await registered(cloud, async () => {
    pulumi.runtime.setAllConfig({ ...settings, ...own });
    found.push(await value(pulumi.output(await program())));
  });
  return { outputs: found[0], resources };
}

const registry = '{"kind":"new","name":"mlopsregistry"}';

test("a base environment puts out what every reader parses, and nothing else", async () => {
  const outputs = await outputsOf({
    "job-container:registry": registry,
    "job-container:infrastructurePipeline": infrastructurePipeline,
  });
  expect(stackOutputs.strict().parse(outputs)).toEqual(outputs);
  expect(outputs).toMatchObject({
    registry: { name: "mlopsregistry", loginServer: registryAddress(), owned: true },
    image: { repository: "mlops/diabetes_regression", digest },
    serviceConnection: { name: "acrconnection" },
    pushConnection: { name: "acrconnection-push" },
    infrastructurePipeline: { name: "mlops-diabetes_regression-infrastructure" },
  });
});

test("a base environment with an Azure ML environment puts it out, and looks for the workspace first", async () => {
  const own = (workspace: string) => ({
    "job-container:registry": registry,
    "job-container:azureMlEnvironment": JSON.stringify({ name: "jc", workspace, resourceGroup: "rg-mlw" }),
  });
  const outputs = await outputsOf(own("mlw"));
  expect(stackOutputs.strict().parse(outputs).azureMlEnvironment).toEqual({
    ...{ name: "jc", version: digest.slice(7, 19), workspace: "mlw", resourceGroup: "rg-mlw" },
  });
  await expect(outputsOf(own("nowhere"))).rejects.toThrow(
    'the Azure ML workspace "nowhere" in resource group "rg-mlw" (setting azureMlEnvironment) cannot be read: ',
  );
});

test("Azure is asked while the settings are still being read; what is wrong with them is said, whatever it answers", async () => {
  const cloud = programsCloud();
  const asked = jest.fn(() => {
    throw refusal("nobody is signed in");
  });
  cloud.functions = { ...cloud.functions, "azure-native:authorization:getClientConfig": asked };
  const wrong = registered(cloud, async () => {
    pulumi.runtime.setAllConfig({ ...settings, "job-container:registry": '{"kind":"newer"}' });
    await program();
  });
  await expect(wrong).rejects.toThrow('job-container:registry.kind "newer" must be new, workspace or existing');
  expect(asked).toHaveBeenCalledTimes(1);
});

test("one with a single connection and no pipeline for itself puts out neither", async () => {
  const outputs = await outputsOf({
    "job-container:registry": registry,
    "job-container:serviceConnection": '{"separatePush":false}',
  });
  expect(stackOutputs.strict().parse(outputs)).toEqual(outputs);
  expect(outputs).not.toHaveProperty("pushConnection");
  expect(outputs).not.toHaveProperty("infrastructurePipeline");
});

test("a branch environment puts out the same of its own, with the base environment's registry and connection", async () => {
  const found = stackOutputs.parse(await outputsOf({ "job-container:registry": registry }));
  const id = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/mlopsregistry";
  const base = { ...found, registry: { ...found.registry, id } };
  const said = saidByProgram();
  const outputs = await outputsOf(
    {
      "job-container:branchEnvironment": '{"name":"tensorflow","branch":"tensorflow","base":"organization/jc/dev"}',
    },
    base,
  );
  expect(stackOutputs.strict().parse(outputs)).toEqual(outputs);
  expect(outputs).toMatchObject({
    registry: { id: base.registry.id },
    image: { repository: "mlops/diabetes_regression/tensorflow" },
    serviceConnection: base.serviceConnection,
    pushConnection: { name: "acrconnection-push-tensorflow" },
  });
  expect(said).toContainEqual(expect.stringContaining("the service connections are new."));
  // They are the base environment's.
  expect(outputs).not.toHaveProperty("registry.owned");
  expect(outputs).not.toHaveProperty("resourceGroup");
});

test("the environment of a branch needs a base environment that is up", async () => {
  await expect(
    outputsOf({
      "job-container:branchEnvironment": '{"name":"tensorflow","branch":"tensorflow","base":"organization/jc/dev"}',
    }),
  ).rejects.toThrow(
    /^the base environment's stack "organization\/jc\/dev" .* no registry and no serviceConnection and no image/,
  );
});

test("in Pulumi Cloud the infrastructure pipeline and a branch name their base's organization: a login may begin elsewhere", async () => {
  const base = await run(
    {
      "job-container:registry": registry,
      "job-container:infrastructurePipeline": infrastructurePipeline,
    },
    { organization: "acme" },
  );
  const definitions = base.resources.filter(({ type }) => type === "azuredevops:index/buildDefinition:BuildDefinition");
  expect(JSON.stringify(definitions)).toContain('"value":"acme/test"');

  const branch = '{"name":"tensorflow","branch":"tensorflow","base":"dev"}';
  await expect(run({ "job-container:branchEnvironment": branch }, { organization: "acme" })).rejects.toThrow(
    /^the base environment's stack "acme\/dev" /,
  );
});

test("every resource has the name and the parent that it has always had: another one would be another resource", async () => {
  const { resources } = await run(
    {
      "job-container:registry": registry,
      "job-container:infrastructurePipeline": infrastructurePipeline,
    },
    {},
  );
  const named = resources.map(({ type, name, parent = "" }) => `${parent.split(":").at(-1)}>${type} ${name}`);
  expect(named.sort()).toEqual([
    ">mlops:index:InfrastructurePipeline infrastructure",
    ">mlops:index:JobContainer job-container",
    ">pulumi:providers:docker registry-reader",
    "ContainerImage>docker-build:index:Image job-container",
    "ContainerRegistry>azure-native:containerregistry:Registry job-container",
    "ImageBuildPipeline>azuredevops:index/buildDefinition:BuildDefinition job-container-image-build",
    "ImageBuildPipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization job-container-image-build",
    "InfrastructurePipeline>azuredevops:index/branchPolicyBuildValidation:BranchPolicyBuildValidation infrastructure",
    "InfrastructurePipeline>azuredevops:index/buildDefinition:BuildDefinition infrastructure",
    "InfrastructurePipeline>azuredevops:index/checkBranchControl:CheckBranchControl infrastructure",
    "InfrastructurePipeline>azuredevops:index/checkBranchControl:CheckBranchControl infrastructure-variables",
    "InfrastructurePipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization infrastructure",
    "InfrastructurePipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization infrastructure-preview",
    "InfrastructurePipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization infrastructure-preview-variables",
    "InfrastructurePipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization infrastructure-variables",
    "JobContainer>azure-native:resources:ResourceGroup job-container",
    "JobContainer>mlops:index:ContainerImage job-container",
    "JobContainer>mlops:index:ContainerRegistry job-container",
    "JobContainer>mlops:index:ImageBuildPipeline job-container-image-build",
    "JobContainer>mlops:index:ModelPipeline job-container-model",
    "JobContainer>mlops:index:RegistryConnection job-container",
    "JobContainer>mlops:index:RegistryConnection job-container-push",
    "ModelPipeline>azuredevops:index/buildDefinition:BuildDefinition job-container-model",
    "ModelPipeline>azuredevops:index/pipelineAuthorization:PipelineAuthorization job-container-model",
    "RegistryConnection>azure-native:authorization:RoleAssignment job-container",
    "RegistryConnection>azure-native:authorization:RoleAssignment job-container-push",
    "RegistryConnection>azure-native:managedidentity:FederatedIdentityCredential job-container",
    "RegistryConnection>azure-native:managedidentity:FederatedIdentityCredential job-container-push",
    "RegistryConnection>azure-native:managedidentity:UserAssignedIdentity job-container",
    "RegistryConnection>azure-native:managedidentity:UserAssignedIdentity job-container-push",
    "RegistryConnection>azuredevops:index/checkBranchControl:CheckBranchControl job-container-push",
    "RegistryConnection>azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr job-container",
    "RegistryConnection>azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr job-container-push",
  ]);
});
