import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  condaForgeNames,
  normalizeCondaName,
  normalizePipName,
  projectOfConda,
  projectOfPip,
} from "../../../src/conda/package-names";
import { families, otherPackages } from "../../../src/conda/package-names/aliases";
import { tableFrom } from "../../../src/conda/package-names/mapping";
import { formatTable, readOther, readSame } from "../../../src/conda/package-names/table";

const committed = readFileSync(join(__dirname, "../../../src/conda/package-names/conda-forge.txt"), "utf8");
const packages = committed.split("\n").filter((line) => line !== "" && !line.startsWith("#"));

describe("conda's name and PyPI's name of one project", () => {
  test.each([
    ["apache-airflow", "apache-airflow"],
    ["azure-ai-ml", "azure-ai-ml"],
    ["azure-identity", "azure-identity"],
    ["brotli-python", "Brotli"],
    ["catboost", "catboost"],
    ["category_encoders", "category-encoders"],
    ["cx_oracle", "cx_Oracle"],
    ["dask-core", "dask"],
    ["docker-py", "docker"],
    ["faiss", "faiss-cpu"],
    ["fastapi-core", "fastapi"],
    ["h2o-py", "h2o"],
    ["huggingface_hub", "huggingface-hub"],
    ["hydra-core", "hydra-core"],
    ["importlib_metadata", "importlib-metadata"],
    ["jupyter_core", "jupyter-core"],
    ["libopencv", "opencv-python"],
    ["lightgbm", "lightgbm"],
    ["matplotlib", "matplotlib"],
    ["matplotlib-base", "matplotlib"],
    ["msgpack-python", "msgpack"],
    ["neo4j-python-driver", "neo4j"],
    ["ninja-python", "ninja"],
    ["opencv", "opencv-python"],
    ["opencv-python-headless", "opencv-python-headless"],
    ["ortools-python", "ortools"],
    ["pillow", "Pillow"],
    ["protobuf", "protobuf"],
    ["psycopg2", "psycopg2"],
    ["psycopg2-binary", "psycopg2-binary"],
    ["py-opencv", "opencv-python"],
    ["py-xgboost", "xgboost"],
    ["py-xgboost-gpu", "xgboost"],
    ["pyarrow-core", "pyarrow"],
    ["pyqt", "PyQt5"],
    ["pysoundfile", "soundfile"],
    ["pytables", "tables"],
    ["python-annoy", "annoy"],
    ["python-build", "build"],
    ["python-confluent-kafka", "confluent-kafka"],
    ["python-flatbuffers", "flatbuffers"],
    ["python-graphviz", "graphviz"],
    ["python-igraph", "igraph"],
    ["python-kubernetes", "kubernetes"],
    ["python-lmdb", "lmdb"],
    ["python-tzdata", "tzdata"],
    ["python-xxhash", "xxhash"],
    ["pytorch", "torch"],
    ["pytorch-cpu", "torch"],
    ["pytorch-gpu", "torch"],
    ["pytorch_geometric", "torch-geometric"],
    ["pyyaml", "PyYAML"],
    ["ray-core", "ray"],
    ["ray-tune", "ray"],
    ["redis-py", "redis"],
    ["ruamel.yaml", "ruamel.yaml"],
    ["sagemaker-python-sdk", "sagemaker"],
    ["scikit-learn", "scikit-learn"],
    ["smart_open", "smart-open"],
    ["spacy-model-en_core_web_sm", "en-core-web-sm"],
    ["tensorflow-base", "tensorflow"],
    ["tensorflow-gpu", "tensorflow"],
    ["typing_extensions", "typing-extensions"],
    ["u8darts", "darts"],
    ["uvicorn-standard", "uvicorn"],
    ["vtk", "vtk"],
  ])("%s is PyPI's %s, and conda-forge offers it", (conda, pip) => {
    expect(projectOfConda(conda)).toBe(projectOfPip(pip));
    expect(condaForgeNames(projectOfPip(pip))).toContain(conda);
  });

  test.each([
    ["numpy-base", "numpy"],
    ["tensorflow-mkl", "tensorflow"],
    ["gurobi", "gurobipy"],
    ["pyg", "torch-geometric"],
  ])("%s, of another channel, is PyPI's %s, but conda-forge does not offer it", (conda, pip) => {
    expect(projectOfConda(conda)).toBe(projectOfPip(pip));
    expect(condaForgeNames(projectOfPip(pip))).not.toContain(conda);
  });
});

