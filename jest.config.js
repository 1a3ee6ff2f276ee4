/** What all kinds of tests share. */
const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  modulePathIgnorePatterns: ["<rootDir>/.local-cloud/", "<rootDir>/dist/"],
  // The examples install it.
  moduleNameMapper: { "^job-container$": "<rootDir>/src/index.ts" },
};

/** What the real engine does, in local clouds. */
const integration = {
  ...common,
  globalSetup: "<rootDir>/test/integration/support/start-local-cloud.ts",
  setupFilesAfterEnv: ["<rootDir>/test/integration/support/timeout.ts"],
  globalTeardown: "<rootDir>/test/integration/support/remove-local-cloud.ts",
};
/** From nothing to nothing: all that `npm start` does, both pipelines, updates, and the end of a stack. */
const mainWay = ["start", "lifecycle"].map((name) => `<rootDir>/test/integration/${name}.test.ts`);

// Jest takes every word after --selectProjects for the name of a project, and runs all files of those that it finds.
const selected = /--selectProjects((?: [^-]\S*)+)/.exec(process.argv.join(" "))?.[1] ?? "";
if (selected.includes("/")) throw new Error(`--selectProjects takes for projects:${selected}. Write files before it.`);

/** @type {import("jest").Config} */
module.exports = {
  // Half of the time an update waits, for Azure DevOps to know what it was told: four files on two cores.
  maxWorkers: 4,
  // On a busy machine, what takes a second by itself takes many.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/test/support/slowest-first.js",
  projects: [
    // No network, no engine, no process of the local cloud.
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/unit/**/*.test.ts"] },
    // With the unit tests it is `npm test`.
    { ...integration, displayName: "main-way", testMatch: mainWay },
    {
      ...integration,
      displayName: "integration",
      testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
      testPathIgnorePatterns: mainWay,
    },
    // The real engine in a local cloud that fails: a selection of what `npm run test:faults` tries.
    { ...common, displayName: "faults", testMatch: ["<rootDir>/test/faults/**/*.test.ts"] },
  ],
};
