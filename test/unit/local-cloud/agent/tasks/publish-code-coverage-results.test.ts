import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import type { CoverageStatistic } from "../../../../../local-cloud/agent/run";
import { checkTask, runTask } from "../../../../../local-cloud/agent/tasks";
import { Variables } from "../../../../../local-cloud/agent/variables";
import { taskStep } from "../../../support/task-step";

/** As coverage.py writes it. */
const cobertura = `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage version="7.17.5" timestamp="1" lines-valid="4" lines-covered="3" line-rate="0.75" branches-covered="0"
  branches-valid="0" branch-rate="0" complexity="0">
  <sources><source>/__w/1/s</source></sources>
  <packages><package name="model" line-rate="0.75"><classes>
    <class name="__init__.py" filename="model/__init__.py" line-rate="1"><methods/><lines/></class>
    <class name="train.py" filename="model/train.py" line-rate="0.75"><methods/><lines>
      <line number="1" hits="1"/><line number="2" hits="1"/><line number="4" hits="0"/><line number="5" hits="1"/>
    </lines></class>
  </classes></package></packages>
</coverage>`;

const jacoco = `<?xml version="1.0"?><!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd">
<report name="a"><group name="g"><package name="p"><sourcefile name="A.java">
  <line nr="3" mi="0" ci="2" mb="0" cb="0"/><line nr="4" mi="1" ci="0" mb="0" cb="0"/>
</sourcefile></package></group>
<counter type="INSTRUCTION" missed="1" covered="2"/><counter type="LINE" missed="1" covered="1"/></report>`;

let folder: string;
let lines: string[];
let warnings: string[];
let published: CoverageStatistic[][];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "coverage-"));
  [lines, warnings, published] = [[], [], []];
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Where {
  inContainer?: boolean;
  hasDotnet?: boolean;
  variables?: Record<string, string>;
}

/** Runs a version of the task on files of the sources. */
async function run(
  version: 1 | 2,
  inputs: Record<string, string>,
  files: Record<string, string>,
  { inContainer = false, hasDotnet = false, variables = {} }: Where = {},
): Promise<void> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const step = taskStep({
    line: (text) => lines.push(text),
    warn: (text) => warnings.push(text),
    publishCoverage: (statistics) => published.push(statistics),
  });
  const all = new Variables();
  for (const [name, value] of Object.entries(variables)) all.set(name, value);
  await runTask(`PublishCodeCoverageResults@${version}`, inputs, {
    ...step,
    inContainer,
    variables: all,
    exec: async () => (hasDotnet ? 0 : 127),
    workspace: {
      ...step.workspace,
      insidePath: (path) => posix.resolve("/w/s", path),
      hostPath: (path) => join(folder, posix.basename(path)),
      filesBelow: () => readdirSync(folder).map((name) => `/w/s/${name}`),
    },
  });
}