test.each(["graphviz", "xxhash", "flatbuffers", "kubernetes", "docker", "brotli", "lmdb", "tzdata", "redis", "darts"])(
  "conda's %s is not PyPI's, whose own package has another name on conda-forge",
  (name) => {
    expect(projectOfConda(name)).toBe(`conda:${name}`);
    expect(projectOfPip(name)).toBe(name);
    expect(condaForgeNames(name)).not.toContain(name);
    expect(condaForgeNames(name)).not.toEqual([]);
  },
);

test.each(["cmake", "ninja", "mkl", "tbb", "uv"])("%s is no Python, but the same from both", (name) => {
  expect(projectOfConda(name)).toBe(projectOfPip(name));
  expect(condaForgeNames(name)[0]).toBe(name);
});

test.each([
  ["opencv-python-headless", "opencv-python"],
  ["opencv_contrib_python", "opencv-python"],
  ["tensorflow-cpu", "tensorflow"],
  ["psycopg2-binary", "psycopg2"],
  ["faiss-gpu", "faiss-cpu"],
  ["onnxruntime-gpu", "onnxruntime"],
  ["cupy-cuda12x", "cupy"],
  ["xgboost-cpu", "xgboost"],
  ["msgpack-python", "msgpack"],
])("pip's %s is another build of %s, also where conda has a package of that name", (name, project) => {
  expect(projectOfPip(name)).toBe(project);
  expect(projectOfConda(name.replaceAll("_", "-"))).toBe(project);
});

test.each([
  ["lightning", "pytorch-lightning"],
  ["tensorflow", "keras"],
  ["tbb", "tbb4py"],
  ["mlflow", "mlflow-skinny"],
  ["onnx", "onnxruntime"],
  ["jax", "jaxlib"],
])("%s and %s are two projects", (one, other) => {
  expect(projectOfPip(one)).not.toBe(projectOfPip(other));
  expect(projectOfConda(one)).not.toBe(projectOfConda(other));
});

test.each([
  ["torch", "pytorch"],
  ["opencv-python", "opencv"],
  ["tensorflow", "tensorflow"],
  ["xgboost", "xgboost"],
  ["matplotlib", "matplotlib"],
  ["dask", "dask"],
  ["ray", "ray-core"],
  ["faiss-cpu", "faiss-cpu"],
  ["pyqt5", "pyqt"],
])("of conda-forge's names of %s, %s is the first", (project, name) => {
  expect(condaForgeNames(project)[0]).toBe(name);
});

test("conda-forge's names of a project are all its own, each once", () => {
  for (const { project } of families) {
    const names = condaForgeNames(project);
    expect(names).toEqual([...new Set(names)]);
    expect(names.map(projectOfConda)).toEqual(names.map(() => project));
  }
});

test.each(["azureml-core", "azureml-sdk", "azureml-inference-server-http", "mltable"])(
  "conda-forge does not offer %s",
  (name) => {
    expect(condaForgeNames(projectOfPip(name))).toEqual([]);
  },
);

test.each(["our-own.models_2", "constructor", "toString"])(
  "a name without an entry is taken for the project of that name: %s",
  (name) => {
    expect(projectOfConda(name)).toBe(projectOfPip(name));
  },
);

test("a package is not taken for a project of which it only has a copy", () => {
  expect(projectOfConda("inkscape")).toBe("inkscape");
  expect(condaForgeNames("lxml")).toEqual(["lxml"]);
});

