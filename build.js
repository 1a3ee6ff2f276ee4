// `npm run build`, and with it `npm pack`: makes `dist/`, which is what is published. Everything but Pulumi's own packages
// is bundled in, so that a team installs one package, and a pipeline that only checks installs nothing besides it.
const { execFileSync } = require("node:child_process");
const { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { dirname, join, relative } = require("node:path");
const { buildSync } = require("esbuild");
const { buildPlugin } = require("./plugin/build");

const out = join(__dirname, "dist");
const sdk = join(out, "azuredevops");
/** Each bundle, and what it is made of. The command, the thread that solves and the policies are started by others. */
const bundles = {
  index: "src/index.ts",
  "job-container": "src/cli/main.ts",
  "azure-blob-files": "src/cli/env/azure-blob-files.ts",
  "rattler-worker": "src/conda/solve/rattler-worker.js",
  fast: "fast.js",
  policy: "policy/pack.ts",
};
/** What the bundles read, beside them. */
const data = ["src/conda/package-names/conda-forge.txt", "node_modules/@conda-org/rattler/dist/js_rattler_bg.wasm"];

process.chdir(__dirname);
rmSync(out, { recursive: true, force: true });
buildSync({
  entryPoints: bundles,
  outdir: out,
  bundle: true,
  platform: "node",
  target: "node22",
  minifySyntax: true,
  minifyWhitespace: true,
  // The team has them, at the versions that package.json says. The SDK of azuredevops comes with the package instead.
  // The last one is asked for, and not needed, by the library for SBOMs: it would write XML.
  external: ["@pulumi/pulumi", "@pulumi/azure-native", "@pulumi/docker", "@pulumi/docker-build", "xmlbuilder2"],
  alias: {
    "@pulumi/azuredevops": join(__dirname, "sdks/azuredevops"),
    // Not the one with the WebAssembly in its text, which is for browsers.
    "@conda-org/rattler": join(__dirname, "node_modules/@conda-org/rattler/dist/rattler.node.cjs"),
  },
  legalComments: "linked",
  logLevel: "warning",
});
for (const path of data) cpSync(path, join(out, path.split("/").at(-1)));

buildPlugin(join(out, "plugin"));

execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "--project", "tsconfig.build.json"], {
  stdio: "inherit",
});
// Its declarations, and its package.json, by which Pulumi knows that the plugin is needed.
cpSync("sdks/azuredevops", sdk, { recursive: true, filter: (path) => !path.endsWith(".js") });
for (const path of readdirSync(join(out, "types"), { recursive: true })) {
  if (!path.endsWith(".d.ts")) continue;
  const file = join(out, "types", path);
  const to = `./${relative(dirname(file), sdk)}`;
  writeFileSync(file, readFileSync(file, "utf8").replaceAll('"@pulumi/azuredevops"', JSON.stringify(to)));
}
