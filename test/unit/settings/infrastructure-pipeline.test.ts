import { readFileSync } from "node:fs";
import { infrastructurePipelineProblems } from "../../../src/settings/infrastructure-pipeline";
import { parseSettings } from "../../../src/settings/stack-settings";

const names = {
  ...{ azureConnection: "azure", previewConnection: "azure-preview" },
  ...{ variableGroup: "job-container-deploy", previewVariableGroup: "job-container-preview" },
};
const own = readFileSync("pipelines/infrastructure.yml", "utf8");

function problems(file: string | undefined, setting: object = names): string[] {
  const { data: settings } = parseSettings({
    project: "mlops",
    repository: { kind: "azureRepos", name: "diabetes" },
    registry: { kind: "new", name: "mlopsacr" },
    infrastructurePipeline: setting,
  });
  if (settings === undefined) throw new Error("the settings are wrong");
  return infrastructurePipelineProblems(settings, (path) =>
    path === "pipelines/infrastructure.yml" ? file : undefined,
  );
}

test("the file that init writes has what it needs", () => {
  expect(problems(own)).toEqual([]);
});

test("a file that is not checked out, and no setting, are no problem", () => {
  expect(problems(undefined)).toEqual([]);
  expect(problems("steps: []", {})).toEqual([]);
});

test("a file of a version before previews through the connection that deploys, and names no group", () => {
  expect(problems("steps: [{ task: AzureCLI@2, inputs: { azureSubscription: $(azureConnection) } }]")).toEqual([
    expect.stringContaining("does not use $(previewConnection)"),
    '"pipelines/infrastructure.yml" does not name the variable group "job-container-deploy" and "job-container-preview": ' +
      "write it behind `- group:` there",
  ]);
});

test("a connection may stand in the file by its name", () => {
  expect(problems(own.replaceAll("$(previewConnection)", "azure-preview"))).toEqual([]);
});

test("a group that the file names, and no setting, may not be used", () => {
  const { variableGroup: _, ...without } = names;
  expect(problems(own, without)).toEqual([
    expect.stringContaining('names the variable group "job-container-deploy", which no setting does'),
  ]);
});

test("what is no YAML is Azure Pipelines' to say", () => {
  expect(
    problems("variables: [$(previewConnection)", {
      ...names,
      variableGroup: undefined,
      previewVariableGroup: undefined,
    }),
  ).toEqual([]);
});
