import { deployer, previewer, type ServicePrincipal } from "../../local-cloud/cloud/identity";
import { Program } from "../support/program";
import { azureDevOps } from "./support/far-side";
import { environmentAs } from "./support/identities";
import { localCloudDirectory } from "./support/local-cloud";

const setting = {
  ...{ azureConnection: "azure-deployments", previewConnection: "azure-previews" },
  ...{ variableGroup: "job-container-deploy", previewVariableGroup: "job-container-preview" },
};

let program: Program;
/** What the team has made: ids of the connections, and of the groups. */
let connections: string[];
let groups: number[];

beforeAll(async () => {
  const reference = { id: (await project()).id, name: "mlops" };
  const endpoints = await azureDevOps().getServiceEndpointApi();
  const connect = async (name: string, serviceprincipalid: string) => {
    const { id = "" } = await endpoints.createServiceEndpoint({
      name,
      type: "azurerm",
      url: "https://management.azure.com/",
      data: { creationMode: "Manual", environment: "AzureCloud", scopeLevel: "Subscription" },
      authorization: {
        scheme: "WorkloadIdentityFederation",
        parameters: { tenantid: reference.id ?? "", serviceprincipalid },
      },
      serviceEndpointProjectReferences: [{ projectReference: reference, name }],
    });
    return id;
  };
  connections = [
    await connect(setting.azureConnection, "00000000-0000-0000-0000-000000000001"),
    await connect(setting.previewConnection, "00000000-0000-0000-0000-000000000002"),
  ];
  const library = await azureDevOps().getTaskAgentApi();
  const group = async (name: string) => {
    const { id = 0 } = await library.addVariableGroup({
      name,
      type: "Vsts",
      variables: {
        PULUMI_BACKEND_URL: { value: "azblob://state" },
        PULUMI_CONFIG_PASSPHRASE: { isSecret: true, value: "a" },
      },
      variableGroupProjectReferences: [{ projectReference: reference, name }],
    });
    return id;
  };
  groups = [await group(setting.variableGroup), await group(setting.previewVariableGroup)];
  program = await Program.create({
    cloud: localCloudDirectory(),
    stack: "infrastructure",
    settings: {
      "job-container:registry": { kind: "new", name: "infrastructureacr" },
      "job-container:serviceConnection": { name: "infrastructure-acr" },
      "job-container:pipelineFolder": "\\infrastructure",
      "job-container:infrastructurePipeline": setting,
    },
  });
});
afterAll(() => program.remove());

async function project() {
  return (await azureDevOps().getCoreApi()).getProject("mlops");
}

async function repository() {
  return (await azureDevOps().getGitApi()).getRepository("diabetes_regression", "mlops");
}

async function policies() {
  return (await azureDevOps().getPolicyApi()).getPolicyConfigurations("mlops");
}

async function permissions(resource: string): Promise<number[]> {
  const { rest, serverUrl } = azureDevOps();
  const { result } = await rest.get<{ pipelines: { id: number }[] }>(
    `${serverUrl}/mlops/_apis/pipelines/pipelinepermissions/${resource}?api-version=7.1-preview.1`,
  );
  return result?.pipelines.map(({ id }) => id) ?? [];
}

let id: number;

test("up makes the pipeline, on its YAML file, with no variable group that every run would have", async () => {
  const { exitCode, output } = await program.up();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const { infrastructurePipeline } = await program.outputs();
  id = Number(infrastructurePipeline?.id);
  const definition = await (await azureDevOps().getBuildApi()).getDefinition("mlops", id);
  expect(definition).toMatchObject({
    name: "mlops-diabetes_regression-infrastructure",
    path: "\\infrastructure",
    process: { yamlFilename: "pipelines/infrastructure.yml" },
    variables: {
      azureConnection: { value: setting.azureConnection },
      previewConnection: { value: setting.previewConnection },
      baseStack: { value: "infrastructure" },
    },
    variableGroups: [],
  });
});

async function permissionsOfAll(): Promise<number[][]> {
  const resources = [...connections.map((one) => `endpoint/${one}`), ...groups.map((one) => `variablegroup/${one}`)];
  return Promise.all(resources.map(permissions));
}

