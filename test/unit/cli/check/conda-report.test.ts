import { jsonReport, type Report, textReport } from "../../../../src/cli/check/conda/report";
import type { CondaFile, Dependency } from "../../../../src/conda/conda-file";
import type { Finding } from "../../../../src/conda/finding";

const piped = { width: undefined, colours: false };

function file(path: string, ...names: string[]): CondaFile {
  const constraint = { text: "", versions: [], pinned: false, accepts: () => true };
  const dependencies = names.map(
    (name, index): Dependency => ({ source: "conda", name, project: name, text: name, line: index + 3, constraint }),
  );
  return { path, text: "", channels: [{ name: "conda-forge", line: 1 }], dependencies, unread: [], pipOptions: [] };
}

function report(parts: Partial<Report>): Report {
  const files = { ci: file("ci.yml", "numpy"), training: [file("training.yml", "numpy")], scoring: [] };
  return { files, findings: [], fixed: [], notes: [], ...parts };
}

const unpinned: Finding = {
  rule: "unpinned",
  file: "docker/ci.yml",
  line: 12,
  package: "scikit-learn",
  message: "scikit-learn is open (any version) here and pinned to 1.5.* in docker/training.yml:4: pin it here as well",
  related: { file: "docker/training.yml", line: 4 },
  fix: { kind: "replace", line: 12, from: "scikit-learn", to: "scikit-learn=1.5" },
};
const pip: Finding = { rule: "pip", file: "docker/ci.yml", line: 9, package: "torch", message: "torch comes from pip" };
const missing: Finding = { rule: "missing", file: "training.yml", line: 5, message: "joblib is missing" };

describe("for people", () => {
  test("a block for each file, in the order of its lines; a line for each finding where lines may have any length", () => {
    expect(textReport(report({ findings: [unpinned, missing, pip] }), piped)).toBe(`\
docker/ci.yml:9   pip       torch comes from pip
docker/ci.yml:12  unpinned  ${unpinned.message}

training.yml:5    missing   joblib is missing

3 findings in 2 files (--fix settles 1 of them).`);
  });

  test("a message is wrapped beside its place", () => {
    expect(textReport(report({ findings: [unpinned] }), { width: 80, colours: false })).toBe(`\
docker/ci.yml:12  unpinned  scikit-learn is open (any version) here and pinned
                            to 1.5.* in docker/training.yml:4: pin it here as
                            well

1 finding in 1 file (--fix settles it).`);
  });

  test("a message goes below its place on a narrow terminal", () => {
    expect(textReport(report({ findings: [unpinned, pip] }), { width: 60, colours: false })).toBe(`\
docker/ci.yml:9   pip
    torch comes from pip
docker/ci.yml:12  unpinned
    scikit-learn is open (any version) here and pinned to
    1.5.* in docker/training.yml:4: pin it here as well

2 findings in 1 file (--fix settles 1 of them).`);
  });

  test("the lines of a message are kept", () => {
    const message = "no solution:\n└─ numpy 1\n   └─ python 3.9\n";
    expect(textReport(report({ findings: [{ ...pip, message }] }), piped)).toContain(`\
docker/ci.yml:9  pip  no solution:
                      └─ numpy 1
                         └─ python 3.9

`);
  });

  test.each([
    [[missing], "1 finding in 1 file."],
    [[unpinned], "1 finding in 1 file (--fix settles it)."],
    [[unpinned, unpinned], "2 findings in 1 file (--fix settles them all)."],
    [[missing, pip], "2 findings in 2 files."],
  ])("the last line counts, and says what --fix can settle: %#", (findings, line) => {
    expect(textReport(report({ findings }), piped).split("\n").at(-1)).toBe(line);
  });

  test.each([
    [["numpy"], [], "The conda files agree: 1 package compared."],
    [["numpy", "pandas"], ["numpy", "joblib"], "The conda files agree: 3 packages compared."],
  ])("without findings it says how many packages were compared: %j and %j", (training, scoring, text) => {
    const files = { ci: file("ci.yml"), training: [file("t.yml", ...training)], scoring: [file("s.yml", ...scoring)] };
    expect(textReport(report({ files }), piped)).toBe(text);
  });

  test("the edits that were made and the notes come before the last line", () => {
    const fixed: Report["fixed"] = [
      { kind: "replace", line: 4, from: "numpy", to: "numpy=2" },
      { kind: "add", source: "pip", specification: "torch==2" },
    ];
    expect(textReport(report({ fixed, notes: ["wrote x.lock", "and more"] }), piped)).toBe(`\
Edited ci.yml:
  line 4: numpy is now numpy=2
  new: torch==2 (pip)

wrote x.lock
and more

The conda files agree: 1 package compared.`);
  });

  test("place and rule have colours on a terminal that has them", () => {
    const [line] = textReport(report({ findings: [pip] }), { width: 80, colours: true }).split("\n");
    expect(line).toBe("\u001b[36mdocker/ci.yml:9\u001b[39m  \u001b[33mpip\u001b[39m  torch comes from pip");
  });

  test("control characters of a file do not reach the terminal", () => {
    const text = textReport(report({ findings: [{ ...pip, message: 'no "\u001b[31m\u009b\r"' }] }), piped);
    expect(text).toContain('no "\\u001b[31m\\u009b\\u000d"');
  });
});

describe("as JSON", () => {
  test("findings, edits, notes and what the files ask for", () => {
    expect(JSON.parse(jsonReport(report({ findings: [unpinned], notes: ["a note"] })))).toEqual({
      findings: [unpinned],
      fixed: [],
      notes: ["a note"],
      files: {
        ci: {
          path: "ci.yml",
          channels: ["conda-forge"],
          dependencies: [{ source: "conda", name: "numpy", specification: "numpy", line: 3 }],
        },
        training: [
          {
            path: "training.yml",
            channels: ["conda-forge"],
            dependencies: [{ source: "conda", name: "numpy", specification: "numpy", line: 3 }],
          },
        ],
        scoring: [],
      },
    });
  });

  test("a CI file that cannot be read is null", () => {
    expect(JSON.parse(jsonReport(report({ files: { training: [], scoring: [] } }))).files.ci).toBeNull();
  });

  test("solutions and locks, where there are some", () => {
    const numpy = {
      name: "numpy",
      version: "2",
      build: "0",
      subdir: "noarch",
      url: "http://x/numpy.conda",
      depends: [],
    };
    const solutions = [{ file: file("ci.yml"), platform: "linux-64", packages: [numpy] }];
    expect(JSON.parse(jsonReport(report({ solutions, locks: ["ci.linux-64.lock"] })))).toMatchObject({
      solutions: [{ file: "ci.yml", platform: "linux-64", packages: [numpy] }],
      locks: ["ci.linux-64.lock"],
    });
  });
});
