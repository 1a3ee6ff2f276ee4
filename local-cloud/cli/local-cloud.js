#!/usr/bin/env node
// The command `local-cloud`: TypeScript runs as it is, its types removed.
require("tsx/cjs");
require("./main.ts");
