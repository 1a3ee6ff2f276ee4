import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { layoutOf } from "../../../../local-cloud/cloud/layout";
import { localSettings } from "../../../../local-cloud/start/local-settings";
import {
  removeStackSettings,
  requireOwnStackSettings,
  stackSettingsFile,
  writeStackSettings,
} from "../../../../local-cloud/start/stack-settings";
import { readTeamSettings } from "../../../../local-cloud/start/team-settings";

const cloud = { port: 22100, personalAccessToken: "local", repository: { name: "model", defaultBranch: "master" } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  writeFileSync(
    join(folder, "Pulumi.yaml"),
    stringify({
      name: "churn",
      config: { imageName: { type: "string", default: "churn" }, dockerfile: "env/Dockerfile" },
    }),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const stack = (name: string, config: Record<string, unknown>, more = {}) =>
  writeFileSync(join(folder, `Pulumi.${name}.yaml`), stringify({ config, ...more }));

const settingsLike = (like?: string) =>
  localSettings(readTeamSettings(folder, like), cloud, "a/.local-cloud/conda-locks");

test("the stack local has the team's own settings, but for what must differ", () => {
  stack(
    "dev",
    {
      "azuredevops:orgServiceUrl": "https://dev.azure.com/contoso",
      "azure-native:subscriptionId": "0",
      "azure-native:location": "northeurope",
      "churn:project": "churn",
      "churn:repository": { kind: "gitHub", name: "contoso/churn", serviceConnection: "github" },
      "churn:registry": { kind: "workspace", workspace: "mlw", resourceGroup: "rg" },
      "churn:imageName": "churn/ci",
      "churn:baseImage": "ubuntu:24.04",
      "churn:pipelineFolder": "\\churn",
      "churn:protect": true,
      "churn:infrastructurePipeline": { azureConnection: "azure" },
      "churn:token": { secure: "v1:abc" },
      "other:setting": "x",
    },
    { encryptionsalt: "v1:salt" },
  );
  const { config, notes } = settingsLike();
  expect(config).toEqual({
    "azure-native:location": "northeurope",
    "churn:project": "mlops",
    "churn:repository": { kind: "azureRepos", name: "model", defaultBranch: "master" },
    "churn:registry": { kind: "new", name: "mlopslocal" },
    "churn:imageName": "churn/ci",
    "churn:baseImage": "127.0.0.1:22102/mambaorg/micromamba:local",
    "churn:condaChannel": "http://127.0.0.1:22104/conda-forge",
    "churn:lockFolder": "a/.local-cloud/conda-locks",
    "churn:builder": "local-cloud",
    "churn:pipelineFolder": "\\churn",
    "churn:protect": false,
    "other:setting": "x",
  });
  expect(notes).toEqual([
    "churn:infrastructurePipeline: there is no service connection to Azure for it to deploy through",
    "churn:token: only the stack dev can decrypt it",
  ]);
});

test("definitions that exist elsewhere are made anew", () => {
  const pipelines = [{ path: "ci.yml", adopt: 12 }, { path: "train.yml", name: "train" }, "score.yml"];
  stack("dev", { "churn:modelPipelines": pipelines });
  expect(settingsLike().config["churn:modelPipelines"]).toEqual([
    { path: "ci.yml" },
    { path: "train.yml", name: "train" },
    "score.yml",
  ]);
});

test("a new registry stays as it is, but for a private network", () => {
  const registry = { kind: "new", name: "churncr", sku: "Premium", permissionMode: "AbacRepositoryPermissions" };
  stack("dev", { "churn:registry": { ...registry, publicNetworkAccess: "Disabled" } });
  expect(settingsLike().config).toMatchObject({ "churn:registry": registry });
  expect(settingsLike().config["churn:registry"]).not.toHaveProperty("publicNetworkAccess");
});

describe("the stack that it is like", () => {
  test("is dev, or the only one that there is", () => {
    stack("prod", { "churn:imageName": "prod" });
    expect(settingsLike().config).toMatchObject({ "churn:imageName": "prod" });
    stack("dev", { "churn:imageName": "dev" });
    expect(settingsLike().config).toMatchObject({ "churn:imageName": "dev" });
    expect(settingsLike("prod").config).toMatchObject({ "churn:imageName": "prod" });
  });

  test("is none where no stack has settings, local aside", () => {
    stack("local", { "churn:imageName": "old" });
    expect(settingsLike().config).not.toHaveProperty("churn:imageName");
  });

  test("is to be named where there is a choice, and has to be there", () => {
    stack("test", {});
    stack("prod", {});
    expect(() => settingsLike()).toThrow(/has no Pulumi\.dev\.yaml; settings there have: prod, test\. .* --like/);
    expect(() => settingsLike("prd")).toThrow(
      "has no Pulumi.prd.yaml (option --like); settings there have: prod, test.",
    );
  });
});

test("a setting's value is the stack's, else its default in Pulumi.yaml, declared or not", () => {
  stack("dev", {});
  const value = (name: string) => readTeamSettings(folder, undefined).valueOf(name);
  expect(value("imageName")).toBe("churn");
  expect(value("condaFile")).toBeUndefined();
  expect(value("dockerfile")).toBe("env/Dockerfile");
  stack("dev", { "churn:imageName": "mine" });
  expect(value("imageName")).toBe("mine");
});

describe("the file of its settings", () => {
  const file = () => stackSettingsFile(folder);
  const layout = () => layoutOf(folder);

  test("is removed with the local cloud that wrote it, wherever that was", () => {
    stack("dev", {});
    writeStackSettings(layout(), file(), settingsLike().config);
    expect(parse(readFileSync(file(), "utf8"))).toEqual({ config: settingsLike().config });
    requireOwnStackSettings(cloud, file());
    removeStackSettings(layout(), cloud);
    expect(() => readFileSync(file())).toThrow("ENOENT");
  });

  test("stays if it is another's, or nothing is known of it", () => {
    stack("local", { "churn:baseImage": "127.0.0.1:1/a:1" });
    expect(() => requireOwnStackSettings(cloud, file())).toThrow("was written for another local cloud");
    removeStackSettings(layout(), cloud);
    writeFileSync(layout().stackSettings, JSON.stringify({ file: file() }));
    removeStackSettings(layout(), cloud);
    expect(readFileSync(file(), "utf8")).toContain("127.0.0.1:1/a:1");
  });
});