describe("PublishCodeCoverageResults@1", () => {
  test.each<[string, Record<string, string>, string, CoverageStatistic[]]>([
    [
      "Cobertura's lines and branches",
      { codeCoverageTool: "cobertura" },
      cobertura,
      [
        { label: "Lines", position: 4, covered: 3, total: 4 },
        { label: "Branches", position: 6, covered: 0, total: 0 },
      ],
    ],
    [
      "JaCoCo's counters, which it takes by default",
      {},
      jacoco,
      [
        { label: "Instruction", position: 5, covered: 2, total: 3 },
        { label: "Line", position: 4, covered: 1, total: 2 },
      ],
    ],
  ])("publishes %s", async (_, inputs, text, expected) => {
    await run(1, { ...inputs, summaryFileLocation: "**/coverage.xml" }, { "coverage.xml": text });
    expect({ published, warnings }).toEqual({ published: [expected], warnings: [] });
    expect(lines).toContain("Reading code coverage summary from '/w/s/coverage.xml'");
    const [first] = expected;
    expect(lines).toContain(` ${first?.label}- ${first?.covered} of ${first?.total} covered.`);
  });

  const inputs = { codeCoverageTool: "Cobertura", summaryFileLocation: "*.xml" };

  test("takes the first file, and says so", async () => {
    await run(1, inputs, { "a.xml": cobertura, "b.xml": cobertura });
    expect(warnings).toEqual(["Multiple file or directory matches were found. Using the first match: /w/s/a.xml"]);
    expect(published).toHaveLength(1);
  });

  test.each([
    ["no file", {}, "No code coverage results were found to publish."],
    [
      "a report of the other tool",
      { "a.xml": jacoco },
      "No coverage data found. Check the build errors/warnings for more details.",
    ],
    ["what is no XML", { "a.xml": "<coverage" }, "Failed to read /w/s/a.xml. Error : "],
  ])("warns of %s, and fails only where it is told to", async (_, files: Record<string, string>, message) => {
    await run(1, inputs, files);
    expect(warnings[0]).toContain(message);
    expect(published).toEqual([]);
    const strict = { ...inputs, failIfCoverageEmpty: "true" };
    await expect(run(1, strict, files)).rejects.toThrow("No code coverage results were found to publish.");
  });

  test("fails for a number that is none", async () => {
    const broken = cobertura.replace('lines-covered="3"', 'lines-covered="three"');
    await expect(run(1, inputs, { "a.xml": broken })).rejects.toThrow(
      "Unable to retrieve value for 'lines-covered' from the summary file '/w/s/a.xml'.",
    );
  });

  test("publishes from a container without .NET, and warns that it makes no page, unless that is switched off", async () => {
    await run(1, inputs, { "a.xml": cobertura }, { inContainer: true });
    expect(warnings).toEqual(["Please install dotnet core to enable automatic generation of Html report."]);
    const variables = { "disable.coverage.autogenerate": "true" };
    await run(1, inputs, { "a.xml": cobertura }, { inContainer: true, variables });
    expect(warnings).toHaveLength(1);
    expect(published).toHaveLength(2);
  });
});

describe("PublishCodeCoverageResults@2", () => {
  test("counts the lines of all reports together", async () => {
    const other = cobertura.replace('number="4" hits="0"', 'number="4" hits="2"').replace('number="5"', 'number="6"');
    const files = { "a.xml": cobertura, "b.xml": other, "c.jacoco": jacoco };
    await run(2, { summaryFileLocation: "a.xml\nb.xml\n*.jacoco" }, files);
    expect(published).toEqual([[{ label: "line", position: 4, covered: 6, total: 7 }]]);
    expect(lines).toEqual(expect.arrayContaining(["Found 1 result(s) matching pattern: *.jacoco", "/w/s/c.jacoco"]));
  });

  test("publishes nothing from a container without .NET, and says what it takes", async () => {
    const inputs = { summaryFileLocation: "a.xml" };
    await run(2, inputs, { "a.xml": cobertura }, { inContainer: true });
    expect({ published, warnings }).toEqual({
      published: [],
      warnings: ["Please install dotnet core to run this task."],
    });
    await run(2, inputs, { "a.xml": cobertura }, { inContainer: true, hasDotnet: true });
    expect(published).toHaveLength(1);
  });

  test("warns where there is no file, and fails where it is told to", async () => {
    await run(2, { summaryFileLocation: "a.xml" }, {});
    expect(warnings).toEqual(["No code coverage results were found to publish."]);
    const strict = { summaryFileLocation: "a.xml", failIfCoverageEmpty: "true" };
    await expect(run(2, strict, {})).rejects.toThrow("No code coverage results were found to publish.");
  });

  test("refuses a report of another kind by its name", async () => {
    await expect(run(2, { summaryFileLocation: "a.xml" }, { "a.xml": "<results/>" })).rejects.toThrow(
      "reads reports of Cobertura and JaCoCo, and /w/s/a.xml is none",
    );
  });
});

test("inputs of one version are none of the other's, and the summary's place has to be said", () => {
  const at = { summaryFileLocation: "a.xml" };
  expect(checkTask("PublishCodeCoverageResults@1", { ...at, codeCoverageTool: "gcov" })).toHaveLength(1);
  expect(checkTask("PublishCodeCoverageResults@2", { ...at, codeCoverageTool: "Cobertura" })).toHaveLength(1);
  expect(checkTask("PublishCodeCoverageResults@2", {})).toHaveLength(1);
  expect(checkTask("PublishCodeCoverageResults@2", at)).toEqual([]);
});
