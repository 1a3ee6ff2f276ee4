import { basename, join, resolve } from "node:path";

/** Whether this is the package as it is installed: each of its programs is bundled into one JavaScript file. */
export const isBuilt = !__filename.endsWith(".ts");

/** What is beside the programs: of the installed package `dist/`, in the sources `local-cloud/`. */
const folder = isBuilt ? __dirname : resolve(__dirname, "..");

/** The programs that Node runs, by their sources. `cli/main` is the command. */
export const programs = ["cli/main", "cloud/supervisor", "docker-login/helper"] as const;

/**
 * The programs that the Pulumi engine and steps of pipelines start by themselves, by their sources: each is one executable
 * file with all that it imports, since it is put where no `node_modules` are.
 */
export const standalonePrograms = [
  "agent/programs/az",
  "agent/programs/docker-cli",
  "plugins/azure-native",
  "plugins/docker",
  "toolchain/node/language-host",
  "toolchain/node/dynamic-provider",
] as const;

/** Folders and files that are read as they are. */
export const data = [
  "base-image/micromamba.py",
  "base-image/requirements.txt",
  "channel/make_channel.py",
  "channel/packages.json",
  "channel/requirements.txt",
  "pages/static",
  "toolchain/go",
];

/** The file in which the installed package has the recipes of what was made of its sources. */
export const recipesFile = "recipes.json";

/** Where a file or folder of {@link data} is. */
export function dataPath(path: string): string {
  return join(folder, path);
}

/** Where a program is in the installed package, from its folder. */
export function builtProgram(program: string): string {
  return `${basename(program)}.js`;
}

/** What Node is told to run one of the {@link programs}: before the program's own arguments. */
export function programArguments(program: (typeof programs)[number]): string[] {
  if (isBuilt) return [join(folder, builtProgram(program))];
  return ["--require", require.resolve("tsx/cjs"), join(folder, `${program}.ts`)];
}
