export { codeCoverage } from "./code-coverage";
export { testRuns } from "./test-runs";
