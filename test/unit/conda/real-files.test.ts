import { checkCondaFiles } from "../../../src/conda/check";
import type { Finding } from "../../../src/conda/finding";
import { applyFixes } from "../../../src/conda/fix";

const head = "channels: [conda-forge]\ndependencies:\n  - python=3.11\n";

/** A file of these entries: `C: …` for conda's, `P: …` for pip's. From line 4 on, there is one in each line. */
function file(...entries: string[]): string {
  const of = (source: string) => entries.flatMap((entry) => (entry.startsWith(source) ? entry.slice(3) : []));
  const conda = of("C: ").map((entry) => `  - ${entry}\n`);
  const pip = of("P: ").map((entry) => `      - ${entry}\n`);
  return [head, ...conda, ...(pip.length > 0 ? ["  - pip:\n", ...pip] : [])].join("");
}

/** Checks CI's file against the training's, and edits it as `--fix` does. */
function check(ci: string, training: string) {
  const files = new Map([
    ["ci.yml", ci],
    ["training.yml", training],
  ]);
  const { findings, notes } = checkCondaFiles({
    ci: "ci.yml",
    training: ["training.yml"],
    scoring: ["training.yml"],
    readFile: (path) => files.get(path),
  });
  // That a package comes from pip is no matter here.
  const others = findings.filter(({ rule }) => rule !== "pip");
  const fixes = findings.flatMap(({ fix }) => fix ?? []);
  const fixed = fixes.length === 0 ? ci : applyFixes(ci, fixes);
  return { found: others.map(({ file, line, rule }) => `${file}:${line} ${rule}`), findings: others, notes, fixed };
}

function messagesOf(findings: Finding[]): string[] {
  return findings.map(({ message }) => message);
}

describe("CI's pin is not given up for a series or a range that has it", () => {
  test.each([
    ["a==2.0.0", "a==2.0.*"],
    ["a==1.0.0", "a~=1.0.0"],
    ["a==2", "a~=2.0.0"],
    ["a==1!2", "a~=1!2.0.0"],
    ["a==2.0.post1", "a==2.0.*"],
  ])("%s, and %s in the training", (ci, training) => {
    const { found, fixed } = check(file(`P: ${ci}`), file(`P: ${training}`));
    expect([found, fixed]).toEqual([["training.yml:5 unpinned"], file(`P: ${ci}`)]);
  });

  test.each([
    ["a>=2.0,<2.1", "a==2.0.*"],
    ["a~=2.0.0", "a==2.0.*"],
    ["a==2.0.*", "a==2.0.*,>=2.0"],
    ["a==2", "a==2.0.0.*"],
    ["a>=2,<2.1.dev0", "a==2.0.*"],
  ])("%s is %s", (ci, training) => {
    expect(check(file(`P: ${ci}`), file(`P: ${training}`)).found).toEqual([]);
  });
});

