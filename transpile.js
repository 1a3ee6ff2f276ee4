// How Node runs this program's TypeScript (Pulumi.yaml, nodeargs): its types are removed, not checked, because
// `npm run check` checks them and a pulumi command should not take several times as long. Lines stay where they are, so
// that no source maps are needed. Node 22 and newer keep what they have compiled for the next command.
require("node:module").enableCompileCache?.();
const { addHook } = require("pirates");
const { transform } = require("sucrase");

const transforms = ["imports", "typescript"];
addHook((code, filePath) => transform(code, { transforms, filePath }).code, { exts: [".ts"] });
