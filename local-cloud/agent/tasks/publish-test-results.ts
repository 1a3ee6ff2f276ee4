import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../../../src/common/errors";
import type { TestRun } from "../run";
import { findFiles } from "../test-results/find";
import { readJUnit, type TestFile } from "../test-results/junit";
import { sameText } from "./inputs";
import type { Task, TaskInputs, TaskStep } from "./task";

const formats = ["JUnit"];

const inputs = {
  testResultsFormat: { aliases: ["testRunner"], default: "JUnit", values: formats },
  testResultsFiles: { default: "**/TEST-*.xml" },
  searchFolder: { default: "$(System.DefaultWorkingDirectory)" },
  mergeTestResults: { default: false },
  failTaskOnFailedTests: { default: false },
  failTaskOnFailureToPublishResults: { default: false },
  failTaskOnMissingResultsFile: { default: false },
  testRunTitle: { default: "JUnit_TestResults_$(Build.BuildId)" },
  buildPlatform: { aliases: ["platform"] },
  buildConfiguration: { aliases: ["configuration"] },
  publishRunAttachments: { default: true },
} satisfies TaskInputs;

type PublishStep = TaskStep<keyof typeof inputs>;

/** With more files than this the task makes one test run of them all. */
const mergeThreshold = 100;

/**
 * PublishTestResults@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2) for
 * files in JUnit's format. It reads files of the work folder only.
 */
export const publishTestResults: Task = { name: "PublishTestResults", version: 2, inputs, run };

function run(step: PublishStep): void {
  const { input, isOn, workspace, log } = step;
  const format = input("testResultsFormat");
  if (!formats.some((each) => sameText(each, format))) {
    throw new Error(
      `The local cloud's PublishTestResults@2 does not know the format ${format}. It knows ${formats.join(", ")}.`,
    );
  }
  const patterns = lines(input("testResultsFiles"));
  const files = findFiles(workspace, input("searchFolder"), patterns);
  if (files.length === 0) {
    const message = `No test result files matching ${patterns.join(",")} were found.`;
    if (isOn("failTaskOnMissingResultsFile")) throw new Error(message);
    log.warn(message);
    return;
  }

  const read = files.flatMap((path) => readFile(step, path) ?? []);
  const runs = testRuns(step, read, files.length);
  for (const run of runs) {
    log.publish(run);
    const count = (outcome: string) => run.results.filter((result) => result.outcome === outcome).length;
    const counts = `${count("Passed")} passed, ${count("Failed")} failed, ${count("NotExecuted")} not executed`;
    log.line(`Published Test Run: ${run.title}. Tests: ${counts}.`);
  }
  if (runs.length > 0 && isOn("publishRunAttachments")) {
    log.line(
      "The local Azure DevOps keeps the results, and not the files with them: publishRunAttachments is not emulated.",
    );
  }
  if (read.length < files.length && isOn("failTaskOnFailureToPublishResults")) {
    throw new Error("Not all test result files could be published.");
  }
  const hasFailed = runs.some(({ results }) => results.some(({ outcome }) => outcome === "Failed"));
  if (hasFailed && isOn("failTaskOnFailedTests")) {
    throw new Error(
      "There are one or more test failures detected in result files. Detailed summary of published test results can " +
        "be viewed in the Tests tab.",
    );
  }
}

/** One for each file, or one of them all. */
function testRuns({ input, isOn }: PublishStep, read: TestFile[], count: number): TestRun[] {
  if (read.length === 0) return [];
  const merges = isOn("mergeTestResults") || count > mergeThreshold;
  const title = input("testRunTitle");
  return (merges ? [read] : read.map((file) => [file])).map((files, index) => {
    const results = files.flatMap((file) => file.results);
    const { started, completed } = duration(files);
    return {
      title: merges || count === 1 ? title : `${title}_${index + 1}`,
      platform: input("buildPlatform"),
      configuration: input("buildConfiguration"),
      started: started.toISOString(),
      completed: completed.toISOString(),
      results,
    };
  });
}

/** From the first suite to the last, or, where they do not say when they were, as long as all tests took. */
function duration(files: TestFile[]): { started: Date; completed: Date } {
  const starts = files.flatMap(({ started }) => started?.getTime() ?? []);
  const ends = files.flatMap(({ completed }) => completed?.getTime() ?? []);
  const started = new Date(starts.length === 0 ? Date.now() : Math.min(...starts));
  const tests = files.flatMap(({ results }) => results.map(({ durationInMs }) => durationInMs));
  const sum = tests.reduce((total, each) => total + each, 0);
  return { started, completed: new Date(ends.length < files.length ? started.getTime() + sum : Math.max(...ends)) };
}

/** @returns undefined, having said why, for a file without results */
function readFile({ workspace, log }: PublishStep, path: string): TestFile | undefined {
  const file = workspace.hostPath(path);
  try {
    if (!statSync(file).isFile()) throw new Error("It is not a file.");
    const read = readJUnit(readFileSync(file, "utf8"));
    if (read.results.length > 0) return read;
  } catch (error) {
    log.warn(`Failed to read ${path}. Error : ${messageOf(error)}.`);
  }
  log.warn(
    `Invalid results file. Make sure the result format of the file '${path}' matches 'JUnit' test results format.`,
  );
  return undefined;
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
