// Runs TypeScript: its types are removed, not checked, because `npm run check` checks them and a pulumi command should
// not take several times as long. What comes of it is kept in node_modules/.cache for the next command, as Node 22 and
// newer keep what they have compiled; NODE_DISABLE_COMPILE_CACHE turns off both.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { addHook } = require("pirates");
const { version } = require("sucrase/package.json");

// Lines stay where they are, so that no source maps are needed. Pulumi would look for them all the same, for it takes a
// stack trace of every promise: it finds its source-map-support installed, and Node's own stack traces, which take less.
// Where a pipeline only checks, Pulumi is not installed.
const pulumi = resolve("@pulumi/pulumi");
if (pulumi !== undefined) {
  require(require.resolve("source-map-support", { paths: [pulumi] })).install();
  Error.prepareStackTrace = undefined;
}

const folder = join(__dirname, "../../node_modules/.cache/job-container");
const transforms = ["imports", "typescript"];

addHook(process.env.NODE_DISABLE_COMPILE_CACHE ? transpile : cached, { exts: [".ts"] });

function transpile(code, filePath) {
  return require("sucrase").transform(code, { transforms, filePath }).code;
}

function cached(code, filePath) {
  const key = createHash("sha256").update(`${version} ${transforms} ${code}`).digest("hex");
  const file = join(folder, `${key}.js`);
  try {
    return readFileSync(file, "utf8");
  } catch {
    const transpiled = transpile(code, filePath);
    keep(file, transpiled);
    return transpiled;
  }
}

// In one step, since several commands may run at once. A folder that cannot be written to only costs time.
function keep(file, transpiled) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, transpiled);
    renameSync(`${file}.${process.pid}`, file);
  } catch {}
}

function resolve(name) {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