test("it, and no other pipeline, may use the service connections to Azure and the variable groups", async () => {
  expect(await permissionsOfAll()).toEqual([[id], [id], [id], [id]]);
});

test("what deploys may be used by runs of the default branch alone, what previews by all", async () => {
  const { rest, serverUrl } = azureDevOps();
  const branches = async (resourceType: string, resourceId: string | number) => {
    const query = `resourceType=${resourceType}&resourceId=${resourceId}&$expand=settings&api-version=7.1-preview.1`;
    const { result } = await rest.get<{ value: { settings: { inputs: { allowedBranches: string } } }[] }>(
      `${serverUrl}/mlops/_apis/pipelines/checks/configurations?${query}`,
    );
    return result?.value.map(({ settings }) => settings.inputs.allowedBranches);
  };
  expect(await Promise.all(connections.map((one) => branches("endpoint", one)))).toEqual([["refs/heads/main"], []]);
  expect(await Promise.all(groups.map((one) => branches("variablegroup", one)))).toEqual([["refs/heads/main"], []]);
});

test("a policy on the default branch runs it on pull requests", async () => {
  expect(await policies()).toMatchObject([
    {
      isEnabled: true,
      isBlocking: true,
      settings: {
        buildDefinitionId: id,
        scope: [{ repositoryId: (await repository()).id, refName: "refs/heads/main", matchKind: "Exact" }],
      },
    },
  ]);
});

test("nothing is left to do: what the service gives back is what was asked for", async () => {
  expect(await program.preview()).toEqual([]);
  const { exitCode, output } = await program.pulumi("refresh", "--yes", "--stack", program.stack);
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(await program.preview()).toEqual([]);
});

describe("a change of a definition", () => {
  const changed = () => ({ ...program.settings, "job-container:pipelineFolder": "\\infrastructure\\moved" });
  const pulumi = async (who: ServicePrincipal, ...args: string[]) =>
    program.run("pulumi", [...args, "--stack", program.stack, "--non-interactive"], await environmentAs(who));
  const folder = async () => (await (await azureDevOps().getBuildApi()).getDefinition("mlops", id)).path;

  beforeAll(() => program.configure(changed()));
  afterAll(() => program.configure(program.settings));

  test("is previewed by the identity that can only read, which is refused when it deploys", async () => {
    const preview = await pulumi(previewer, "preview");
    expect(preview).toMatchObject({ exitCode: 0, output: expect.stringMatching(/~ \d+ to update/) });
    const { exitCode, output } = await pulumi(previewer, "up", "--yes", "--skip-preview");
    expect({ exitCode, output }).not.toMatchObject({ exitCode: 0 });
    // Whichever comes first of the definition and the checks: the other may not be asked any more.
    expect(output).toMatch(
      /TF215106: Access denied\. Previews needs Edit build pipeline permissions|Access Denied: Previews needs the following permission/,
    );
    expect(await folder()).toBe("\\infrastructure");
  });

  test("is deployed by the identity that deploys, with what the documents give it", async () => {
    const { exitCode, output } = await pulumi(deployer, "up", "--yes", "--skip-preview");
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(await folder()).toBe("\\infrastructure\\moved");
  });
});

test("a connection or a variable group that is not there ends the preview before it begins", async () => {
  for (const [wrong, message] of [
    [
      { ...setting, azureConnection: "nowhere" },
      'service connection "nowhere" (setting infrastructurePipeline.azureConnection)',
    ],
    [{ ...setting, previewConnection: setting.azureConnection }, "infrastructurePipeline.previewConnection"],
    [{ ...setting, variableGroup: "none" }, 'does not name the variable group "none"'],
  ] as const) {
    program.configure({ ...program.settings, "job-container:infrastructurePipeline": wrong });
    const { exitCode, output } = await program.pulumi("preview", "--stack", program.stack);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(message);
  }
});

test("switched off it is gone, with its policy and its permissions, and what the team made is there", async () => {
  program.configure({ ...program.settings, "job-container:infrastructurePipeline": {} });
  const { exitCode, output } = await program.up();
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  expect(await policies()).toEqual([]);
  expect(await permissionsOfAll()).toEqual([[], [], [], []]);
  expect(await (await azureDevOps().getBuildApi()).getDefinition("mlops", id)).toBeNull();
});
