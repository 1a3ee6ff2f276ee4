// Pulumi loads a pack's TypeScript by ts-node, which checks its types every time. `npm run check` does that here, and
// the types are removed as the program's are.
delete require.extensions[".ts"];
require("../fast");
require("./pack");
