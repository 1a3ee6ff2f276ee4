import { ContributedFeatureEnabledValue } from "azure-devops-node-api/interfaces/FeatureManagementInterfaces";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
});

afterEach(() => azureDevOps.close());

const [pipelines, artifacts] = ["ms.vss-build.pipelines", "ms.azure-artifacts.feature"];

describe("the services of a project", () => {
  it("are switched off and on one by one", async () => {
    const client = await azureDevOps.client.getFeatureManagementApi();
    const [project, query] = [azureDevOps.projectId, { featureIds: [pipelines, artifacts] }];
    const set = (state: ContributedFeatureEnabledValue) =>
      client.setFeatureStateForScope({ featureId: artifacts, state }, artifacts, "host", "project", project);
    const states = async () => {
      const { featureStates = {} } = await client.queryFeatureStates({ ...query, scopeValues: { project } });
      return [featureStates[pipelines]?.state, featureStates[artifacts]?.state];
    };
    const { Enabled, Disabled } = ContributedFeatureEnabledValue;
    expect(await states()).toEqual([Enabled, Enabled]);
    expect(await set(Disabled)).toMatchObject({ featureId: artifacts, state: Disabled });
    expect(await states()).toEqual([Enabled, Disabled]);
    expect(azureDevOps.savedState().projects).toMatchObject([{ disabledFeatures: [artifacts] }]);
    await set(Enabled);
    expect(await states()).toEqual([Enabled, Enabled]);
    const one = await client.getFeatureStateForScope(pipelines, "host", "project", project);
    expect(one).toMatchObject({ featureId: pipelines, state: Enabled });
  });

  it.each([
    ["of a service that does not exist", "ms.vss-nothing", { state: "enabled" }, "'ms.vss-nothing' is not one of"],
    [
      "to a state that does not exist",
      pipelines,
      { state: "undefined" },
      "'undefined' is not one of disabled, enabled",
    ],
  ])("are not set %s", async (_, feature, body, message) => {
    const path = `_apis/FeatureManagement/FeatureStates/host/project/${azureDevOps.projectId}/${feature}`;
    expect(await azureDevOps.request("PATCH", path, body)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
  });
});
