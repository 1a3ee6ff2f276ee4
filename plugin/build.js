// The component package as one executable file that needs nothing but Node, for the engine starts it where no
// node_modules are, with what it reads beside it: `node plugin/build.js <folder>`.
const { chmodSync, cpSync } = require("node:fs");
const { basename, join } = require("node:path");
const { buildSync } = require("esbuild");

const root = join(__dirname, "..");
/** What it reads. */
const data = ["plugin/schema.json", "src/conda/package-names/conda-forge.txt"];

/** @param {string} folder gets it; made unless it is there */
exports.buildPlugin = (folder) => {
  const executable = join(folder, "pulumi-resource-mlops");
  buildSync({
    absWorkingDir: root,
    entryPoints: ["plugin/provider.ts"],
    outfile: executable,
    bundle: true,
    platform: "node",
    target: "node22",
    minify: true,
    banner: { js: "#!/usr/bin/env node" },
    alias: {
      "@pulumi/azuredevops": join(root, "sdks/azuredevops"),
      typescript: join(__dirname, "no-typescript.js"),
    },
    // The last one is asked for by npm's reader of node_modules, which is never run.
    external: ["xmlbuilder2", "ts-node", "node-gyp"],
    legalComments: "linked",
    logLevel: "warning",
  });
  chmodSync(executable, 0o755);
  for (const path of data) cpSync(join(root, path), join(folder, basename(path)));
};

if (require.main === module) exports.buildPlugin(process.argv[2]);
