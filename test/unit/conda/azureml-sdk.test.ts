import { azureMlSdkVersion } from "../../../src/conda/azureml-sdk";
import { type Lock, readLock } from "../../../src/conda/lock-file";
import { readCondaFile } from "../../../src/conda/read-conda-file";

async function fileOf(...dependencies: string[]) {
  const { file } = readCondaFile(
    "ci.yml",
    `dependencies:\n  - python=3.11\n${dependencies.map((line) => `  ${line}\n`).join("")}`,
  );
  if (!file) throw new Error("the file cannot be read");
  return file;
}

function lockOf(...packages: string[]): Lock {
  const urls = packages.map((name) => `https://conda.anaconda.org/conda-forge/noarch/${name}-0.conda`);
  const header = ["file: ci.yml", "channels: conda-forge", "digest: none", "platform: linux-64"];
  return readLock([...header.map((line) => `# ${line}`), "@EXPLICIT", ...urls].join("\n"), "ci.linux-64.lock");
}

test.each([
  ["conda, one equals sign", ["- azure-ai-ml=1.31.0"], "1.31.0"],
  ["conda, exact and with a build", ["- azure-ai-ml==1.31.0=pyhd8ed1ab_0"], "1.31.0"],
  ["conda, exact and of two numbers", ["- azure-ai-ml==1.31"], "1.31"],
  ["conda, with its channel", ["- conda-forge::azure-ai-ml=1.31.0"], "1.31.0"],
  ["conda, before a release", ["- azure-ai-ml=1.31.0rc1"], "1.31.0rc1"],
  ["pip", ["- pip:", "  - azureml-sdk==1.5.0"], "1.5.0"],
  ["pip, as it is written", ["- pip:", "  - azureml-sdk===1.5.0"], "1.5.0"],
  ["one entry of several", ["- azure-ai-ml", "- azure-ai-ml=1.31.0"], "1.31.0"],
  ["pip, with extras and spaces", ["- pip:", "  - azureml-core[automl] == 1.5.0"], "1.5.0"],
  ["another spelling of the name", ["- pip:", "  - Azure_AI_ML==1.2.0"], "1.2.0"],
  ["the newest SDK of several", ["- pip:", "  - azureml-core==1.5.0", "  - azure-ai-ml==1.20.0"], "1.20.0"],
])("the pinned version is read: %s", async (_, dependencies, version) => {
  expect(azureMlSdkVersion(await fileOf(...dependencies), [])).toBe(version);
});

test.each([
  ["none", []],
  ["an open version", ["- azure-ai-ml"]],
  ["a range", ["- azure-ai-ml>=1.20"]],
  ["a series of releases", ["- azure-ai-ml=1.20.*"]],
  ["what conda takes for a series of releases", ["- azure-ai-ml=1.20"]],
  ["one version or another", ["- azure-ai-ml=1.20.0|1.21.0"]],
  ["a series of releases from pip", ["- pip:", "  - azure-ai-ml==1.20.*"]],
  ["a package whose name only begins so", ["- azure-ai-ml-extra=1.0.0"]],
])("there is no version to name: %s", async (_, dependencies) => {
  expect(azureMlSdkVersion(await fileOf(...dependencies), [])).toBeUndefined();
});

test("the lock file says which version an open constraint came to", async () => {
  const file = await fileOf("- azure-ai-ml>=1.20");
  expect(azureMlSdkVersion(file, [lockOf("python-3.11.9", "azure-ai-ml-1.31.0")])).toBe("1.31.0");
});

test("the lock file goes before the constraint", async () => {
  const file = await fileOf("- azure-ai-ml=1.31.0");
  expect(azureMlSdkVersion(file, [lockOf("azure-ai-ml-1.31.0.post1")])).toBe("1.31.0.post1");
});

test("a lock file without the SDK, which comes from pip, leaves it to the constraint", async () => {
  const file = await fileOf("- pip:", "  - azureml-core==1.5.0");
  expect(azureMlSdkVersion(file, [lockOf("python-3.11.9")])).toBe("1.5.0");
});

test("locks of two platforms that have different versions make no tag", async () => {
  const file = await fileOf("- azure-ai-ml>=1.20");
  const [older, newer] = [lockOf("azure-ai-ml-1.30.0"), lockOf("azure-ai-ml-1.31.0")];
  expect(azureMlSdkVersion(file, [older, older])).toBe("1.30.0");
  expect(azureMlSdkVersion(file, [older, newer])).toBeUndefined();
});