describe("what an entry that is not read may name is neither missing nor added", () => {
  test.each([
    ["a list elsewhere", ["P: -r requirements.txt"], ["P: zzz==1"], ["ci.yml:5 unread", "ci.yml:5 unread"]],
    ["a folder", ["P: -e ."], ["C: zzz=1"], ["ci.yml:5 unread", "ci.yml:5 unread"]],
    ["what a variable stands for", [`P: \${NAME}==1`], ["P: zzz==1"], ["ci.yml:5 unread", "ci.yml:5 unread"]],
    ["a template", ["C: '{{ packages }}'"], ["C: zzz=1"], ["ci.yml:4 invalid", "ci.yml:4 unread"]],
    ["an installer that conda does not know", ["C: 'npm: [a]'"], [], ["ci.yml:4 invalid"]],
    ["two comparisons without a comma", ["C: numpy >=1.20 <2"], ["C: numpy=1.21"], ["ci.yml:4 invalid"]],
    ["conda's notation for pip", ["P: zzz=1"], ["P: zzz==1"], ["ci.yml:5 invalid"]],
    ["two packages in one entry", ["C: numpy=1.20 pandas=1.2"], ["C: pandas=1.2"], ["ci.yml:4 invalid"]],
    ["a name with a variable behind it", [`P: zzz==\${VERSION}`], ["P: zzz==1"], ["ci.yml:5 unread"]],
    ["a mapping", ["C: 'zzz: 1'"], ["C: zzz=1"], ["ci.yml:4 invalid"]],
    ["a pip section that is no list", ["C: 'pip: zzz'"], ["P: zzz==1"], ["ci.yml:4 invalid"]],
  ])("%s", (_, ci, training, expected) => {
    // In quotes only for this table.
    const text = file(...ci).replace(/- '(\w+: .*)'\n/, "- $1\n");
    const { found, fixed } = check(text, file(...training));
    expect([found, fixed]).toEqual([expected, text]);
  });

  test("what is not known is said once, with the packages and where they are needed", () => {
    const { findings } = check(file("P: -r requirements.txt"), file("C: xxx=1", "P: zzz==1"));
    expect(messagesOf(findings)).toEqual([
      '"-r requirements.txt" leads to packages that cannot be compared: list its packages here',
      "whether xxx (training.yml:4), zzz (training.yml:6) are missing here is not known, because -r requirements.txt is not read",
    ]);
  });

  test("what an entry names leaves the others missing", () => {
    const { found, fixed } = check(file("P: yyy=1"), file("P: zzz==1"));
    expect(found).toEqual(["ci.yml:5 invalid", "training.yml:5 missing"]);
    expect(fixed).toBe(file("P: yyy=1", "P: zzz==1"));
  });

  test("pip's lists have no Python", () => {
    const { found } = check(file("P: -r requirements.txt").replace("python=3.11", "numpy"), head);
    expect(found).toContain("training.yml:3 python");
  });
});

describe("--fix adds and replaces nothing that CI's file could not be installed with", () => {
  test.each([
    ["a hash would be lost", ["P: a==1 --hash=sha256:aa"], ["P: a==2"]],
    ["the others would have no hash", ["P: a==1", "P: b==1"], ["P: a==2 --hash=sha256:bb", "P: b==1"]],
    ["it has no hash, and all others have", ["P: a==1 --hash=sha256:aa"], ["P: a==1", "P: zzz==1"]],
    ["hashes are required", ["P: --require-hashes", "P: a==1"], ["P: a==2"]],
    ["a marker would be lost", ["P: a==1 ; python_version > '3'"], ["P: a==2"]],
    ["an option would be lost", ["P: a==1 --config-settings=x=y"], ["P: a==2"]],
    ["its index is the training's alone", ["P: b==1"], ["P: -i https://example.com/simple", "P: b==1", "P: zzz==1"]],
    ["its other index is", ["P: b==1"], ["P: --extra-index-url=https://example.com", "P: b==2"]],
    ["its list of links is", ["P: b==1"], ["P: -f https://example.com/x.html", "P: b==1", "P: zzz==1"]],
    ["it is a file beside the training's", ["P: b==1"], ["P: b==1", "P: ./zzz-1.0-py3-none-any.whl"]],
    ["it is called so on neither", ["C: pytest"], ["P: sklearn==1.0"]],
    ["conda-forge calls it otherwise", ["C: pytest"], ["C: torch=2.0"]],
    ["its channel is the training's alone", ["C: pytest"], ["C: nvidia::zzz=1"]],
  ])("where %s", (_, ci, training) => {
    const { findings, fixed } = check(file(...ci), file(...training));
    expect(findings.length).toBeGreaterThan(0);
    expect(fixed).toBe(file(...ci));
  });

  test.each([
    ["channels: [nvidia, conda-forge]", "zzz=1", false],
    ["channels: [conda-forge, defaults]", "zzz=1", false],
    ["channels: [nvidia, conda-forge]", "scipy=1.14", true],
    ["channels: [https://conda.anaconda.org/conda-forge/]", "zzz=1", true],
    ["channels: [nvidia]", "conda-forge::zzz=1", true],
  ])("from %s, %s is added: %s", (channels, entry, added) => {
    const training = file(`C: ${entry}`).replace("channels: [conda-forge]", channels);
    expect(check(head, training).fixed).toBe(added ? file(`C: ${entry}`) : head);
  });

  test("the channels that CI lacks are said", () => {
    const training = file("C: zzz=1").replace("[conda-forge]", "[nvidia, conda-forge, pytorch]");
    expect(messagesOf(check(head, training).findings)).toEqual([
      "zzz is needed here and missing in ci.yml: add it there (zzz=1), and its channel if that is nvidia or pytorch",
    ]);
    expect(messagesOf(check(head, file("C: nvidia::zzz=1")).findings)).toEqual([
      "zzz is needed here and missing in ci.yml: add it there (nvidia::zzz=1), and its channel if that is nvidia",
    ]);
  });

  test("with the hash that the training has for it, where all have one", () => {
    const [ci, training] = [file("P: a==1 --hash=sha256:aa"), file("P: a==2 --hash=sha256:bb")];
    expect(check(ci, training).fixed).toBe(training);
  });

  test.each([
    ["  - pip:\n", "  - pip:\n    - zzz==1\n"],
    ["  - pip: # none yet\n", "  - pip: # none yet\n    - zzz==1\n"],
    ["  - pip: null\n  - pytest\n", "  - pip:\n    - zzz==1\n  - pytest\n"],
    ["  - pip: []\n", "  - pip: [zzz==1]\n"],
    ["  - {pip: }\n", "  - {pip: [zzz==1] }\n"],
    ["  - pip:\r\n", "  - pip:\r\n    - zzz==1\r\n"],
  ])("into the empty pip section that is there: %j", (section, fixed) => {
    const before = section.includes("\r") ? head.replaceAll("\n", "\r\n") : head;
    expect(check(before + section, file("P: zzz==1")).fixed).toBe(before + fixed);
  });
});

