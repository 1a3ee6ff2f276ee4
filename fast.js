// How Node runs this program fast (Pulumi.yaml, nodeargs), and what the package has for a team's own: what only some
// programs need is not loaded until it is used, TypeScript is run without a type check, and what Node has compiled is
// kept for the next command. A program that does without it works all the same. It sets no flags of V8, which would take
// what was compiled with them for spoilt without them, and compile it again each time.
require("node:module").enableCompileCache?.();
require("./src/fast/defer.js");
require("./src/fast/transpile.js");
