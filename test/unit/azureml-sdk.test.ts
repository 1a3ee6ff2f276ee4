import { azureMlSdkVersion } from "../../environment/azureml-sdk";

const file = (...dependencies: string[]) => `dependencies:\n${dependencies.map((line) => `  ${line}\n`).join("")}`;

test.each([
  ["conda, one equals sign", file("- python=3.11", "- azure-ai-ml=1.20.0"), "1.20.0"],
  ["conda, exact and with a build", file("- azure-ai-ml==1.20.0=pyhd8ed1ab_0"), "1.20.0"],
  ["conda, with its channel", file("- conda-forge::azure-ai-ml=1.20.0"), "1.20.0"],
  ["pip", file("- pip:", "  - azureml-sdk==1.5.0"), "1.5.0"],
  ["pip, with extras and spaces", file("- pip:", "  - azureml-core[automl] == 1.5.0"), "1.5.0"],
  ["another spelling of the name", file("- pip:", "  - Azure_AI_ML==1.2.0"), "1.2.0"],
  ["the newest SDK of several", file("- pip:", "  - azureml-core==1.5.0", "  - azure-ai-ml==1.20.0"), "1.20.0"],
])("the pinned version is read: %s", (_, text, version) => {
  expect(azureMlSdkVersion(text)).toBe(version);
});

test.each([
  ["none", file("- python=3.11")],
  ["an open version", file("- azure-ai-ml")],
  ["a range", file("- azure-ai-ml>=1.20")],
  ["a pattern", file("- azure-ai-ml=1.20.*")],
  ["a package whose name only begins so", file("- azure-ai-ml-extra=1.0")],
  ["an empty file", ""],
  ["no dependencies", "name: ci\n"],
])("there is no version to name: %s", (_, text) => {
  expect(azureMlSdkVersion(text)).toBeUndefined();
});
