// Runs rattler in a thread of its own: rattler cannot be cancelled, and where it panics, it ends its thread.
// It is JavaScript because a thread is started by Node alone, without what runs the TypeScript around it.
const { parentPort, workerData } = require("node:worker_threads");
const { simpleSolve } = require("@conda-org/rattler");

const send = globalThis.fetch;

/**
 * Watches what the channels answer, because rattler's own messages name neither the channel nor the reason. An answer
 * that breaks off is refused here: rattler would panic. So is JSON of another kind: rattler takes `{}` for a channel
 * without packages.
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
    const content = await response.clone().arrayBuffer().catch(breaksOff);
    if (new URL(url).pathname.endsWith("/repodata.json")) requireRepodata(Buffer.from(content).toString());
    report("whole");
    return response;
  } catch (error) {
    report("failed", error.cause === undefined ? error.message : `cannot be reached: ${reasonOf(error.cause)}`);
    throw error;
  }
};

function breaksOff(error) {
  throw new Error(`breaks off before its end (${reasonOf(error.cause ?? error)})`);
}

function reasonOf(error) {
  return error.message || error.code;
}

function requireRepodata(text) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error(`is not JSON: it begins with ${JSON.stringify(text.slice(0, 40))}`);
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
