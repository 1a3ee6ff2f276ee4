// Of the 763 modules that @pulumi/pulumi loads, 550 are for programs that send functions to a cloud (TypeScript's
// compiler, npm's reader of node_modules) or run Pulumi themselves (the Automation API). Each of these is loaded when
// something of it is read. And it prepares for questions that nobody has asked: tracing is set up only where the engine
// asks for it, the inspector is connected only when a function is sent, and a promise takes a stack trace only where
// PULUMI_DEBUG_PROMISE_LEAKS would have it printed. Of zod, which checks the settings, 50 modules are messages in as many
// languages. Where one of them is called otherwise, this only takes the time that it saved.
const Module = require("node:module");
const { joinDebugMessages } = require("./debug-messages");

/** As files of @pulumi/pulumi name them. */
const deferred = new Set([
  "@npmcli/arborist",
  "normalize-package-data",
  "./automation",
  ...["./", "../", "../../"].map((folder) => `${folder}typescript-shim`),
]);
const pulumi = /[\\/]@pulumi[\\/]pulumi[\\/](?!.*[\\/]node_modules[\\/])/;
/** Which of its modules sets up tracing, and of what. Nothing of it is read where the engine has not asked for it. */
const tracing = process.argv.some((argument) => argument.startsWith("--tracing")) ? /^$/ : /[\\/]run[\\/]tracing\.js$/;
/** Whether this is Pulumi's runner, with one engine: a plugin has one for each program that it serves. */
const isProgram = /[\\/]cmd[\\/]run(?:[\\/]index\.js)?$/.test(process.argv[1] ?? "");
/** Those of its parts that have the languages. */
const zod = /[\\/]zod[\\/]v4[\\/](?:classic|core)[\\/]/;
const log = /[\\/]log(?:[\\/]index)?$/;
const opentelemetry = /^@opentelemetry\/(?!api$)/;

const load = Module._load;
Module._load = (request, parent, isMain) => {
  const now = () => load(request, parent, isMain);
  if (zod.test(parent?.filename) && /^\.\.\/locales\/index\./.test(request)) return whenRead(now);
  if (!pulumi.test(parent?.filename)) return now();
  if (deferred.has(request)) return whenRead(now);
  if (request === "../../runtime/closure/v8Hooks") return whenRead(now, { isInitializedAsync: async () => {} });
  if (tracing.test(parent.filename) && opentelemetry.test(request)) return {};
  const loaded = now();
  if (isProgram && log.test(request)) joinDebugMessages(loaded);
  if (request === "./debuggable" && !process.env.PULUMI_DEBUG_PROMISE_LEAKS) takeNoStackTraces(loaded);
  return loaded;
};

// An ES module, as those who import it see it: its default is the whole of what a CommonJS module exports.
function whenRead(load, instead = {}) {
  let loaded;
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === "__esModule") return true;
        if (name in instead) return instead[name];
        loaded ??= load();
        return name in loaded || name !== "default" ? loaded[name] : loaded;
      },
    },
  );
}

function takeNoStackTraces(debuggable) {
  const { debuggablePromise } = debuggable;
  if (debuggablePromise?.untraced) return;
  const untraced = (...args) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...args);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  debuggable.debuggablePromise = Object.assign(untraced, { untraced: true });
}
