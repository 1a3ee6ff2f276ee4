#!/usr/bin/env node
// What package.json names as the command. The installed package has it built; in the sources its TypeScript is run as
// Pulumi runs the program's.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "main.ts"))) {
  require("../../fast.js");
  require("./main.ts");
} else {
  require("../dist/main.js");
}
