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
  // What Node has compiled is kept for the next command: a third of the time of a short one.
  require("node:module").enableCompileCache?.();
  require("../../dist/job-container.js");
}
