import { readFileSync, statSync } from "node:fs";
import type { TestRun } from "../run";
import { findFiles } from "../test-results/find";
import { readJUnit, type TestFile } from "../test-results/junit";
import type { Variables } from "../variables";
import type { Workspace } from "../workspace";

export interface PublishTestResultsTask {
  inputs: Readonly<Record<string, string>>;
  variables: Variables;
  workspace: Pick<Workspace, "paths" | "insidePath" | "filesBelow" | "hostPath">;
  /** Told each line of the log. */
  line: (text: string) => void;
  warn: (message: string) => void;
  publish: (run: TestRun) => void;
}

/** With more files than this the task makes one test run of them all. */
const mergeThreshold = 100;

/**
 * PublishTestResults@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2) for
 * files in JUnit's format. It reads files of the work folder only.
 *
 * @throws Error with the reason that the task fails for
 */
export function publishTestResults(task: PublishTestResultsTask): void {
  const { workspace, line, warn } = task;
  const format = input(task, "testResultsFormat", "testRunner") || "JUnit";
  if (format.toLowerCase() !== "junit") {
    throw new Error(`The local cloud's PublishTestResults@2 does not know the format ${format}. It knows JUnit.`);
  }
  const folder = input(task, "searchFolder") || workspace.paths.sources;
  const patterns = lines(input(task, "testResultsFiles") || "**/TEST-*.xml");
  const files = findFiles(workspace, folder, patterns);
  if (files.length === 0) {
    const message = `No test result files matching ${patterns.join(",")} were found.`;
    if (isOn(task, "failTaskOnMissingResultsFile")) throw new Error(message);
    warn(message);
    return;
  }

  const read = files.flatMap((path) => readFile(task, path) ?? []);
  const runs = testRuns(task, read, files.length);
  for (const run of runs) {
    task.publish(run);
    const count = (outcome: string) => run.results.filter((result) => result.outcome === outcome).length;
    const counts = `${count("Passed")} passed, ${count("Failed")} failed, ${count("NotExecuted")} not executed`;
    line(`Published Test Run: ${run.title}. Tests: ${counts}.`);
  }
  if (runs.length > 0 && input(task, "publishRunAttachments").toLowerCase() !== "false") {
    line(
      "The local Azure DevOps keeps the results, and not the files with them: publishRunAttachments is not emulated.",
    );
  }
  if (read.length < files.length && isOn(task, "failTaskOnFailureToPublishResults")) {
    throw new Error("Not all test result files could be published.");
  }
  if (runs.some(({ results }) => results.some(({ outcome }) => outcome === "Failed")) && isOn(task, failOnFailed)) {
    throw new Error(
      "There are one or more test failures detected in result files. Detailed summary of published test results can " +
        "be viewed in the Tests tab.",
    );
  }
}

const failOnFailed = "failTaskOnFailedTests";

/** One for each file, or one of them all. */
function testRuns(task: PublishTestResultsTask, read: TestFile[], count: number): TestRun[] {
  if (read.length === 0) return [];
  const merges = isOn(task, "mergeTestResults") || count > mergeThreshold;
  const title = input(task, "testRunTitle") || `JUnit_TestResults_${task.variables.get("Build.BuildId") ?? ""}`;
  return (merges ? [read] : read.map((file) => [file])).map((files, index) => {
    const results = files.flatMap((file) => file.results);
    const { started, completed } = duration(files);
    return {
      title: merges || count === 1 ? title : `${title}_${index + 1}`,
      platform: input(task, "buildPlatform", "platform"),
      configuration: input(task, "buildConfiguration", "configuration"),
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
function readFile({ workspace, warn }: PublishTestResultsTask, path: string): TestFile | undefined {
  const file = workspace.hostPath(path);
  try {
    if (!statSync(file).isFile()) throw new Error("It is not a file.");
    const read = readJUnit(readFileSync(file, "utf8"));
    if (read.results.length > 0) return read;
  } catch (error) {
    warn(`Failed to read ${path}. Error : ${error instanceof Error ? error.message : error}.`);
  }
  warn(`Invalid results file. Make sure the result format of the file '${path}' matches 'JUnit' test results format.`);
  return undefined;
}

/** An input by any of its names, which are compared without regard to case; macros expanded; empty if it is not given. */
function input({ inputs, variables }: PublishTestResultsTask, ...names: string[]): string {
  const wanted = names.map((name) => name.toLowerCase());
  const found = Object.entries(inputs).find(([key]) => wanted.includes(key.toLowerCase()));
  return variables.expand(found?.[1] ?? "").trim();
}

function isOn(task: PublishTestResultsTask, name: string): boolean {
  return input(task, name).toLowerCase() === "true";
}

function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
