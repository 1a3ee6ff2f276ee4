import { checkCondaFiles } from "../../../src/conda/check";

const good = "channels: [conda-forge]\ndependencies: [python=3.11]\n";

/** What is found in a CI file, as `line rule: message`. */
async function findingsIn(ci: string | undefined, training = good): Promise<string[]> {
  const files = new Map([["training.yml", training]]);
  if (ci !== undefined) files.set("ci.yml", ci);
  const { findings } = checkCondaFiles({
    ci: "ci.yml",
    training: ["training.yml"],
    scoring: [],
    readFile: (path) => files.get(path),
  });
  return findings.map(({ line, rule, message }) => `${line} ${rule}: ${message}`);
}

describe("a file that cannot be read is never fine", () => {
  test.each([
    ["that does not exist", undefined, /^1 invalid: the file does not exist/],
    ["that is empty", "", /^1 invalid: the file is empty/],
    ["with nothing but comments", "# numpy\n", /^1 invalid: it is not a conda environment file/],
    ["that is no text", "PK\x03\x04\0\0", /^1 invalid: the file is not text/],
    ["that is a list", "- numpy\n- pandas\n", /^1 invalid: it is not a conda environment file/],
    ["that is a requirements file", "numpy==1.26.4\npandas\n", /^1 invalid: it is not a conda environment file/],
    ["of two documents", `${good}---\n${good}`, /^3 invalid: it is not YAML: .*documents/],
    ["without dependencies", "name: ci\nchannels: [conda-forge]\n", /^1 invalid: it has no dependencies/],
    ["with empty dependencies", "name: ci\ndependencies:\n", /^2 invalid: it has no dependencies/],
    ["with nothing but an empty pip section", "dependencies:\n  - pip: []\n", /^2 invalid: it has no dependencies/],
    [
      "with a pip section without a list",
      "dependencies:\n  - numpy\n  - pip:\n",
      /^3 invalid: the pip section is empty/,
    ],
    ["with a version for a name", "dependencies:\n  - 3.10\n", /^2 invalid: 3\.10 in dependencies is not text/],
    ["with dependencies that are a text", "dependencies: numpy\n", /^1 invalid: it has no dependencies/],
    [
      "with dependencies that are a mapping",
      "dependencies:\n  numpy: 1.26\n",
      /^2 invalid: dependencies is a mapping: begin each package with a dash, as in "- numpy=1.26"/,
    ],
    ["with channels that are a text", `channels: conda-forge\n${good.split("\n")[1]}\n`, /^1 invalid: channels is not/],
    ["with a list that is not closed", "dependencies: [python=3.11, numpy\n", /^\d invalid: it is not YAML/],
    ["with a key twice", `${good}dependencies: [numpy]\n`, /^3 invalid: it is not YAML: .*unique/],
    ["indented with tabs", "dependencies:\n\t- python=3.11\n\t- numpy\n", /^2 invalid: it is not YAML: .*use spaces/],
    ["with an alias of nothing", "dependencies: [python=3.11, *numpy]\n", /^1 invalid: /],
  ])("a file %s", async (_, text, expected) => {
    const [first = "nothing found"] = await findingsIn(text);
    expect(first).toMatch(expected);
  });
});

describe("what is no mistake is not found", () => {
  test.each([
    ["Windows' line ends", "channels: [conda-forge]\r\ndependencies:\r\n  - python=3.11\r\n"],
    ["a byte order mark", `\uFEFF${good}`],
    ["no line end at the end", good.trimEnd()],
    ["no channels", "dependencies: [python=3.11]\n"],
    ["a tab in a comment", "# a\tb\nchannels: [conda-forge]\ndependencies: [python=3.11] #\tc\n"],
  ])("%s", async (_, text) => {
    expect(await findingsIn(text)).toEqual([]);
  });
});

test("a package of impossible constraints is named, with the constraints", async () => {
  expect(await findingsIn('dependencies:\n  - python=3.11\n  - "numpy>2,<1"\n')).toEqual([
    "3 impossible: no version of numpy is >2,<1",
  ]);
});

test("5,000 packages are compared, each with its own", async () => {
  const file = (version: (index: number) => string) =>
    ["dependencies:", ...Array.from({ length: 5000 }, (_, index) => `  - package-${index}=${version(index)}`)].join(
      "\n",
    );
  const found = await findingsIn(
    file(() => "1.0"),
    file((index) => (index % 1000 === 0 ? "2.0" : "1.0")),
  );
  expect(found).toHaveLength(5);
  expect(found[1]).toBe(
    "1002 conflict: package-1000 is 1.0.* here and 2.0.* in training.yml:1002, and no version is both: use one in both",
  );
});

test("5,000 packages from pip, too", async () => {
  const entries = Array.from({ length: 5000 }, (_, index) => `      - package-${index}==1.${index}`);
  const file = ["dependencies:", "  - python=3.11", "  - pip:", ...entries].join("\n");
  expect(await findingsIn(file, file)).toEqual([]);
});

test("10,000 constraints on one package end", async () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => `  - numpy>=1.${index}`);
  const found = await findingsIn(["dependencies:", "  - python=3.11", ...entries].join("\n"));
  expect(found).toEqual([]);
});

test("a file of aliases within aliases ends", async () => {
  const levels = ["a: &a0 [x]", ...Array.from({ length: 30 }, (_, n) => `b${n}: &a${n + 1} [*a${n}, *a${n}]`)];
  const found = await findingsIn(`${levels.join("\n")}\ndependencies: *a30\n`);
  expect(found.length).toBeGreaterThan(0);
});
