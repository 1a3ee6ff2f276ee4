import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IPolicyApi } from "azure-devops-node-api/PolicyApi";
import { LocalAzureDevOps } from "../../../support/local-azure-devops";

let azureDevOps: LocalAzureDevOps;
let api: IPolicyApi;

beforeEach(async () => {
  azureDevOps = await LocalAzureDevOps.start();
  api = await azureDevOps.client.getPolicyApi();
  const build = await azureDevOps.client.getBuildApi();
  const process = { type: 2, yamlFilename: "pipelines/infrastructure.yml" };
  const repository = { id: azureDevOps.repositoryId, type: "TfsGit" };
  await build.createDefinition({ name: "infrastructure", repository, process }, "mlops");
});

afterEach(() => azureDevOps.close());

const buildPolicy = "0609b952-1397-4640-95ec-e00a01b2c241";
const path = "mlops/_apis/policy/configurations";

function scope(more: object = {}) {
  return { repositoryId: azureDevOps.repositoryId, refName: "refs/heads/main", matchKind: "Exact", ...more };
}

function settings(more: object = {}) {
  return { buildDefinitionId: 1, displayName: "Infrastructure", scope: [scope()], ...more };
}

function policy(more: object = {}) {
  return { isEnabled: true, isBlocking: true, type: { id: buildPolicy }, settings: settings(), ...more };
}

describe("a build policy", () => {
  it("comes back with what the service adds to it", async () => {
    const made = await api.createPolicyConfiguration(policy(), "mlops");
    expect(made).toMatchObject({
      id: 1,
      revision: 1,
      isEnabled: true,
      isBlocking: true,
      isDeleted: false,
      type: { id: buildPolicy, displayName: "Build" },
      settings: {
        buildDefinitionId: 1,
        displayName: "Infrastructure",
        manualQueueOnly: false,
        queueOnSourceUpdateOnly: false,
        validDuration: 0,
        scope: [scope()],
      },
    });
    expect(await api.getPolicyConfiguration("mlops", 1)).toEqual(made);
    expect(await api.getPolicyConfigurations("mlops")).toEqual([made]);
    expect(azureDevOps.savedState().policies).toEqual(azureDevOps.state.policies);
  });

  it("is changed, and counts its revisions", async () => {
    await api.createPolicyConfiguration(policy(), "mlops");
    await api.updatePolicyConfiguration(policy({ isBlocking: false }), "mlops", 1);
    expect(await api.getPolicyConfiguration("mlops", 1)).toMatchObject({ revision: 2, isBlocking: false });
  });

  it("is deleted, and found as such by its number only", async () => {
    await api.createPolicyConfiguration(policy(), "mlops");
    await api.deletePolicyConfiguration("mlops", 1);
    expect(await api.getPolicyConfiguration("mlops", 1)).toMatchObject({ id: 1, isDeleted: true });
    expect(await api.getPolicyConfigurations("mlops")).toEqual([]);
    for (const method of ["DELETE", "PUT"]) {
      expect(await azureDevOps.request(method, `${path}/1`, policy())).toMatchObject({
        status: 404,
        body: { typeKey: "PolicyConfigurationNotFoundException" },
      });
    }
  });

  it.each([
    ["every repository's default branch", { repositoryId: null, refName: null, matchKind: "DefaultBranch" }],
    ["branches whose names begin alike", { refName: "refs/heads/release/", matchKind: "prefix" }],
    ["a branch in every repository", { repositoryId: null }],
  ])("is for %s", async (_, more) => {
    const body = policy({ settings: settings({ scope: [scope(more)] }) });
    expect(await azureDevOps.request("POST", path, body)).toMatchObject({ status: 200 });
  });
});

describe("a build policy is refused", () => {
  it.each<[string, () => object, string]>([
    ["for a pipeline that does not exist", () => settings({ buildDefinitionId: 7 }), "with id '7' does not exist"],
    ["for no pipeline", () => ({ displayName: "a", scope: [scope()] }), "does not exist"],
    ["without a scope", () => settings({ scope: [] }), "at least one scope"],
    ["for a repository that does not exist", () => settings({ scope: [scope({ repositoryId: "a" })] }), '"a" does not'],
    ["for a branch without its full name", () => settings({ scope: [scope({ refName: "main" })] }), '"main" is not'],
    ["without a branch", () => settings({ scope: [scope({ refName: null })] }), "null is not the full name"],
    ["of an unknown kind of scope", () => settings({ scope: [scope({ matchKind: "Like" })] }), '"Like" is not Exact'],
    ["for default branches by name", () => settings({ scope: [scope({ matchKind: "DefaultBranch" })] }), "neither"],
    ["with a misspelt setting", () => settings({ validDurations: 1 }), "'validDurations'"],
    ["with a negative duration", () => settings({ validDuration: -1 }), "-1 of 'validDuration'"],
    ["with a relative path", () => settings({ filenamePatterns: ["docker/*"] }), "'filenamePatterns'"],
  ])("%s", async (_, make, message) => {
    const answer = await azureDevOps.request("POST", path, policy({ settings: make() }));
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining("TF402457") } });
    expect(answer.body.message).toContain(message);
    expect(azureDevOps.savedState().policies).toEqual([]);
  });

  it("of a type that is not emulated, by name", async () => {
    const type = { id: "fa4e907d-c16b-4a4c-9dfa-4906e5d171dd" };
    expect(await azureDevOps.request("POST", path, policy({ type }))).toMatchObject({
      status: 404,
      body: { message: expect.stringContaining(type.id), typeKey: "PolicyTypeNotFoundException" },
    });
    expect(await api.getPolicyTypes("mlops")).toMatchObject([{ id: buildPolicy, displayName: "Build" }]);
    expect(await api.getPolicyType("mlops", buildPolicy)).toMatchObject({ displayName: "Build" });
  });

  it("without saying whether it is enabled and blocks", async () => {
    const { isBlocking, ...rest } = policy();
    expect(isBlocking).toBe(true);
    expect(await azureDevOps.request("POST", path, rest)).toMatchObject({ status: 400 });
  });
});

test("a state that was written down before there were pull requests and policies is refused, and stays as it is", async () => {
  await azureDevOps.stop();
  const file = join(azureDevOps.directory, "azure-devops.json");
  const now = readFileSync(file, "utf8");
  const { pullRequests, policies, ...old } = JSON.parse(now);
  expect([pullRequests, policies]).toEqual([[], []]);
  writeFileSync(file, JSON.stringify(old));
  await expect(LocalAzureDevOps.start(undefined, azureDevOps.directory)).rejects.toThrow(
    `${file} is damaged, or was written by another version of it: pullRequests:`,
  );
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(old);
  writeFileSync(file, now);
});