describe("what Linux has not, and what every machine has, is not looked for in CI's image", () => {
  test.each([
    ["pywin32 # [win]", "pywin32 is for Windows only"],
    ["vs2015_runtime=14.16", "vs2015_runtime is for Windows only"],
    ["m2w64-gcc-libs", "m2w64-gcc-libs is for Windows only"],
    ["appnope=0.1", "appnope is for macOS only"],
    ["zzz # [win]", "zzz is marked [win]"],
    ["zzz=1 # [osx or win64]", "zzz is marked [osx or win64]"],
    ["zzz # [not linux] why", "zzz is marked [not linux]"],
  ])("%s", (entry, note) => {
    const { found, notes, fixed } = check(head, file(`C: ${entry}`));
    expect([found, fixed]).toEqual([[], head]);
    expect(notes).toEqual([`training.yml:4: ${note}, so it is not looked for in ci.yml`]);
  });

  test.each(["zzz # [linux]", "zzz # [unix and py>37]", "zzz # win"])("%s is missing", (entry) => {
    expect(check(head, file(`C: ${entry}`)).found).toEqual(["training.yml:4 missing"]);
  });

  test.each(["__glibc", "__glibc >=2.17", "__linux", "__unix"])("%s is a property of the machine", (entry) => {
    const { found, notes, fixed } = check(head, file(`C: ${entry}`));
    expect([found, notes, fixed]).toEqual([[], [], head]);
  });
});

describe("software under a wrong name is compared under the right one, which is said", () => {
  test.each([
    ["scikit-learn=1.0.2", "sklearn==1.0.3", "scikit-learn"],
    ["scikit-image=0.21.0", "skimage==0.22.0", "scikit-image"],
    ["pytorch=2.0.0", "pytorch==2.1.0", "torch"],
    ["opencv=4.5.1", "opencv==4.6.1.48", "opencv-python"],
    ["pillow=10.0.0", "PIL==9.0.0", "pillow"],
    ["pyyaml=6.0.0", "yaml==5.0.0", "pyyaml"],
  ])("%s, and %s from pip", (ci, training, right) => {
    const { findings, found, fixed } = check(file(`C: ${ci}`), file(`P: ${training}`));
    expect(found).toEqual(["training.yml:5 name", "ci.yml:4 conflict"]);
    const wrong = training.split("==")[0]?.toLowerCase();
    expect(findings[0]?.message).toBe(`${wrong} is called ${right} on PyPI: write ${right}`);
    expect(fixed).toBe(file(`C: ${ci}`));
  });

  test.each([
    ["torch=2.0", "pytorch"],
    ["opencv-python=4.5", "opencv"],
    ["tables=3.8", "pytables"],
    ["faiss-gpu-cu12=1.7", "faiss-cpu"],
  ])("%s from conda", (entry, right) => {
    const { findings } = check(file(`C: ${entry}`), head);
    expect(messagesOf(findings)).toEqual([`${entry.split("=")[0]} is called ${right} on conda-forge: write ${right}`]);
  });

  test("no channel but conda-forge is known to have no such package", () => {
    expect(check(file("C: torch=2.0").replace("[conda-forge]", "[conda-forge, ours]"), head).found).toEqual([]);
  });
});