test.each([
  ["Scikit_Learn", "scikit_learn", "scikit-learn"],
  ["ruamel.yaml", "ruamel.yaml", "ruamel-yaml"],
  ["typing_extensions", "typing_extensions", "typing-extensions"],
  ["PyYAML", "pyyaml", "pyyaml"],
  ["a-_.b", "a-_.b", "a-b"],
])("%s is %s to conda and %s to pip", (name, conda, pip) => {
  expect(normalizeCondaName(name)).toBe(conda);
  expect(normalizePipName(name)).toBe(pip);
});

describe("the aliases", () => {
  test("have one project for each name", () => {
    const pip = families.flatMap((family) => family.pip);
    const conda = [...families.flatMap((family) => family.conda), ...otherPackages.keys()];
    expect(pip).toEqual([...new Set(pip)]);
    expect(conda).toEqual([...new Set(conda)]);
  });

  test("are written as each ecosystem compares them, and none is an alias of an alias", () => {
    for (const { project, conda, pip } of families) {
      expect([project, ...pip].map(normalizePipName)).toEqual([project, ...pip]);
      expect(conda.map(normalizeCondaName)).toEqual(conda);
      expect(projectOfPip(project)).toBe(project);
    }
  });

  test("say something that the table does not", () => {
    const other = readOther(committed);
    const same = new Set(readSame(committed));
    const known = (conda: string) => (same.has(conda) ? normalizePipName(conda) : other.get(conda));
    const idle = families.filter(
      ({ project, conda, pip }) => pip.length === 0 && conda.every((name) => known(name) === project),
    );
    expect(idle).toEqual([]);
  });
});

describe("the committed table", () => {
  test("has a package a line: its name, and its project where that has another", () => {
    expect(packages.length).toBeGreaterThan(15_000);
    expect(packages.filter((line) => !/^[a-z0-9_][a-z0-9._-]*( (-|[a-z0-9]+(-[a-z0-9]+)*))?$/.test(line))).toEqual([]);
  });

  test("is sorted and has no package twice", () => {
    const names = packages.map((line) => line.split(" ")[0]);
    expect(packages).toEqual(packages.toSorted());
    expect(names).toEqual([...new Set(names)]);
  });

  test("is what is written of what is read from it", () => {
    expect(formatTable({ same: readSame(committed), other: readOther(committed) })).toBe(committed);
  });
});

describe("the table made of a mapping", () => {
  test.each([
    ["the same name", { numpy: ["numpy"] }, ["numpy"]],
    ["the same name in conda's spelling", { typing_extensions: ["typing-extensions"] }, ["typing_extensions"]],
    ["another name", { pytorch: ["torch"] }, ["pytorch torch"]],
    ["a project written as it likes", { pyyaml: ["PyYAML"] }, ["pyyaml"]],
    ["a package without Python", { zlib: null }, []],
    ["copies of other projects beside its own", { bleach: ["bleach", "six", "webencodings"] }, ["bleach"]],
    ["copies only", { isce2: ["pip", "wheel"] }, []],
    ["a renamed project", { "msgpack-python": ["msgpack", "msgpack-python"] }, ["msgpack-python msgpack"]],
    ["a renamed project, affix first", { "python-avro": ["avro", "avro-python3"] }, ["python-avro avro"]],
    ["a part of a project", { dask: ["dask"], "dask-core": ["dask"] }, ["dask", "dask-core dask"]],
    ["a copy of one other project", { inkscape: ["lxml"], lxml: ["lxml"] }, ["lxml"]],
    [
      "a C program of a Python project's name",
      { graphviz: null, "python-graphviz": ["graphviz"] },
      ["graphviz -", "python-graphviz graphviz"],
    ],
    ["an empty package in another spelling", { "a-b": null, a_b: ["a-b"] }, ["a-b", "a_b"]],
    ["an empty package over its -base", { vtk: null, "vtk-base": ["vtk"] }, ["vtk", "vtk-base vtk"]],
    ["an empty package over its -core", { taurus: null, "taurus-core": ["taurus"] }, ["taurus", "taurus-core taurus"]],
  ])("%s", (_, mapping, lines) => {
    const text = formatTable(tableFrom(mapping));
    expect(text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual(lines);
  });
});
