// What Pulumi starts as the policy pack. In this repository its TypeScript is run as the program's is, without the type
// check that Pulumi's ts-node makes every time; where the package is installed there is only what was built of it.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "pack.ts"))) {
  delete require.extensions[".ts"];
  require("../fast");
  require("./pack");
} else {
  require("../dist/policy.js");
}
