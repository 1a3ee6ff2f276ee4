/** What both kinds of tests share. */
const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }] },
  modulePathIgnorePatterns: ["<rootDir>/.local-cloud/"],
};

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    // No network, no engine, no process of the local cloud.
    { ...common, displayName: "unit", testMatch: ["<rootDir>/test/unit/**/*.test.ts"] },
    // The real engine, in local clouds of its own.
    {
      ...common,
      displayName: "integration",
      testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
      globalSetup: "<rootDir>/test/integration/support/start-local-cloud.ts",
      setupFilesAfterEnv: ["<rootDir>/test/integration/support/timeout.ts"],
      globalTeardown: "<rootDir>/test/integration/support/remove-local-cloud.ts",
    },
    // The real engine in a local cloud that fails: a selection of what `npm run test:faults` tries.
    { ...common, displayName: "faults", testMatch: ["<rootDir>/test/faults/**/*.test.ts"] },
  ],
};
