import { parsePipLine } from "../../../../src/conda/pip-entry/line";

/** What is read of a line, with the constraint as a text. */
function read(line: string, python = "3.11") {
  const result = parsePipLine(line, python);
  if (result.kind !== "package") return result;
  const { extras, ...rest } = result;
  return { ...rest, ...(extras.length > 0 && { extras }), constraint: result.constraint.text };
}

describe("a line of a pip section is read as pip reads it", () => {
  test.each([
    ["numpy", { name: "numpy", constraint: "" }],
    ["Scikit_Learn ==1.9.1", { name: "Scikit_Learn", constraint: "==1.9.1" }],
    [
      "azureml-core[automl, notebooks]~=1.57.0",
      { name: "azureml-core", extras: ["automl", "notebooks"], constraint: "~=1.57.0" },
    ],
    ["numpy (>=1.26,<2)", { name: "numpy", constraint: ">=1.26,<2" }],
    ["numpy===1.26", { name: "numpy", constraint: "===1.26" }],
    ["numpy==1.26.* # the last before 2", { name: "numpy", constraint: "==1.26.*" }],
    [
      "numpy==1.26.4 --hash=sha256:aa --hash=sha256:bb",
      { name: "numpy", constraint: "==1.26.4", options: "--hash=sha256:aa --hash=sha256:bb" },
    ],
    ["torch==1.8.0+cu111 -f https://example.com/t.html", { name: "torch", constraint: "==1.8.0+cu111" }],
    ["torch==1.8.0 -i https://example.com/simple", { name: "torch", constraint: "==1.8.0" }],
    ["torch==1.8.0 -c constraints.txt", { name: "torch", constraint: "==1.8.0" }],
    ["torch==1.8.0 --no-binary torch --pre", { name: "torch", constraint: "==1.8.0" }],
    [
      "torch>=1.8 ; sys_platform == 'linux' -f x",
      { name: "torch", constraint: ">=1.8", marker: "sys_platform == 'linux'" },
    ],
    ["a-b_c.d>1", { name: "a-b_c.d", constraint: ">1" }],
    [
      "mine @ https://example.com/mine.zip --hash=sha256:aa",
      { name: "mine", constraint: "", url: "https://example.com/mine.zip", options: "--hash=sha256:aa" },
    ],
    [
      "mine[all]@https://example.com/mine.zip",
      { name: "mine", extras: ["all"], constraint: "", url: "https://example.com/mine.zip" },
    ],
    [
      `mine @ git+https://\${TOKEN}@example.com/mine.git@v1#egg=mine ; python_version > '3.8' # ours`,
      {
        name: "mine",
        constraint: "",
        url: `git+https://\${TOKEN}@example.com/mine.git@v1#egg=mine`,
        marker: "python_version > '3.8'",
      },
    ],
    ["mine @ https://example.com/mine.zip", { name: "mine", constraint: "", url: "https://example.com/mine.zip" }],
  ])("%s", (line, expected) => {
    expect(read(line)).toEqual({ kind: "package", installed: true, ...expected });
  });

  test.each([
    ["git+https://example.com/a.git@v1#egg=a", { name: "a", constraint: "" }],
    ["-e git+https://example.com/a.git@v1#egg=a", { name: "a", constraint: "" }],
    ["--editable=git+ssh://git@example.com/a.git#subdirectory=b&egg=a[x]", { name: "a", constraint: "" }],
    [
      "https://example.com/a/torch-1.8.0%2Bcu111-cp38-cp38-linux_x86_64.whl",
      { name: "torch", constraint: "==1.8.0+cu111" },
    ],
    ["https://example.com/a_b-1.0-1-py2.py3-none-any.whl#sha256=aa", { name: "a_b", constraint: "==1.0" }],
    ["./wheels/mine-1.0-py3-none-any.whl", { name: "mine", constraint: "==1.0" }],
    ["mine-1.0-py3-none-any.whl", { name: "mine", constraint: "==1.0" }],
    ["mine @ https://example.com/mine-1.0-py3-none-any.whl", { name: "mine", constraint: "==1.0" }],
  ])("%s says which package it is", (line, expected) => {
    expect(read(line)).toMatchObject({ kind: "package", ...expected, url: expect.any(String) });
  });

  test.each([
    "-r requirements.txt",
    "-rrequirements.txt",
    "--requirement=requirements.txt",
    "--requiremen requirements.txt",
    "-c constraints.txt",
    "-e .",
    "--editable ./src",
    ".",
    "..",
    ".[all]",
    "packages/mine",
    "file:./mine",
    "./mine-1.0.tar.gz",
  ])("%s names packages elsewhere", (line) => {
    expect(read(line)).toEqual({ kind: "elsewhere", advice: "list its packages here" });
  });

  test.each([
    "https://example.com/mine.zip",
    "git+https://example.com/mine.git",
    "-e git+https://example.com/mine.git@main",
    "git+ssh://git@example.com/mine.git",
  ])("%s does not say which package it is", (line) => {
    expect(read(line)).toEqual({
      kind: "elsewhere",
      advice: `write which package it is: name @ ${line.replace("-e ", "")}`,
    });
  });

  test.each([
    [`\${PACKAGE}==1.0`, undefined],
    [`numpy==\${VERSION}`, "numpy"],
    [`numpy[x]>=\${VERSION}`, "numpy"],
  ])("%s is what a variable stands for", (line, name) => {
    expect(read(line)).toEqual({ kind: "elsewhere", name, advice: "write what the variable stands for" });
  });

  test.each([
    ["--index-url https://example.com/simple", [["--index-url", "https://example.com/simple"]]],
    ["-i https://example.com", [["--index-url", "https://example.com"]]],
    ["-ihttps://example.com", [["--index-url", "https://example.com"]]],
    ["--pre", [["--pre", ""]]],
    [
      "--extra-index-url=x --find-links 'a b'",
      [
        ["--extra-index-url", "x"],
        ["--find-links", "a b"],
      ],
    ],
  ])("%s is options of pip", (line, expected) => {
    expect(read(line)).toEqual({ kind: "options", options: expected.map(([name, value]) => ({ name, value })) });
  });
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

describe("what pip would not take is refused, with the reason or the right spelling", () => {
  test.each([
    ["numpy=1.26", 'pip writes it "numpy==1.26"'],
    ["numpy[all] = 1.26", 'pip writes it "numpy[all]==1.26"'],
    ["numpy 1.2", 'pip writes it "numpy==1.2"'],
    ["numpy~1.2", 'pip writes it "numpy~=1.2"'],
    ["numpy=>1.2,<2", 'pip writes it "numpy>=1.2,<2"'],
    ["numpy=<1.2 ; python_version > '3'", `pip writes it "numpy<=1.2 ; python_version > '3'"`],
    ["numpy==", 'there is no version behind its "=="'],
    ["numpy==one", '"==one" is not a version specifier (PEP 440)'],
    ["numpy>=1.*", '">=1.*" is not a version specifier (PEP 440): ".*" stands behind == or != and a release'],
    ["numpy==1.0rc1.*", '"==1.0rc1.*" is not a version specifier (PEP 440): ".*" stands behind == or != and a release'],
    ["numpy>=1.0+cpu", '">=1.0+cpu" is not a version specifier (PEP 440): a local version (+…) stands behind == or !='],
    ["numpy~=1", '"~=1" is not a version specifier (PEP 440): behind ~= stands a version of two numbers or more'],
    ["numpy ; operating_system == 'x'", /^its environment marker has "operating_system == 'x'" where a variable/],
    ["numpy ; python_version '3'", /^its environment marker has "'3'" where an operator should be$/],
    ["numpy ; (python_version > '3'", "a parenthesis of its environment marker is not closed"],
    ["num py", '"py" is too much'],
    ["numpy >=1 <2", '"<2" is too much'],
    ["numpy (>=1", "a parenthesis around its versions is not closed"],
    ["numpy[a b]", '"[a b]" is not a list of extras'],
    ["numpy @", 'there is no URL behind its "@"'],
    ["==1.0", /^it does not begin with a project's name/],
    ["-U zzz", 'pip has no option "-U" in a requirements file: leave it out'],
    ["--upgrade zzz", 'pip has no option "--upgrade" in a requirements file: leave it out'],
    ["zzz --user", 'pip has no option "--user" in a requirements file: leave it out'],
    ["--pre zzz", 'pip takes no notice of "zzz" behind an option: give it an entry of its own'],
    ["-i https://example.com zzz", 'pip takes no notice of "zzz" behind an option: give it an entry of its own'],
    ["--index-url", 'nothing is given with its option "--index-url"'],
    ["numpy\npandas", "it is several lines: give each an entry of its own"],
  ])("%s", (line, reason) => {
    expect(() => parsePipLine(line, "3.11")).toThrow(reason);
  });
});
