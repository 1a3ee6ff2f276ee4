import * as azurenative from "@pulumi/azure-native/provider";
import * as azuredevops from "@pulumi/azuredevops";
import * as pulumi from "@pulumi/pulumi";
import { stackOutputs } from "../../src/common/outputs-schema";
import { createJobContainer } from "../../src/job-container";
import type { SettingsArgs } from "../../src/settings-args";
import { registered } from "./support/mock-cloud";
import { value } from "./support/output";
import { programCloud, providerSettings } from "./support/program-cloud";

// The first test loads the providers' packages.
jest.setTimeout(60_000);

const { cloud } = programCloud();

const args: SettingsArgs = {
  project: "mlops",
  repository: { kind: "azureRepos", name: "diabetes_regression" },
  registry: { kind: "new", name: "mlopsregistry" },
  builder: "ci",
  environmentPolicy: "off",
};

type Options = Parameters<typeof createJobContainer>[2];

async function create(name: string, changes: Partial<SettingsArgs> = {}, opts?: () => Options, config = {}) {
  const found: unknown[] = [];
  const resources = await registered(cloud(), async () => {
    pulumi.runtime.setAllConfig({ ...providerSettings, ...config });
    const { outputs } = await createJobContainer(name, { ...args, ...changes }, opts?.());
    found.push(await value(pulumi.output(outputs)));
  });
  return { outputs: found[0], resources };
}

test("a job container by arguments puts out what the commands and branch environments read", async () => {
  const { outputs } = await create("training");
  expect(stackOutputs.strict().parse(outputs)).toEqual(outputs);
});

test("settings of the program's own in the stack's configuration are none of its arguments", async () => {
  const { outputs } = await create("training", {}, undefined, { "job-container:imageName": "of/configuration" });
  expect(outputs).toMatchObject({ image: { repository: "mlops/diabetes_regression" } });
});

test("what is wrong is named as an argument, all together, and what is wrong in the configuration as a setting", async () => {
  const wrong = { registry: { kind: "new", name: "ml-ops" }, imageName: "MLOps", dockerfile: "docker/none" } as const;
  await expect(create("training", wrong, undefined, { "azure-native:location": "" })).rejects.toThrow(
    /^3 arguments are wrong:\n {2}argument registry\.name "ml-ops" must be .*\n {2}argument imageName "MLOps" must be .*\n {2}azure-native:location is not set/,
  );
  await expect(create("training", { dockerfile: "docker/none" })).rejects.toThrow(
    /^one argument is wrong:\n {2}argument dockerfile "docker\/none" does not exist/,
  );
});

test("what does not exist is named by its argument as well", async () => {
  const place = { kind: "workspace", workspace: "nowhere", resourceGroup: "rg" } as const;
  await expect(create("training", { registry: place })).rejects.toThrow(
    'the Azure ML workspace "nowhere" in resource group "rg" (argument registry) cannot be read: ',
  );
});

test("two are told apart by their names, and one that is called as the program's own has its names", async () => {
  const names = async (name: string) => (await create(name)).resources.map((one) => one.name);
  const [own, other] = [await names("job-container"), await names("training")];
  expect(own).toContain("registry-reader");
  expect(other).toContain("training-registry-reader");
  expect(own.filter((name) => other.includes(name))).toEqual([]);
});

test("what is looked up goes through the providers that the program passes, whose settings nobody else needs", async () => {
  const asked: Record<string, unknown> = {};
  const { functions = {}, ...rest } = cloud();
  const recorded = Object.entries(functions).map(([token, answer]) => {
    const record = (inputs: Record<string, unknown>, provider?: string) => {
      asked[token] = provider?.split("::")[3] ?? "the stack's own";
      return typeof answer === "function" ? answer(inputs) : answer;
    };
    return [token, record] as const;
  });
  const resources = await registered({ ...rest, functions: Object.fromEntries(recorded) }, async () => {
    pulumi.runtime.setAllConfig({});
    const providers = [
      new azuredevops.Provider("elsewhere", { orgServiceUrl: "https://dev.azure.com/fabrikam" }),
      new azurenative.Provider("other-subscription", { location: "northeurope" }),
    ];
    await createJobContainer("training", { ...args, organizationUrl: "https://dev.azure.com/fabrikam" }, { providers });
  });
  expect(asked).toMatchObject({
    "azuredevops:index/getProject:getProject": "elsewhere",
    "azuredevops:index/getGitRepository:getGitRepository": "elsewhere",
    "azure-native:authorization:getClientConfig": "other-subscription",
    "docker:index/getRegistryImage:getRegistryImage": "training-registry-reader",
  });
  expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(["elsewhere", "other-subscription"]));
});

test("a provider that is passed for Azure DevOps needs its organization: the provider does not say it", async () => {
  const providers = () => ({ providers: [new azuredevops.Provider("elsewhere", {})] });
  await expect(create("training", {}, providers, { "azuredevops:orgServiceUrl": "" })).rejects.toThrow(
    "argument organizationUrl is not set, and the organization of a provider that is passed nobody can read",
  );
});
