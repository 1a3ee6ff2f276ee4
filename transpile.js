// How Node runs this program's TypeScript (Pulumi.yaml, nodeargs): its types are removed, not checked, because
// `npm run check` checks them and a pulumi command should not take several times as long. Node 22 and newer keep what
// they have compiled for the next command.
require("node:module").enableCompileCache?.();
require("sucrase/register/ts");
