// The arrows between the rooms of this repository. `npm run check` follows every import, types included.

/** Each room, as a path, and the rooms that it may import besides itself. A room that is not in it imports nothing. */
const arrows = {
  "index\\.ts": ["src/program\\.ts"],
  "src/program\\.ts": ["src/(job-container\\.ts|settings-args\\.ts|lookups|common)"],
  "src/job-container\\.ts": [
    "components",
    "src/(program-outputs\\.ts|settings-args\\.ts|lookups|settings|rules|common)",
  ],
  "src/program-outputs\\.ts": ["components", "src/common"],
  "src/settings-args\\.ts": ["src/(lookups|rules|common)"],
  // The components for programs in other languages.
  plugin: ["fast\\.js", "src/(job-container\\.ts|lookups|common)"],
  // What the package exports.
  "src/index\\.ts": [
    "components",
    "src/(pulumi|lookups|settings|settings-args\\.ts|image|azure-devops|rules|common|job-container\\.ts|program\\.ts)",
  ],
  components: ["src/(pulumi|lookups|settings|conda|image|azure-devops|rules|common)"],
  "src/pulumi": ["src/(image|sbom|azure-devops|rules|common)"],
  "src/lookups": ["src/(conda|image|azure-devops|rules|common)"],
  "src/settings": ["src/(conda|image|pipeline-files|rules|common)"],
  "src/conda": ["src/common"],
  "src/pipeline-files": ["src/(rules|common)"],
  "src/azure-devops": ["src/common"],
  "src/image": ["src/common"],
  // What is known against what is installed in an image.
  "src/advisories": ["src/(conda|image|common)"],
  // What a lock says of an image, beside it.
  "src/sbom": ["src/(conda|image|common)"],
  "src/rules": ["src/common"],
  "src/common": [],
  "fast\\.js": ["src/fast"],
  "src/cli": ["components", "src", "fast\\.js"],
  policy: ["fast\\.js"],
  // Works where the program is not, against any repository: it knows images and what all rooms use, nothing else.
  "local-cloud": ["src/(image|common)", "fast\\.js"],
  "local-cloud/state": ["src/common"],
  "local-cloud/pipelines": ["src/common"],
  "local-cloud/git": ["src/common"],
  "local-cloud/agent": ["local-cloud/(git|package|pipelines|processes|toolchain)", "src/(image|common)"],
  "local-cloud/azuredevops": ["local-cloud/(agent|git|pipelines|state)", "src/common"],
  "local-cloud/pages": ["local-cloud/(azuredevops|package|pipelines|registry)"],
};

const ours = "^(index\\.ts|components|src|plugin|policy|local-cloud|test|fast\\.js)(/|$)";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([room, others]) => ({
      name: `arrows of ${room.replace("\\", "")}`,
      comment: `It may import ${others.join(", ") || "nothing of this repository"}.`,
      severity: "error",
      from: { path: `^${room}(/|$)` },
      to: { path: ours, pathNot: [room, ...others].map((path) => `^${path}(/|$)`) },
    })),
    {
      name: "no circles",
      comment: "Two files that need each other are one, or a third is missing.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "the program imports nothing by import()",
      comment: "Where Pulumi itself runs the TypeScript, it leaves import() to Node, which finds no such file.",
      severity: "error",
      from: { path: "^(index\\.ts|components|src)(/|$)", pathNot: "^src/cli(/|$)" },
      to: { dynamic: true },
    },
    {
      name: "everything is found",
      severity: "error",
      from: {},
      // What is built is there only where it was.
      to: { couldNotResolve: true, pathNot: "/dist/[^/]+\\.js$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|^sdks/|(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    // As Node and TypeScript resolve packages that have both kinds of module.
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "types", "default"],
    },
  },
};