describe("programs are not the projects that have their names on PyPI", () => {
  test.each([
    ["ffmpeg=4.3", "ffmpeg==1.4"],
    ["pandoc=3", "pandoc==2.4"],
    ["git=2.40", "git==1.0"],
    ["nodejs=20", "nodejs==0.1.1"],
    ["curl=8", "curl==0.0.1"],
    ["tesseract=5", "tesseract==0.1.3"],
    ["wget=1.21", "wget==3.2"],
    ["make=4", "make==0.1.6"],
  ])("%s from conda, and %s from pip", (ci, training) => {
    expect(check(file(`C: ${ci}`), file(`P: ${training}`)).found).toEqual(["training.yml:5 missing"]);
  });

  test.each([
    ["cmake=3.30.1", "cmake==3.30.1"],
    ["ninja=1.11.1", "ninja==1.11.1"],
    ["cupy=12.3.0", "cupy-cuda113==12.3.0"],
    ["cupy=12.3.0", "cupy-rocm-5-0==12.3.0"],
    ["mxnet=1.9.1", "mxnet-cu112==1.9.1"],
    ["onnxruntime=1.19.2", "onnxruntime-gpu==1.19.2"],
  ])("%s is %s", (ci, training) => {
    expect(check(file(`C: ${ci}`), file(`P: ${training}`)).found).toEqual([]);
  });
});

describe("what comes from a URL has the name that is in it, and a wheel its version", () => {
  const git = "git+https://example.com/a.git";
  test.each([
    [`${git}@v1#egg=a`, `${git}@v1#egg=a`, []],
    [`${git}@v1#egg=a`, `-e ${git}@v1#egg=a`, []],
    [`a @ ${git}@v1`, `git+https://someone:secret@example.com/a.git@v1#egg=a`, []],
    [`${git}@v1#egg=a`, `${git}@v2#egg=a`, ["ci.yml:5 conflict"]],
    [`${git}@v1#egg=a`, "a==1.0", ["ci.yml:5 conflict"]],
    [`${git}#egg=a&subdirectory=x`, `${git}#egg=a&subdirectory=y`, ["ci.yml:5 conflict"]],
    ["https://example.com/a-1.0-py3-none-any.whl", "a==1.0", []],
    ["https://example.com/a-1.0-py3-none-any.whl", "a @ https://example.org/a-1.0-py3-none-any.whl", []],
    ["https://example.com/a-1.0-py3-none-any.whl", "a==1.1", ["ci.yml:5 conflict"]],
    ["https://example.com/a-1.0-py3-none-any.whl", "https://example.com/a-1.1-py3-none-any.whl", ["ci.yml:5 conflict"]],
  ])("%s and %s", (ci, training, expected) => {
    const { found, fixed } = check(file(`P: ${ci}`), file(`P: ${training}`));
    expect([found, fixed]).toEqual([expected, file(`P: ${ci}`)]);
  });
});

describe("versions with letters belong to the series before them", () => {
  test.each([
    ["openssl=1.1.1", "openssl=1.1.1d"],
    ["jpeg=9", "jpeg=9e"],
    ["tzdata=2024", "tzdata==2024b"],
    ["openssl 1.1.*", "openssl=1.1.1w=hd590300_0"],
  ])("%s and %s", (ci, training) => {
    expect(check(file(`C: ${ci}`), file(`C: ${training}`)).found).not.toContain("ci.yml:4 conflict");
  });
});

