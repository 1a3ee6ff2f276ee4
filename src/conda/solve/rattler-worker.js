// Runs rattler in a thread of its own: rattler cannot be cancelled, and where it panics, it ends its thread.
// It is JavaScript because a thread is started by Node alone, without what runs the TypeScript around it.
const { setFlagsFromString } = require("node:v8");
const { parentPort, workerData } = require("node:worker_threads");

// By default V8 spends longer on making rattler's code faster than a solve takes. What runs for long gets faster all the same.
setFlagsFromString("--wasm-tiering-budget=100000000");
// While somebody keeps the module, what V8 has compiled of it is there for the next thread.
globalThis.WebAssembly.Module = class extends WebAssembly.Module {
  constructor(bytes) {
    super(bytes);
    parentPort.postMessage({ kind: "compiled", module: this });
  }
};
const { simpleSolve } = require("@conda-org/rattler");

const send = globalThis.fetch;

/** How a compressed file begins, by the end of its name. */
const signatures = { ".zst": "28b52ffd", ".bz2": "425a68" };

/**
 * Watches what the channels answer, because rattler's own messages name neither the channel nor the reason. An answer
 * that breaks off, or is not compressed as its name says, is refused here: rattler would panic. So is JSON of another
 * kind: rattler takes `{}` for a channel without packages.
 */
globalThis.fetch = async (input, init) => {
  const url = typeof input === "string" ? input : input.url;
  const report = (state, problem) => parentPort.postMessage({ kind: "request", url, state, problem });
  report("pending");
  try {
    const response = await send(input, init);
    if (response.status === 404 || response.status === 501) {
      report("absent");
      return response;
    }
    if (!response.ok) throw new Error(`answers with HTTP ${response.status} ${response.statusText}`.trim());
    const content = Buffer.from(await response.clone().arrayBuffer().catch(breaksOff));
    const { pathname } = new URL(url);
    requireSignature(content, signatures[pathname.slice(-4)]);
    if (pathname.endsWith("/repodata.json")) requireRepodata(content.toString());
    report("whole");
    return response;
  } catch (error) {
    report("failed", error.cause === undefined ? error.message : `cannot be reached: ${reasonOf(error)}`);
    throw error;
  }
};

function breaksOff(error) {
  throw new Error(`breaks off before its end (${reasonOf(error)})`);
}

/** What is behind an error of fetch, which itself says no more than that it failed. */
function reasonOf({ cause, message }) {
  return cause?.message || cause?.code || message;
}

function requireSignature(content, signature = "") {
  if (content.toString("hex", 0, signature.length / 2) === signature) return;
  throw new Error(`is not what its name says: ${beginning(content.toString("utf8", 0, 160))}`);
}

function beginning(text) {
  return text === "" ? "it is empty" : `it begins with ${JSON.stringify(text.slice(0, 40))}`;
}

function requireRepodata(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error(`is not JSON: ${beginning(text)}`);
  }
  const lists = [data?.packages, data?.["packages.conda"], data?.v3].filter((list) => list !== undefined);
  if (lists.length === 0 || !lists.every((list) => typeof list === "object" && !Array.isArray(list))) {
    throw new Error("is JSON, but not the list of a channel's packages");
  }
}

const { specifications, channels, platforms, candidates } = workerData;
simpleSolve(specifications, channels, platforms, candidates).then(
  (solved) =>
    parentPort.postMessage({
      kind: "solved",
      packages: solved.map(({ packageName: name, version, build, subdir, url, sha256, md5, depends }) => {
        return { name, version, build, subdir, url, sha256, md5, depends: depends ?? [] };
      }),
    }),
  (error) => parentPort.postMessage({ kind: "failed", message: String(error?.message ?? error).trim() }),
);
