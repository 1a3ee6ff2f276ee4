// Prints how long runs of jest took, what took longest in them, and as the last line how many tests passed and failed.
// Its arguments are the files that `jest --json --outputFile` wrote.
const { existsSync, readFileSync } = require("node:fs");
const { relative } = require("node:path");

/** How many files are worth a line. */
const shown = 25;

const paths = process.argv.slice(2);
const runs = paths.filter(existsSync).map((path) => JSON.parse(readFileSync(path, "utf8")));
const files = runs.flatMap(({ testResults }) => testResults);

const line = (milliseconds, what) => `${(milliseconds / 1000).toFixed(0).padStart(5)} s  ${what}`;
const took = ({ startTime, endTime }) => endTime - startTime;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

console.log("\nRuns of jest, and the files that took longest in them:");
for (const { startTime, testResults, numTotalTests } of runs) {
  const end = Math.max(...testResults.map(({ endTime }) => endTime));
  console.log(line(end - startTime, `${numTotalTests} tests in ${testResults.length} files`));
}
console.log();
for (const file of files.toSorted((a, b) => took(b) - took(a)).slice(0, shown)) {
  console.log(line(took(file), relative(process.cwd(), file.name)));
}

// A file that could not be run has no tests to count, and a run that did not end has no result.
const failed = sum(runs.map((run) => run.numFailedTests + run.numRuntimeErrorTestSuites)) + paths.length - runs.length;
console.log(`\n${sum(runs.map(({ numPassedTests }) => numPassedTests))} passed, ${failed} failed`);