describe("selectors and keys of other programs", () => {
  test.each([
    ["sel(linux): numpy=1.26", []],
    ["sel(unix): numpy=1.26", []],
    ["sel(linux): numpy=1.25", ["ci.yml:4 conflict"]],
    ["sel(win): numpy=1.25", ["training.yml:4 missing"]],
    ["sel(linux64): numpy=1.26", ["ci.yml:4 invalid", "ci.yml:4 unread"]],
    ["sel(linux): [numpy=1.26]", ["ci.yml:4 invalid", "ci.yml:4 unread"]],
  ])("%s", (entry, expected) => {
    expect(check(file(`C: ${entry}`), file("C: numpy=1.26")).found).toEqual(expected);
  });

  test("the package behind a selector is edited", () => {
    expect(check(file("C: sel(linux): numpy # why"), file("C: numpy=1.26")).fixed).toBe(
      file("C: sel(linux): numpy=1.26 # why"),
    );
  });

  test.each(["platforms: [linux-64]", "category: dev", "version: 1", "_x: &x {}"])(
    "the key in %s is only noted",
    (line) => {
      const { found, notes } = check(`${line}\n${head}`, head);
      const key = line.split(":")[0];
      expect([found, notes]).toEqual([[], [`ci.yml:1: conda takes no notice of the key "${key}"`]]);
    },
  );

  test.each([
    ["Dependencies: [numpy]", 'conda takes no notice of the key "Dependencies": write "dependencies"'],
    ["dependency: [numpy]", 'conda takes no notice of the key "dependency": write "dependencies"'],
    [`${head}channel: [x]`, 'conda takes no notice of the key "channel": write "channels"'],
    [`${head}variable: {A: b}`, 'conda takes no notice of the key "variable": write "variables"'],
    [`${head}pip: [numpy]`, 'the pip section is an entry of the dependencies: write it there, as "- pip:"'],
    [`${head}name: 123`, "name is not text: put it in quotes, or leave it out"],
    [`${head}name:`, "name is not text: put it in quotes, or leave it out"],
    [`${head}variables: [A=1]`, "variables is not a mapping: write each as NAME: value"],
    [`${head}variables: A=1`, "variables is not a mapping: write each as NAME: value"],
  ])("%j is a mistake", (text, message) => {
    const { findings } = check(`${text}\n`, "dependencies: []\n");
    expect(messagesOf(findings.filter((one) => one.file === "ci.yml"))).toEqual([message]);
  });
});

describe("entries of one package are put together", () => {
  test.each([
    [["python", "numpy", "numpy=1.26"], []],
    [["numpy>=1.20", "numpy<1.27", "numpy=1.26.*"], []],
    [["numpy=1.26", "numpy=*=*openblas"], []],
    [["numpy", "numpy"], ["ci.yml:4 unpinned"]],
    [["numpy=1.25", "numpy"], ["ci.yml:4 conflict"]],
    [["numpy>=1.26", "numpy<1.26"], ["ci.yml:5 impossible"]],
  ])("%j", (entries, expected) => {
    const { found } = check(file(...entries.map((entry) => `C: ${entry}`)), file("C: numpy=1.26"));
    expect(found).toEqual(expected);
  });

  test("pip's, too", () => {
    expect(check(file("P: a", "P: a==1.0"), file("P: a==1.0")).found).toEqual([]);
    expect(messagesOf(check(file("P: a>1", "P: a<1"), head).findings)).toEqual([
      "no version of a is >1,<1 (lines 5 and 6)",
    ]);
  });
});

describe("builds and channels that cannot be equal", () => {
  test.each([
    ["pytorch=2.0=cuda*", "pytorch=2.0=cpu*", true],
    ["pytorch=2.0=*cuda11*", "pytorch=2.0=py311_cuda12_0", true],
    ["pytorch=2.0=cuda*", "pytorch=2.0=*py311*", false],
    ["pytorch=2.0=cuda*", "pytorch[version=2.0,build=cuda12*]", false],
    ["pytorch=2.0=cuda*", "pytorch==2.0", false],
    ["nvidia::pytorch==2.0", "conda-forge::pytorch==2.0", true],
    ["pytorch[version=2.0,channel=nvidia]", "https://example.com/c::pytorch==2.0", true],
    ["conda-forge::pytorch==2.0", "https://conda.anaconda.org/conda-forge/linux-64::pytorch==2.0", false],
    ["defaults::pytorch==2.0", "https://repo.anaconda.com/pkgs/main::pytorch==2.0", false],
    ["nvidia::pytorch==2.0", "pytorch==2.0", false],
  ])("%s and %s: %s", (ci, training, differ) => {
    const { found, fixed } = check(file(`C: ${ci}`), file(`C: ${training}`));
    expect([found, fixed]).toEqual([differ ? ["ci.yml:4 conflict"] : [], file(`C: ${ci}`)]);
  });

  test("the messages have both sides", () => {
    const of = (ci: string, training: string) => messagesOf(check(file(`C: ${ci}`), file(`C: ${training}`)).findings);
    expect(of("a=1=x*", "a=1=y*")).toEqual([
      "a is the build x* here and y* in training.yml:4, and no build is both: use one in both",
    ]);
    expect(of("x::a", "y::a")).toEqual([
      "a comes from x here and from y in training.yml:4: take it from one channel in both",
    ]);
  });
});

