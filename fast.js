// How Node runs this program fast (Pulumi.yaml, nodeargs), and what the package has for a team's own: what only some
// programs need is not loaded until it is used, TypeScript is run without a type check, and what Node has compiled is
// kept for the next command. A program that does without it works all the same.
require("node:module").enableCompileCache?.();
// The space for new objects grows at once to what a program needs: it is collected twice, not a dozen times.
require("node:v8").setFlagsFromString("--semi-space-growth-factor=32");
require("./src/fast/defer.js");
require("./src/fast/transpile.js");
