#!/usr/bin/env node
// What package.json names as the command: runs its TypeScript as Pulumi runs the program's.
require("../../transpile.js");
require("./main.ts");
