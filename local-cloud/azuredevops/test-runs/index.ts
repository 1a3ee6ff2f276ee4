export { testRuns } from "./test-runs";
