import { checkCondaFiles } from "../../../src/conda/check";
import { compareEnvironments } from "../../../src/conda/compare";
import { findPipPackagesOfChannels } from "../../../src/conda/offered-names";
import { readCondaFile } from "../../../src/conda/read-conda-file";

/** A file of these entries; those behind "pip:" are from pip. */
async function file(path: string, ...entries: string[]) {
  const text = [
    "channels: [conda-forge]",
    "dependencies:",
    ...entries.map((entry) => (entry.startsWith("pip: ") ? `  - pip: ["${entry.slice(5)}"]` : `  - "${entry}"`)),
  ].join("\n");
  const { file: read, findings } = readCondaFile(path, text);
  if (read === undefined || findings.length > 0) throw new Error(JSON.stringify(findings));
  return read;
}

async function compare(ci: string[], ...others: string[][]) {
  const files = others.map((entries, index) => file(["training.yml", "scoring.yml"][index] ?? "more.yml", ...entries));
  return compareEnvironments(await file("ci.yml", ...ci), await Promise.all(files));
}

describe("a finding says what is wrong, where, and what to do", () => {
  test.each([
    [
      "versions that cannot be equal",
      ["numpy=1.26"],
      ["numpy>=2"],
      "ci.yml:3 numpy is 1.26.* here and >=2 in training.yml:3, and no version is both: use one in both",
    ],
    [
      "a package that CI leaves open",
      ["scikit-learn"],
      ["scikit-learn=0.22.*"],
      "ci.yml:3 scikit-learn is open (any version) here and pinned to 0.22.* in training.yml:3: pin it here as well",
    ],
    [
      "a package that training leaves open",
      ["scikit-learn=0.22.*"],
      ["scikit-learn>=0.20"],
      "training.yml:3 scikit-learn is >=0.20 here and pinned to 0.22.* in ci.yml:3: pin it here as well",
    ],
    [
      "a package under the other ecosystem's name",
      ["pytorch=2.4.1"],
      ["pip: torch==2.5.0"],
      "ci.yml:3 pytorch is 2.4.1.* here and ==2.5.0 (pip) in training.yml:3, and no version is both: use one in both",
    ],
    [
      "a package that CI lacks",
      ["pytest"],
      ["mlflow=2.17.0"],
      "training.yml:3 mlflow is needed here and missing in ci.yml: add it there (mlflow=2.17.0)",
    ],
    [
      "a Python that training does not list",
      ["python=3.11", "numpy"],
      ["numpy"],
      "training.yml:3 python is not listed here, so any version will do, and is pinned to 3.11.* in ci.yml:3: list it here as well",
    ],
    [
      "a package that training pins by a range",
      ["pandas"],
      ["pandas>=2.1,<2.2"],
      "ci.yml:3 pandas is open (any version) here and pinned to >=2.1,<2.2 in training.yml:3: pin it here as well",
    ],
    [
      "a package from a URL",
      ["numpy=1.26"],
      ["pip: numpy @ https://example.com/numpy.zip"],
      "ci.yml:3 numpy is 1.26.* here and https://example.com/numpy.zip in training.yml:3: take it from one place in both",
    ],
  ])("%s", async (_, ci, training, expected) => {
    const findings = await compare(ci, training);
    expect(findings.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([expected]);
  });
});

describe("an edit of the CI file is offered where there is one answer", () => {
  test.each([
    ["CI leaves open what training pins", ["numpy"], [["numpy=1.26.4"]], "numpy=1.26.4"],
    ["CI has another version", ["numpy=1.26"], [["numpy=2.4.6"]], "numpy=2.4.6"],
    ["training pins it by a range", ["pandas"], [["pandas>=2.1,<2.2"]], "pandas>=2.1,<2.2"],
    ["training and scoring agree", ["numpy"], [["numpy=1.26.4"], ["numpy=1.26.4"]], "numpy=1.26.4"],
    ["CI has another Python", ["python=3.12"], [["python=3.11"]], "python=3.11"],
  ])("%s", async (_, ci, others, to) => {
    const [finding] = await compare(ci, ...others);
    expect(finding?.fix).toEqual({ kind: "replace", line: 3, from: ci[0], to });
  });

  it("adds what CI lacks, from where training has it", async () => {
    const [conda, pip] = await compare(["python"], ["python", "mlflow=2.17.0", "pip: azureml-core==1.57.0"]);
    expect(conda?.fix).toEqual({ kind: "add", source: "conda", specification: "mlflow=2.17.0" });
    expect(pip?.fix).toEqual({ kind: "add", source: "pip", specification: "azureml-core==1.57.0" });
  });

  test.each([
    ["training and scoring differ", ["numpy"], [["numpy=1.26.4"], ["numpy=2.4.6"]]],
    ["it would loosen CI", ["numpy=1.26.4"], [["numpy"]]],
    ["training only narrows", ["numpy=1.26.4"], [["numpy>=2"]]],
    ["the package comes from another source", ["pytorch=2.4"], [["pip: torch==2.5"]]],
    ["the package comes from another channel", ["nvidia::cuda-nvcc=12.4"], [["cuda-nvcc=12.6"]]],
    ["the package has another name", ["pip: tensorflow-cpu==2.16"], [["pip: tensorflow==2.17"]]],
    ["CI has several packages of the project", ["ray-core=2.39", "ray-tune=2.39"], [["ray-tune=2.40"]]],
    ["training has several packages of the project", ["ray-core=2.39"], [["ray-core=2.40", "ray-tune=2.40"]]],
    ["CI's entry has an extra", ["pip: azureml-core[automl]==1.50"], [["pip: azureml-core==1.57"]]],
    ["CI's entry has a build", ["pytorch=2.4.0=cpu*"], [["pytorch=2.4.1"]]],
    ["CI's entry has another local version", ["pip: torch==2.4.0+cpu"], [["pip: torch==2.4.1+cu121"]]],
    ["what CI lacks comes from pip and is on conda-forge", ["python"], [["pip: torch==2.5.0"]]],
    ["what CI lacks is pinned differently", ["python"], [["mlflow=2.17"], ["mlflow=2.16"]]],
  ])("not where %s", async (_, ci, others) => {
    const findings = await compare(ci, ...others);
    expect(findings.length).toBeGreaterThan(0);
    for (const { fix } of findings) expect(fix).toBeUndefined();
  });
});

test("a file that is both training and scoring is compared once", async () => {
  const files = new Map([
    ["ci.yml", "dependencies: [numpy]"],
    ["model.yml", "dependencies: [numpy=1.26]"],
  ]);
  const { findings } = checkCondaFiles({
    ci: "ci.yml",
    training: ["model.yml"],
    scoring: ["model.yml"],
    readFile: (path) => files.get(path),
  });
  expect(findings).toHaveLength(1);
});

describe("a pip package that the file's channels offer", () => {
  it("is named, with the name it has there", async () => {
    const [finding] = findPipPackagesOfChannels(await file("ci.yml", "pip: torch==2.4.1"), "conda-forge");
    expect(finding?.message).toBe(
      "torch comes from pip, and conda-forge offers it as pytorch: move it out of the pip section",
    );
  });

  it("is found by the channel that stands for conda-forge, too", async () => {
    const read = await file("ci.yml", "pip: torch==2.4.1");
    const mirrored = { ...read, channels: [{ name: "https://mirror.example.com/conda/", line: 1 }] };
    expect(findPipPackagesOfChannels(mirrored, "https://mirror.example.com/conda")).toHaveLength(1);
    expect(findPipPackagesOfChannels(mirrored, "conda-forge")).toHaveLength(0);
  });
});
