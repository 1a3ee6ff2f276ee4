import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import type { TestRun } from "../../../../../local-cloud/agent/run";
import { checkTask, runTask } from "../../../../../local-cloud/agent/tasks";
import { findFiles } from "../../../../../local-cloud/agent/test-results/find";
import { readJUnit } from "../../../../../local-cloud/agent/test-results/junit";
import { taskStep } from "../../../support/task-step";

/** As pytest writes it. */
const pytest = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
failures="1" skipped="1" tests="4" time="2.5" timestamp="2026-11-24T13:07:02.978261+01:00" hostname="vm">
<testcase classname="test_a.TestC" name="test_p[a&lt;b&amp;&quot;c]" time="0.250" />
<testcase classname="test_a" name="test_bad" time="1.5"><failure message="assert 'a' == 'b'&#10;  - b">&gt; assert
E   'a'</failure></testcase>
<testcase classname="test_a" name="test_skip" time="0.000"><skipped type="pytest.skip" message="not here">x.py:4</skipped></testcase>
<testcase classname="test_a" name="test_err" time="0.000"><error message="failed on setup">no fixture</error></testcase>
</testsuite></testsuites>`;

describe("JUnit's format", () => {
  test("is read as pytest writes it", () => {
    expect(readJUnit(pytest)).toEqual({
      started: new Date("2026-11-24T12:07:02.978Z"),
      completed: new Date("2026-11-24T12:07:05.478Z"),
      results: [
        { name: 'test_p[a<b&"c]', storage: "test_a.TestC", outcome: "Passed", durationInMs: 250 },
        {
          ...{ name: "test_bad", storage: "test_a", outcome: "Failed", durationInMs: 1500 },
          ...{ errorMessage: "assert 'a' == 'b'\n  - b", stackTrace: "> assert\nE   'a'" },
        },
        { name: "test_skip", storage: "test_a", outcome: "NotExecuted", durationInMs: 0, errorMessage: "not here" },
        {
          ...{ name: "test_err", storage: "test_a", outcome: "Failed", durationInMs: 0 },
          ...{ errorMessage: "failed on setup", stackTrace: "no fixture" },
        },
      ],
    });
  });

  test.each([
    ["one suite without others around it", '<testsuite><testcase name="a"/></testsuite>', ["a"]],
    ["no suite", "<testsuites/>", []],
    ["a suite without tests", '<testsuites><testsuite name="pytest" tests="0"/></testsuites>', []],
    [
      "suites in suites",
      '<testsuites><testsuite><testsuite><testcase name="b"/></testsuite><testcase name="a"/></testsuite>' +
        '<testsuite><testcase name="c"/></testsuite></testsuites>',
      ["b", "a", "c"],
    ],
    ["tests without a name, which do not count", '<testsuite><testcase/><testcase name="a"/></testsuite>', ["a"]],
    ["a byte order mark", '\uFEFF<testsuite><testcase name="a"/></testsuite>', ["a"]],
    ["entities of its own", '<!DOCTYPE t [<!ENTITY e "x">]><testsuite><testcase name="&lt;"/></testsuite>', ["<"]],
  ])("may have %s", (_, xml, names) => {
    expect(readJUnit(xml).results.map(({ name }) => name)).toEqual(names);
  });

  test("needs no times, and takes them in UTC unless they say their zone", () => {
    const at = (timestamp: string) => readJUnit(`<testsuite timestamp="${timestamp}" time="1"/>`).started;
    expect(at("2026-11-24T13:07:02")).toEqual(new Date("2026-11-24T13:07:02Z"));
    expect(at("yesterday")).toBeUndefined();
    const [result] = readJUnit('<testsuite><testcase name="a" time="1,000.5"/></testsuite>').results;
    expect(result?.durationInMs).toBe(1_000_500);
  });

  test.each([
    ["is cut off", "<testsuites><testsuite>"],
    ["is not XML", "1 passed"],
    ["is empty", ""],
    ["has another root", "<assemblies/>"],
    ["refers to a file", '<!DOCTYPE t [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite name="&e;"/>'],
  ])("is refused where it %s", (_, xml) => {
    expect(() => readJUnit(xml)).toThrow();
  });
});

describe("patterns", () => {
  const files = ["TEST-a.xml", "b/TEST-b.xml", ".hidden/TEST-c.xml", "b/{x}.xml", "b/other.txt", "[1]/TEST-d.xml"];
  const workspace = {
    insidePath: (path: string) => posix.resolve("/w/s", path),
    filesBelow: (path: string) =>
      files.map((file) => `/w/s/${file}`).filter((file) => file === path || file.startsWith(`${path}/`)),
  };

  test.each([
    [["**/TEST-*.xml"], ["TEST-a.xml", "b/TEST-b.xml", ".hidden/TEST-c.xml", "[1]/TEST-d.xml"]],
    [["*.xml"], ["TEST-a.xml"]],
    [["TEST-a.xml"], ["TEST-a.xml"]],
    [["/w/s/b/*.xml"], ["b/TEST-b.xml", "b/{x}.xml"]],
    [
      ["**/*.xml", "!b/**", "# a comment", "!**/.hidden/*"],
      ["TEST-a.xml", "[1]/TEST-d.xml"],
    ],
    [
      ["*.xml", "**/TEST-a.xml", "b/?EST-[a-c].xml"],
      ["TEST-a.xml", "b/TEST-b.xml"],
    ],
    [["b/{x}.xml"], ["b/{x}.xml"]],
    [["b/../TEST-a.xml"], ["TEST-a.xml"]],
    [["nothing*"], []],
  ])("%j find the files that they name", (patterns, expected) => {
    expect(findFiles(workspace, ".", patterns)).toEqual(expected.map((file) => `/w/s/${file}`));
  });

  test("begin in a folder, whatever its name has in it", () => {
    expect(findFiles(workspace, "[1]", ["*.xml"])).toEqual(["/w/s/[1]/TEST-d.xml"]);
  });
});

describe("PublishTestResults@2", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "results-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What it does with the files that there are. */
  function run(inputs: Record<string, string> = {}) {
    const [lines, warnings, runs]: [string[], string[], TestRun[]] = [[], [], []];
    const step = taskStep({
      line: (text) => lines.push(text),
      warn: (text) => warnings.push(text),
      publish: (each) => runs.push(each),
    });
    step.variables.set("Build.BuildId", "7");
    step.variables.set("System.DefaultWorkingDirectory", "/w/s");
    step.variables.set("title", "Unit tests");
    const workspace = {
      ...step.workspace,
      insidePath: (path: string) => posix.resolve("/w/s", path),
      filesBelow: () => readdirSync(folder).map((name) => `/w/s/${name}`),
      hostPath: (path: string) => join(folder, posix.basename(path)),
    };
    runTask("PublishTestResults@2", inputs, { ...step, workspace });
    return { lines, warnings, runs };
  }

  const write = (name: string, ...tests: string[]) =>
    writeFileSync(join(folder, name), `<testsuite>${tests.join("")}</testsuite>`);
  const good = '<testcase name="good" time="1"/>';
  const bad = '<testcase name="bad"><failure message="no"/></testcase>';

  test("publishes a file's results under the title, and says how many there are", () => {
    write("TEST-a.xml", good, bad);
    const { runs, lines, warnings } = run({ testRunTitle: "$(title)", buildPlatform: "x64", Configuration: "debug" });
    expect(runs).toMatchObject([{ title: "Unit tests", platform: "x64", configuration: "debug" }]);
    expect(runs[0]?.results.map(({ name }) => name)).toEqual(["good", "bad"]);
    expect(Date.parse(runs[0]?.completed ?? "") - Date.parse(runs[0]?.started ?? "")).toBe(1000);
    expect(lines[0]).toBe("Published Test Run: Unit tests. Tests: 1 passed, 1 failed, 0 not executed.");
    expect(lines[1]).toContain("publishRunAttachments is not emulated");
    expect(warnings).toEqual([]);
  });

  test("makes a test run of each file, or of all", () => {
    write("TEST-a.xml", good);
    write("TEST-b.xml", bad);
    const titles = (inputs: Record<string, string>) => run(inputs).runs.map(({ title }) => title);
    expect(titles({})).toEqual(["JUnit_TestResults_7_1", "JUnit_TestResults_7_2"]);
    expect(titles({ mergeTestResults: "true", testRunTitle: "all" })).toEqual(["all"]);
    for (let number = 0; number < 100; number++) write(`TEST-${number}.xml`, good);
    expect(run().runs.map(({ results }) => results.length)).toEqual([102]);
  });

  test("fails where tests have failed only if it shall, and publishes them before", () => {
    write("TEST-a.xml", bad);
    expect(run().runs).toHaveLength(1);
    expect(() => run({ failTaskOnFailedTests: "True" })).toThrow("There are one or more test failures detected");
  });

  test("warns of files that are not there, and fails for that only if it shall", () => {
    write("results.xml", good);
    const message = "No test result files matching **/TEST-*.xml were found.";
    expect(run()).toEqual({ lines: [], warnings: [message], runs: [] });
    expect(() => run({ failTaskOnMissingResultsFile: "true" })).toThrow(message);
  });

  test("warns of a file that it cannot read, publishes the others, and fails for that only if it shall", () => {
    writeFileSync(join(folder, "TEST-a.xml"), "<testsuite>");
    write("TEST-b.xml");
    write("TEST-c.xml", good);
    const { warnings, runs } = run();
    expect(warnings).toEqual([
      expect.stringMatching(/^Failed to read \/w\/s\/TEST-a\.xml\. Error : /),
      "Invalid results file. Make sure the result format of the file '/w/s/TEST-a.xml' matches 'JUnit' test results format.",
      expect.stringContaining("/w/s/TEST-b.xml"),
    ]);
    expect(runs).toHaveLength(1);
    expect(() => run({ failTaskOnFailureToPublishResults: "true" })).toThrow("Not all test result files");
  });

  test.each([
    ["testResultsFormat", "NUnit", "The testResultsFormat 'NUnit' of the task"],
    ["testRunner", "VSTest", "The testRunner 'VSTest' of the task"],
    ["detectTestRunRetry", "true", "The input 'detectTestRunRetry' of the task"],
  ])("is refused before the run with %s %s", (input, value, message) => {
    expect(checkTask("PublishTestResults@2", { [input]: value })).toEqual([
      { input, message: expect.stringContaining(message) },
    ]);
  });

  test("is taken with the inputs that it knows, and in a format that a variable names", () => {
    const inputs = { testResultsFormat: "junit", TestResultsFiles: "a.xml", publishRunAttachments: "false" };
    expect(checkTask("publishtestresults@2", inputs)).toEqual([]);
    expect(checkTask("PublishTestResults@2", { testRunner: "$(format)" })).toEqual([]);
    expect(() => run({ testRunner: "XUnit" })).toThrow("does not know the format XUnit. It knows JUnit.");
  });
});
