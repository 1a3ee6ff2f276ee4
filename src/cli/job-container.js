#!/usr/bin/env node
// What package.json names as the command. In this repository its TypeScript is run as Pulumi runs the program's; where
// the package is installed there is only what was built of it.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const source = join(__dirname, "main.ts");
if (existsSync(source)) {
  require("../../fast.js");
  require(source);
} else {
  require("../../dist/job-container.js");
}
