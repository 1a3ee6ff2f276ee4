import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CondaFile } from "../../../src/conda/conda-file";
import { checkLock, LockError, lockFileName, readLock, writeLock } from "../../../src/conda/lock-file";
import { readCondaFile } from "../../../src/conda/read-conda-file";
import type { SolvedPackage } from "../../../src/conda/solve/rattler";
import { saveSolvedFile } from "../../../src/conda/solved-file";

const platform = "linux-64";
const forge = "https://conda.anaconda.org/conda-forge";
const lockPath = "docker/ci_dependencies.linux-64.lock";
const sha256 = "a".repeat(64);
const md5 = "b".repeat(32);

const condaText = `name: ci
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - numpy>=1.26,<3
  - pytorch::pytorch=2
  - pip
  - pip:
      - azureml-inference-server-http==1.5.1
`;

async function fileOf(text: string): Promise<CondaFile> {
  const { file } = readCondaFile("docker/ci_dependencies.yml", text);
  if (file === undefined) throw new Error("the test's file cannot be read");
  return file;
}

function solvedPackage(name: string, version: string, more: Partial<SolvedPackage> = {}): SolvedPackage {
  const subdir = more.subdir ?? platform;
  const url = `${forge}/${subdir}/${name}-${version}-0.conda`;
  return { name, version, build: "0", subdir, url, sha256, md5, depends: [], ...more };
}

/** What uv answers. */
const pip = [
  "annotated-types==0.8.0 \\",
  `    --hash=sha256:${"c".repeat(64)} \\`,
  `    --hash=sha256:${"d".repeat(64)}`,
  "azureml-inference-server-http==1.5.1 \\",
  `    --hash=sha256:${"e".repeat(64)}`,
];

const solution = [
  solvedPackage("numpy", "2.0.0", { depends: ["python >=3.11,<3.12.0a0", "libblas >=3", "__glibc >=2.17"] }),
  solvedPackage("pip", "25.0", { subdir: "noarch", depends: ["python >=3.9"] }),
  solvedPackage("python", "3.11.4", { depends: ["libc[version='>=2']", "pip"] }),
  solvedPackage("pytorch", "2.4.0", { url: `https://conda.anaconda.org/pytorch/${platform}/pytorch-2.4.0-0.tar.bz2` }),
  solvedPackage("libc", "2.1"),
  solvedPackage("libblas", "3.9", { depends: ["libc"] }),
];

async function written(text = condaText, options: { condaChannel?: string } = {}): Promise<string> {
  return writeLock(await fileOf(text), platform, solution, pip, options);
}

/** What is found when the lock of `condaText`, edited, is used for another text. */
async function found(text: string, edit = (lock: string) => lock, options: { condaChannel?: string } = {}) {
  return checkLock(readLock(edit(await written()), lockPath), await fileOf(text), options);
}

test.each([
  ["docker/ci_dependencies.yml", platform, "ci_dependencies.linux-64.lock"],
  ["environment.yaml", "osx-arm64", "environment.osx-arm64.lock"],
  ["a.b/c.d.yml", "linux-aarch64", "c.d.linux-aarch64.lock"],
])("the lock of %s for %s is %s", (file, name, expected) => {
  expect(lockFileName(file, name)).toBe(expected);
});

