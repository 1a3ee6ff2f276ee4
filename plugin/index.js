// What Pulumi starts as the component package from these sources. Its TypeScript is run as the program's is, without the
// type check that Pulumi's ts-node makes every time. What `npm run build` makes of it, `dist/plugin`, is one file.
delete require.extensions[".ts"];
require("../fast");
require("./provider");
