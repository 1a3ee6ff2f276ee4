import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../../../src/common/errors";
import { linesOf } from "../coverage/lines";
import { summaryOf } from "../coverage/summary";
import { type Report, readReport } from "../coverage/xml";
import type { CoverageStatistic } from "../run";
import { findFiles } from "../test-results/find";
import { sameText } from "./inputs";
import type { Task, TaskInputs, TaskStep } from "./task";

const name = "PublishCodeCoverageResults";
const tools = ["Cobertura", "JaCoCo"];

const inputs2 = {
  summaryFileLocation: { required: true },
  pathToSources: {},
  failIfCoverageEmpty: { default: false },
} satisfies TaskInputs;

const inputs1 = {
  ...inputs2,
  codeCoverageTool: { default: "JaCoCo", values: tools },
  reportDirectory: {},
  additionalCodeCoverageFiles: {},
} satisfies TaskInputs;

/**
 * PublishCodeCoverageResults@1
 * (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-code-coverage-results-v1): takes what one
 * report says of itself as a whole.
 */
export const publishCodeCoverageResults1: Task = { name, version: 1, inputs: inputs1, run: publishSummary };

/**
 * PublishCodeCoverageResults@2
 * (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-code-coverage-results-v2): counts the
 * lines of all reports together, in Cobertura's format and JaCoCo's.
 */
export const publishCodeCoverageResults2: Task = { name, version: 2, inputs: inputs2, run: publishLines };

const noCoverage = "No code coverage results were found to publish.";

async function publishSummary(step: TaskStep<keyof typeof inputs1>): Promise<void> {
  const { input, isOn, workspace, log, variables } = step;
  const tool = tools.find((each) => sameText(each, input("codeCoverageTool")));
  if (tool === undefined)
    throw new Error(`The code coverage tool ${input("codeCoverageTool")} is none of ${tools.join(", ")}.`);
  const [file, ...more] = findReports(step, [input("summaryFileLocation")]);
  if (file !== undefined && more.length > 0) {
    log.warn(`Multiple file or directory matches were found. Using the first match: ${file}`);
  }
  const statistics = file === undefined ? [] : statisticsIn(file);
  if (isOn("failIfCoverageEmpty") && statistics.every(({ total }) => total === 0)) throw new Error(noCoverage);
  if (file === undefined) return log.warn(noCoverage);
  if (statistics.length === 0) {
    return log.warn("No coverage data found. Check the build errors/warnings for more details.");
  }
  const makesNoPage =
    variables.get("disable.coverage.autogenerate") || (tool === "JaCoCo" && input("pathToSources") === "");
  if (!makesNoPage && !(await hasDotnet(step))) {
    log.warn("Please install dotnet core to enable automatic generation of Html report.");
  }
  log.line("Publishing coverage summary data to TFS server.");
  publish(step, statistics);
  sayWhatIsLeftOut(step);

  function statisticsIn(path: string): CoverageStatistic[] {
    log.line(`Reading code coverage summary from '${path}'`);
    const report = reportIn(path);
    return report !== undefined && report.kind === tool ? summaryOf(report, path) : [];
  }

  function reportIn(path: string): Report | undefined {
    const text = readFileSync(workspace.hostPath(path), "utf8");
    try {
      return text.trim() === "" ? undefined : readReport(text);
    } catch (error) {
      log.warn(`Failed to read ${path}. Error : ${messageOf(error)}.`);
      return undefined;
    }
  }
}

async function publishLines(step: TaskStep<keyof typeof inputs2>): Promise<void> {
  const { input, isOn, workspace, log } = step;
  const patterns = input("summaryFileLocation")
    .split("\n")
    .filter((pattern) => pattern.trim() !== "");
  const files = patterns.flatMap((pattern) => {
    const found = findReports(step, [pattern]);
    for (const line of [`Found ${found.length} result(s) matching pattern: ${pattern}`, ...found]) log.line(line);
    return found;
  });
  if (files.length === 0) {
    if (isOn("failIfCoverageEmpty")) throw new Error(noCoverage);
    return log.warn(noCoverage);
  }
  if (!(await hasDotnet(step))) return log.warn("Please install dotnet core to run this task.");
  const reports = [...new Set(files)].map((path): Report => {
    const report = readReport(readFileSync(workspace.hostPath(path), "utf8"));
    if (report !== undefined) return report;
    throw new Error(`The local cloud's ${name}@2 reads reports of ${tools.join(" and ")}, and ${path} is none.`);
  });
  log.line("Publishing coverage summary data.");
  publish(step, [linesOf(reports)]);
  sayWhatIsLeftOut(step);
}

/** Microsoft's agents have .NET. In a job's container the task has what the image has. */
async function hasDotnet({ inContainer, exec, environment, workspace, signal }: TaskStep<never>): Promise<boolean> {
  if (!inContainer) return true;
  const args = ["sh", "-c", "command -v dotnet"];
  return (await exec({ args, environment, directory: workspace.inside, signal, line: () => {} })) === 0;
}

/** Paths of the files that a pattern names, as steps know them. */
function findReports({ workspace, variables }: TaskStep<never>, patterns: string[]): string[] {
  const folder = variables.get("System.DefaultWorkingDirectory") ?? workspace.paths.sources;
  return findFiles(workspace, folder, patterns).filter((path) => statSync(workspace.hostPath(path)).isFile());
}

function publish({ log }: TaskStep<never>, statistics: CoverageStatistic[]): void {
  for (const { label, covered, total } of statistics) log.line(` ${label}- ${covered} of ${total} covered.`);
  log.publishCoverage(statistics);
}

function sayWhatIsLeftOut({ log }: TaskStep<never>): void {
  log.line("The local Azure DevOps keeps the numbers, and not the files with them: reports are not emulated.");
}