describe("a mistake is one finding, with what it probably is", () => {
  test.each([
    [
      "a merge conflict",
      "name: ci\n<<<<<<< HEAD\ndependencies:\n  - a\n=======\ndependencies:\n  - b\n>>>>>>> x\n",
      "2 a merge conflict is not resolved: keep one of its sides, and remove its marks",
    ],
    [
      "a statement of a template",
      "dependencies:\n{% if gpu %}\n  - a: b: c\n{% endif %}\n  - {{ b }}\n",
      /^2 it is not YAML: it is a template \(\{\{ … \}\} or/,
    ],
    ["an expression of a template", "dependencies:\n  - {{ a }}\n", /^2 it is a template/],
    [
      "an expression for a version",
      "dependencies:\n  - python={{ version }}\n",
      /^2 "python=\{\{ version \}\}" .*: it is a template/,
    ],
    [
      "a mapping for a list",
      "dependencies:\n  numpy: 1.26\n  pandas: 2.1\n",
      '2 dependencies is a mapping: begin each package with a dash, as in "- numpy=1.26"',
    ],
    [
      "pip in a mapping",
      "dependencies:\n  pip:\n    - a\n",
      '2 dependencies is a mapping: begin each package with a dash, as in "- pip"',
    ],
    [
      "a dash without a space",
      "dependencies:\n  -python=3.11\n",
      '2 write a space behind each dash of the dependencies: "- python=3.11"',
    ],
    ["two of them", "dependencies:\n  -a\n  -b\n", '2 write a space behind each dash of the dependencies: "- a"'],
    [
      "one between others",
      "dependencies:\n  - a\n  -python=3.11\n  - b\n",
      /^3 it is not YAML: .*\(write a space behind the dash: "- python=3.11"\)$/,
    ],
    [
      "one that YAML adds to the entry above",
      "dependencies:\n  - a\n    -python=3.11\n",
      '3 write a space behind the dash: "- python=3.11"',
    ],
    ["one in quotes", "dependencies:\n  - '-python=3.11'\n", /^2 .*: write a space behind the dash: "- python=3.11"$/],
    [
      "a colon for a comparison",
      "dependencies:\n  - python: 3.10\n",
      '2 "python: 3.10" is a mapping in YAML: write "python=3.10"',
    ],
    ["a tab", "dependencies:\n\t- a\n\t- b\n\t- c\n", /^2 it is not YAML: .*use spaces\)$/],
  ])("%s", (_, ci, expected) => {
    const { findings } = check(ci, "dependencies: [pip]\n");
    const shown = findings.map(({ line, message }) => `${line} ${message}`);
    expect(shown).toEqual([typeof expected === "string" ? expected : expect.stringMatching(expected)]);
  });
});

test.each([
  ["ca-certificates=2026.01.21", "2026.01.21.*"],
  ["a==4.03", "==4.03"],
  ["a>=1.05,<2.00", ">=1.05,<2.00"],
  ["a=1.0.0post1", "1.0.0post1.*"],
  ["a=2024A", "2024A.*"],
])("%s is shown as it is written", (entry, shown) => {
  const name = entry.split(/[<>=]/)[0];
  const { findings } = check(file(`C: ${entry}`), file(`C: ${name}=99`));
  expect(messagesOf(findings)).toEqual([
    `${name} is ${shown} here and 99.* in training.yml:4, and no version is both: use one in both`,
  ]);
});
