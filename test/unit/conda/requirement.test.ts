import { parsePipLine } from "../../../src/conda/requirement";

/** What is read of a line, with the constraint as a text. */
function read(line: string, python = "3.11") {
  const result = parsePipLine(line, python);
  return result.kind === "package" ? { ...result, constraint: result.constraint.text } : result;
}

describe("a line of a pip section is read as pip reads it", () => {
  test.each([
    ["numpy", { name: "numpy", constraint: "" }],
    ["Scikit_Learn ==1.9.1", { name: "Scikit_Learn", constraint: "==1.9.1" }],
    ["azureml-core[automl, notebooks]~=1.57.0", { name: "azureml-core", constraint: "~=1.57.0" }],
    ["numpy (>=1.26,<2)", { name: "numpy", constraint: ">=1.26,<2" }],
    ["numpy===1.26", { name: "numpy", constraint: "==1.26" }],
    ["numpy==1.26.* # the last before 2", { name: "numpy", constraint: "==1.26.*" }],
    ["numpy==1.26.4 --hash=sha256:aa --hash=sha256:bb", { name: "numpy", constraint: "==1.26.4" }],
    [
      "mine @ https://example.com/mine.zip --hash=sha256:aa",
      { name: "mine", constraint: "", url: "https://example.com/mine.zip" },
    ],
    ["mine[all]@https://example.com/mine.zip", { name: "mine", constraint: "", url: "https://example.com/mine.zip" }],
    [
      `mine @ git+https://\${TOKEN}@example.com/mine.git@v1#egg=mine ; python_version > '3.8' # ours`,
      { name: "mine", constraint: "", url: `git+https://\${TOKEN}@example.com/mine.git@v1#egg=mine` },
    ],
    ["mine @ https://example.com/mine.zip", { name: "mine", constraint: "", url: "https://example.com/mine.zip" }],
  ])("%s", (line, expected) => {
    expect(read(line)).toEqual({ kind: "package", installed: true, ...expected });
  });

  test.each([
    "-r requirements.txt",
    "--requirement=requirements.txt",
    "-c constraints.txt",
    "-e .",
    "--editable ./src",
    ".",
    "..",
    ".[all]",
    "packages/mine",
    "file:./mine",
    `\${PACKAGE}==1.0`,
    "./wheels/mine-1.0-py3-none-any.whl",
    "mine-1.0-py3-none-any.whl",
    "https://example.com/mine.zip",
    "git+https://example.com/mine.git@main#egg=mine",
  ])("%s names packages elsewhere", (line) => {
    expect(read(line)).toEqual({ kind: "elsewhere" });
  });

  test.each(["--index-url https://example.com/simple", "-i https://example.com", "--pre", "--extra-index-url=x"])(
    "%s is an option",
    (line) => {
      expect(read(line)).toEqual({ kind: "option" });
    },
  );
});

describe("an environment marker says whether a package is installed in the job container", () => {
  test.each([
    ["sys_platform == 'linux'", true],
    ["sys_platform == 'win32'", false],
    ["sys_platform != 'win32'", true],
    ['"linux" in sys_platform', true],
    ["sys_platform not in 'linux, darwin'", false],
    ["python_version < '3.9'", false],
    ["python_version >= '3.9'", true],
    ["python_version in '3.10, 3.11'", true],
    ["'3.10' <= python_version", true],
    ["python_full_version < '3.12.0'", true],
    ["implementation_name == 'cpython' and os_name == 'posix'", true],
    ["os_name == 'nt' or (platform_machine == 'x86_64' and python_version > '3')", true],
    ["extra == 'test'", false],
  ])("%s: %s", (marker, installed) => {
    expect(read(`numpy ; ${marker}`)).toMatchObject({ installed });
  });

  it("is asked of what comes from a URL, too", () => {
    expect(read("mine @ https://example.com/mine.zip ; sys_platform == 'win32'")).toMatchObject({ installed: false });
  });

  it("is taken to hold where it asks for what is not known", () => {
    expect(parsePipLine("numpy ; python_version < '3'", undefined)).toMatchObject({ installed: true });
    expect(read("numpy ; platform_release >= '6'")).toMatchObject({ installed: true });
  });
});

describe("versions are compared as PEP 440 says", () => {
  test.each([
    ["numpy==1.26", "1.26.0", true],
    ["numpy==1.26.*", "1.26.4", true],
    ["numpy~=1.26.1", "1.27", false],
    ["torch==2.4.1", "2.4.1+cu121", true],
    ["torch==2.4.1+cpu", "2.4.1+cpu", true],
    ["torch==2.4.1+cpu", "2.4.1+cu121", false],
    ["torch!=2.4.1+cpu", "2.4.1+cu121", true],
    ["numpy<2", "2.0rc1", false],
    ["numpy>=2.0rc1", "2.0rc2", true],
    ["numpy", "not a version!", false],
  ])("%s accepts %s: %s", (line, version, accepted) => {
    const result = parsePipLine(line, "3.11");
    expect(result.kind === "package" && result.constraint.accepts(version)).toBe(accepted);
  });
});

describe("what pip would not take is refused, with the reason", () => {
  test.each([
    ["numpy=1.26", /"=" is conda's, pip writes "=="/],
    ["numpy[all] = 1.26", /"=" is conda's, pip writes "=="/],
    ["numpy==", /at column 8: expected/],
    ["numpy==one", /"==one" is not a version specifier/],
    ["numpy>=1.*", /">=1\.\*" is not a version specifier/],
    ["numpy~=1", /"~=1" is not a version specifier/],
    ["numpy ; operating_system == 'x'", /at column \d+: expected/],
    ["num py", /at column 5: expected/],
  ])("%s", (line, reason) => {
    expect(() => parsePipLine(line, "3.11")).toThrow(reason);
  });
});