describe("a lock file", () => {
  it("says how it was made, and lists each package after those that it depends on", async () => {
    expect((await written()).split("\n")).toEqual([
      "# Written by `npx job-container check conda --solve`: solve again rather than edit it.",
      "# file: ci_dependencies.yml",
      `# channels: ${forge} https://conda.anaconda.org/pytorch`,
      expect.stringMatching(/^# digest: sha256:[\da-f]{64}$/),
      "# platform: linux-64",
      "@EXPLICIT",
      `${forge}/linux-64/libc-2.1-0.conda#sha256:${sha256}`,
      `https://conda.anaconda.org/pytorch/linux-64/pytorch-2.4.0-0.tar.bz2#sha256:${sha256}`,
      `${forge}/linux-64/libblas-3.9-0.conda#sha256:${sha256}`,
      // python and pip need each other: the first by name comes first.
      `${forge}/noarch/pip-25.0-0.conda#sha256:${sha256}`,
      `${forge}/linux-64/python-3.11.4-0.conda#sha256:${sha256}`,
      `${forge}/linux-64/numpy-2.0.0-0.conda#sha256:${sha256}`,
      ...pip.map((line) => `# pip ${line}`),
      "",
    ]);
  });

  it("does not depend on the order of the solution", async () => {
    expect(writeLock(await fileOf(condaText), platform, solution.toReversed(), pip, {})).toBe(await written());
  });

  it("has the MD5 of a package whose channel has no SHA-256, and no hash where there is none", async () => {
    const packages = [solvedPackage("a", "1", { sha256: undefined }), solvedPackage("b", "1", { sha256: "", md5: "" })];
    const lines = writeLock(await fileOf(condaText), platform, packages, pip, {}).split("\n");
    expect(lines).toContain(`${forge}/linux-64/a-1-0.conda#${md5}`);
    expect(lines).toContain(`${forge}/linux-64/b-1-0.conda`);
  });

  it("orders 5,000 packages that each need the one before", async () => {
    const chain = Array.from({ length: 5000 }, (_, index) =>
      solvedPackage(`package-${index}`, "1", { depends: index === 0 ? [] : [`package-${index - 1} ==1`] }),
    );
    const { packages } = readLock(writeLock(await fileOf(condaText), platform, chain.toReversed(), pip, {}), lockPath);
    expect(packages.map(({ name }) => name)).toEqual(chain.map(({ name }) => name));
  });

  it("has the options that the file gives pip, if there is something to install", async () => {
    const text = condaText.replace("  - pip:\n", "  - pip:\n      - --index-url  https://pypi.example.com/simple\n");
    const { pipLines } = readLock(await written(text), lockPath);
    expect(pipLines).toEqual(["--index-url https://pypi.example.com/simple", ...pip]);
    // All of it may be among conda's packages.
    expect(writeLock(await fileOf(text), platform, solution, [], {})).not.toContain("# pip");
  });

  it("is read as it was written", async () => {
    const lock = readLock(await written(), lockPath);
    expect(lock).toMatchObject({
      path: lockPath,
      platform,
      channels: [forge, "https://conda.anaconda.org/pytorch"],
      pip: [
        { name: "annotated-types", version: "0.8.0", hashes: ["c".repeat(64), "d".repeat(64)], line: 13 },
        {
          name: "azureml-inference-server-http",
          version: "1.5.1",
          text: "azureml-inference-server-http==1.5.1",
          hashes: ["e".repeat(64)],
          line: 16,
        },
      ],
    });
    expect(lock.packages).toHaveLength(solution.length);
    expect(lock.packages[0]).toEqual({
      name: "libc",
      version: "2.1",
      build: "0",
      subdir: platform,
      url: `${forge}/linux-64/libc-2.1-0.conda`,
      hash: `sha256:${sha256}`,
      line: 7,
    });
  });

  it("is read with a dash in a package's name, an epoch and a local version", async () => {
    const line = `${forge}/noarch/azure-ai-ml-1!2.0+cpu-pyhd8ed1ab_0.conda`;
    const [one] = readLock(`${await written()}${line}\n`, lockPath).packages.slice(-1);
    expect(one).toMatchObject({ name: "azure-ai-ml", version: "1!2.0+cpu", build: "pyhd8ed1ab_0" });
  });

  it("may have been checked out with Windows' line endings", async () => {
    const lock = readLock(await written(), lockPath);
    expect(readLock((await written()).replaceAll("\n", "\r\n"), lockPath)).toEqual(lock);
  });

  test.each<[string, (lock: string) => string, number, RegExp]>([
    ["is empty", () => "", 1, /@EXPLICIT/],
    ["is another file", () => condaText, 1, /@EXPLICIT/],
    ["has no platform", (lock) => lock.replace(/# platform.*\n/, ""), 1, /# platform: /],
    ["has no channels", (lock) => lock.replace(/# channels.*\n/, ""), 1, /# channels: /],
    ["has no digest", (lock) => lock.replace(/# digest.*\n/, ""), 1, /# digest: /],
    ["has a conflict of git's", (lock) => lock.replace("@EXPLICIT\n", "@EXPLICIT\n<<<<<<< HEAD\n"), 7, /<<<<<<< HEAD/],
    ["has a specification", (lock) => lock.replace("@EXPLICIT\n", "@EXPLICIT\nnumpy=1.2\n"), 7, /"numpy=1\.2" is not/],
    ["has half a hash", (lock) => lock.replace(sha256, "aaaa"), 7, /"sha256:aaaa" is neither/],
  ])("is refused where it %s", async (_what, edit, line, reason) => {
    const text = edit(await written());
    const error = await Promise.resolve()
      .then(() => readLock(text, lockPath))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LockError);
    expect(error).toMatchObject({ line, message: expect.stringMatching(new RegExp(`^${lockPath}:${line}: `)) });
    expect(error).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});

describe("a lock belongs to its conda file", () => {
  it("as it was written", async () => {
    expect(await found(condaText)).toEqual([]);
  });

  test.each<[string, (text: string) => string]>([
    ["comments", (text) => text.replace("  - pip\n", "  - pip # for the server\n")],
    ["quotes", (text) => text.replace("- numpy>=1.26,<3", '- "numpy>=1.26,<3"')],
    ["spaces", (text) => text.replace("numpy>=1.26,<3", "numpy >=1.26,<3")],
    ["the environment's name", (text) => text.replace("name: ci", "name: other")],
    ["line endings", (text) => text.replaceAll("\n", "\r\n")],
    ["the notation of a version", (text) => text.replace("python=3.11", "python 3.11.*")],
  ])("whatever becomes of %s", async (_what, edit) => {
    expect(edit(condaText)).not.toBe(condaText);
    expect(await found(edit(condaText))).toEqual([]);
  });

  it("with the channel in conda-forge's place", async () => {
    const condaChannel = "https://mirror.example.com/forge";
    const mirrored = solution.map((one) => ({ ...one, url: one.url.replace(forge, condaChannel) }));
    const lock = readLock(writeLock(await fileOf(condaText), platform, mirrored, pip, { condaChannel }), lockPath);
    expect(checkLock(lock, await fileOf(condaText), { condaChannel })).toEqual([]);
    expect(checkLock(lock, await fileOf(condaText), {})).toMatchObject([
      { rule: "lock", file: lockPath, line: 1, message: expect.stringContaining(condaChannel) },
    ]);
  });
});

test("what conda's packages answer need not be installed by pip", async () => {
  const text = `${condaText}      - numpy>=2\n`;
  expect(checkLock(readLock(await written(text), lockPath), await fileOf(text), {})).toEqual([]);
});

test("a lock of before, which only has what pip is asked for, is out of date", async () => {
  const old = (lock: string) => lock.replace(/(# pip .*\n)+/, "# pip azureml-inference-server-http>=1.5\n");
  expect(await found(condaText, old)).toMatchObject([
    { rule: "lock", line: 13, message: expect.stringMatching(/^azureml-inference-server-http>=1\.5, .* has no hash/) },
  ]);
});

test("what every machine has is in no lock", async () => {
  const text = condaText.replace("  - pip\n", "  - pip\n  - __glibc>=2.17\n");
  expect(checkLock(readLock(await written(text), lockPath), await fileOf(text), {})).toEqual([]);
});

describe("a lock is out of date", () => {
  test.each<[string, (text: string) => string, number, RegExp]>([
    [
      "wants another version",
      (text) => text.replace("numpy>=1.26,<3", "numpy=1.26"),
      12,
      /:7 asks for numpy=1\.26, and it has 2\.0\.0/,
    ],
    [
      "wants one package more",
      (text) => text.replace("  - pip\n", "  - pip\n  - pandas\n"),
      1,
      /:10 asks for pandas, which it lacks/,
    ],
    ["wants one package less", (text) => text.replace("  - numpy>=1.26,<3\n", ""), 1, /asks for something else/],
    ["is wider", (text) => text.replace(",<3", ""), 1, /asks for something else/],
    [
      "is in another order",
      (text) => text.replace("  - python=3.11\n", "").replace("  - pip\n", "  - pip\n  - python=3.11\n"),
      1,
      /asks for something else/,
    ],
    [
      "wants a package from another channel",
      (text) => text.replace("- numpy", "- pytorch::numpy"),
      12,
      /asks for pytorch::numpy>=1\.26,<3, and it has https/,
    ],
    ["wants another build", (text) => text.replace("pytorch=2", "pytorch 2.* cuda*"), 1, /asks for something else/],
    [
      "has one channel more",
      (text) => text.replace("  - nodefaults", "  - bioconda"),
      1,
      /the channels are .*bioconda.* now/,
    ],
    [
      "has no channel that can be used",
      (text) => text.replace("  - conda-forge\n", "  - ./channel\n").replace("pytorch::", ""),
      1,
      /and none of the channels can be used now/,
    ],
    [
      "has its channels in another order",
      (text) => text.replace("  - conda-forge\n", "  - pytorch\n  - conda-forge\n"),
      1,
      /the channels are https:\/\/conda\.anaconda\.org\/pytorch, .* now/,
    ],
    [
      "wants another version from pip",
      (text) => text.replace("1.5.1", "1.6.0"),
      16,
      /:11 asks pip for azureml-inference-server-http==1\.6\.0, and it has 1\.5\.1/,
    ],
    [
      "wants one package more from pip",
      (text) => `${text}      - fixedint\n`,
      1,
      /:12 asks pip for fixedint, which it lacks/,
    ],
    [
      "wants another version than conda's from pip",
      (text) => `${text}      - numpy==1.26.4\n`,
      1,
      /:12 asks pip for numpy==1\.26\.4, which it lacks/,
    ],
    ["gives pip an option", (text) => `${text}      - --pre\n`, 1, /asks for something else/],
    ["wants nothing from pip", (text) => text.replace(/ {2}- pip:[\s\S]*/, ""), 1, /asks for something else/],
  ])("if its conda file %s", async (_what, edit, line, message) => {
    expect(edit(condaText)).not.toBe(condaText);
    const findings = await found(edit(condaText));
    expect(findings).toMatchObject([{ rule: "lock", file: lockPath, line }]);
    expect(findings[0]?.message).toMatch(message);
    expect(findings[0]?.message).toMatch(/solve again \(`npx job-container check conda --solve`\)$/);
  });

  test.each<[string, (lock: string) => string, number, RegExp]>([
    [
      "another platform",
      (lock) => lock.replace("platform: linux-64", "platform: linux-aarch64"),
      1,
      /solved for linux-aarch64, and its name says linux-64/,
    ],
    [
      "a package of another platform",
      (lock) => lock.replace("linux-64/libc", "osx-64/libc"),
      7,
      /libc is a package for osx-64/,
    ],
    [
      "a package of another channel",
      (lock) => lock.replace(`${forge}/linux-64/libc`, "https://example.com/linux-64/libc"),
      7,
      /is in none of the channels/,
    ],
    [
      "a package without a hash",
      (lock) => lock.replace(`libc-2.1-0.conda#sha256:${sha256}`, "libc-2.1-0.conda"),
      7,
      /libc has no hash, so that .*; if its channel has none of it, take it from another channel: solve again/,
    ],
    ["one package less", (lock) => lock.replace(/.*numpy-2.*\n/, ""), 1, /asks for numpy>=1\.26,<3, which it lacks/],
    [
      "another version",
      (lock) => lock.replace("numpy-2.0.0", "numpy-1.0.0"),
      12,
      /asks for numpy>=1\.26,<3, and it has 1\.0\.0/,
    ],
    ["nothing for pip", (lock) => lock.replaceAll(/# pip .*\n/g, ""), 1, /asks pip for .*, which it lacks/],
    [
      "less for pip",
      (lock) => lock.replace(/# pip annotated-types[\s\S]*?(?=# pip azure)/, ""),
      1,
      /it was edited or merged/,
    ],
    ["another hash for pip", (lock) => lock.replace("e".repeat(64), "f".repeat(64)), 1, /it was edited or merged/],
    [
      "no hash for pip",
      (lock) => lock.replace(/ \\\n.*eeee.*/, ""),
      16,
      /^azureml-inference-server-http==1\.5\.1, which pip installs, has no hash, so that pip would refuse it/,
    ],
    [
      "one package less that only others need",
      (lock) => lock.replace(/.*libblas.*\n/, ""),
      1,
      /it was edited or merged/,
    ],
    ["one package more", (lock) => `${lock}${forge}/noarch/spy-1-0.conda#${md5}\n`, 1, /it was edited or merged/],
    ["another hash", (lock) => lock.replace(sha256, "c".repeat(64)), 1, /it was edited or merged/],
    ["a package twice", (lock) => lock.replace(/(.*libblas.*\n)/, "$1$1"), 1, /it was edited or merged/],
    ["another digest", (lock) => lock.replace(/digest: .*/, "digest: sha256:00"), 1, /asks for something else/],
  ])("if it was edited to %s", async (_what, edit, line, message) => {
    const findings = await found(condaText, edit);
    expect(findings).toMatchObject([{ rule: "lock", file: lockPath, line }]);
    expect(findings[0]?.message).toMatch(message);
  });

  it("and names the entry of the conda file", async () => {
    const findings = await found(condaText.replace("numpy>=1.26,<3", "numpy=1.26"));
    expect(findings).toMatchObject([{ package: "numpy", related: { file: "docker/ci_dependencies.yml", line: 7 } }]);
  });
});

describe("writing a lock", () => {
  const directory = mkdtempSync(join(tmpdir(), "lock-"));
  const path = join(directory, "ci.linux-64.lock");
  afterEach(() => rmSync(path, { force: true, recursive: true }));
  afterAll(() => rmSync(directory, { recursive: true }));

  it("makes a file, and replaces a lock of ours", async () => {
    saveSolvedFile(path, await written());
    saveSolvedFile(path, "# replaced");
    expect(readFileSync(path, "utf8")).toBe("# replaced");
    expect(readdirSync(directory)).toEqual(["ci.linux-64.lock"]);
  });

  it("does not replace another file", async () => {
    writeFileSync(path, "# mine\n@EXPLICIT\n");
    const text = await written();
    expect(() => saveSolvedFile(path, text)).toThrow(/ci\.linux-64\.lock is not a file that .* wrote: move it away/);
    expect(readFileSync(path, "utf8")).toBe("# mine\n@EXPLICIT\n");
    expect(readdirSync(directory)).toEqual(["ci.linux-64.lock"]);
  });

  it("does not replace a folder", async () => {
    mkdirSync(path);
    const text = await written();
    expect(() => saveSolvedFile(path, text)).toThrow(/ci\.linux-64\.lock is not a file that .* wrote: move it away/);
  });

  it("says why it cannot be written, and what to do", async () => {
    const text = await written();
    expect(() => saveSolvedFile(join(directory, "nowhere", "ci.linux-64.lock"), text)).toThrow(
      /^it cannot be written \(ENOENT: .*\): fix that, or choose another lock folder$/,
    );
  });
});
