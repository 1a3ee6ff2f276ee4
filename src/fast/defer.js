// Of the 763 modules that @pulumi/pulumi loads, 550 are for programs that send functions to a cloud (TypeScript's
// compiler, npm's reader of node_modules) or run Pulumi themselves (the Automation API). Each of these is loaded when
// something of it is read. Where Pulumi calls one of them otherwise, this only takes the time that it saved.
const Module = require("node:module");

/** As files of @pulumi/pulumi name them. */
const deferred = new Set([
  "@npmcli/arborist",
  "normalize-package-data",
  "./automation",
  ...["./", "../", "../../"].map((folder) => `${folder}typescript-shim`),
]);
const pulumi = /[\\/]@pulumi[\\/]pulumi[\\/](?!.*[\\/]node_modules[\\/])/;

const load = Module._load;
Module._load = (request, parent, isMain) => {
  const now = () => load(request, parent, isMain);
  return deferred.has(request) && pulumi.test(parent?.filename) ? whenRead(now) : now();
};

// An ES module, as those who import it see it: its default is the whole of what a CommonJS module exports.
function whenRead(load) {
  let loaded;
  return new Proxy(
    {},
    {
      get(_, name) {
        if (name === "__esModule") return true;
        loaded ??= load();
        return name in loaded || name !== "default" ? loaded[name] : loaded;
      },
    },
  );
}
