import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { Progress } from "../../src/common/progress";
import { goCaches, removeBuildCaches } from "./build-caches";
import { cacheDirectory, prepareCache, removeLeftovers } from "./cache";
import { canDownload } from "./download";
import { requireGo } from "./go";
import { withLaunchers } from "./launchers";
import { Outlook } from "./outlook";
import { findProgram, installPackages, requirePackageManager, systemPackages } from "./packages";
import { findPart, installPart, type PartContext, type ToolchainPart } from "./part";
import { type Language, listParts } from "./parts";
import { workThrough } from "./work";

/** Where the parts of the toolchain are on this machine. */
export interface Toolchain {
  /** A directory with `bin/pulumi` and, beside it, what Pulumi needs to run a program in Node. */
  pulumi: string;
  /** Resource plugins and their executables. */
  plugins: { name: string; version: string; executable: string }[];
  /** Executables. */
  buildkitd: string;
  buildctl: string;
  registry: string;
  runc: string;
  /** What other languages than Node's need, if it is there: executables, with their versions. */
  languages: Record<Language, { version: string; executable: string }> | undefined;
  /** The executable of a Node to run Pulumi programs on; undefined where the machine's own will do. */
  node: string | undefined;
}

/** What `installToolchain` and `installParts` may be told. */
export interface InstallOptions {
  env?: NodeJS.ProcessEnv;
  /** Makes what other languages than Node's need as well. Where that is there it is used in any case. */
  languages?: boolean;
  /** Leaves there what is only needed while parts are made, for who makes them often. */
  keepBuildCache?: boolean;
  /** What is made while parts are, if any is: it waits for the network where they compute. */
  besides?: { name: string; make: (context: PartContext) => Promise<void> };
  /** Decides whether parts that have a download are downloaded. */
  probe?: () => Promise<boolean>;
}

/** How many parts are made at once: while one downloads or links, which takes one core, another compiles. */
const atOnce = 2;

/**
 * Puts the toolchain on this machine, showing its progress on standard error. What is there already is used as it is;
 * when all of it is, nothing is asked of the network and nothing is printed.
 *
 * @throws UserError when something is missing that only the person can provide (Linux, Go, root, network, space)
 */
export async function installToolchain(options: InstallOptions = {}): Promise<Toolchain> {
  const { env = process.env } = options;
  const cache = cacheDirectory(env);
  const { pulumi, plugins, buildkitd, buildctl, registry, languages, node } = listParts(cache);
  const asked = [...(options.languages ? Object.values(languages) : []), ...(node ? [node] : [])];
  const parts = [pulumi, ...plugins, buildkitd, buildctl, registry, ...asked];
  const missing = parts.filter((part) => !findPart(part, cache));
  const packages = systemPackages.filter((name) => !findProgram(name, env));
  if (missing.length + packages.length > 0) await installParts(missing, packages, cache, options);

  const directory = (part: ToolchainPart) => findPart(part, cache) ?? "";
  const executable = (part: ToolchainPart) => join(directory(part), part.executable);
  const described = (part: ToolchainPart) => ({ version: part.version, executable: executable(part) });
  return {
    pulumi: await withLaunchers(directory(pulumi)),
    plugins: plugins.map((part) => ({ name: part.name, version: part.version, executable: executable(part) })),
    buildkitd: executable(buildkitd),
    buildctl: executable(buildctl),
    registry: executable(registry),
    runc: findProgram("runc", env) ?? "",
    languages: Object.values(languages).every((part) => findPart(part, cache))
      ? { yaml: described(languages.yaml), java: described(languages.java), sdk: described(languages.sdk) }
      : undefined,
    node: node && executable(node),
  };
}

/**
 * Makes parts that are not in the cache, and installs Debian packages.
 *
 * @throws UserError as `installToolchain` does
 */
export async function installParts(
  missing: ToolchainPart[],
  packages: string[],
  cache: string,
  options: InstallOptions = {},
): Promise<void> {
  const { besides, keepBuildCache = false, probe = canDownload } = options;
  const env: NodeJS.ProcessEnv = { ...goCaches(cache), ...(options.env ?? process.env) };
  if (process.platform !== "linux") {
    throw new UserError(`The toolchain runs on Linux, and this is ${process.platform}. Work in the devcontainer.`);
  }
  if (packages.length > 0) requirePackageManager(packages, env);
  prepareCache(cache, env);
  removeLeftovers(cache);

  const download = missing.some((part) => part.download) && (await probe());
  const built = missing.filter((part) => !(download && part.download));
  await requireGo(
    built.flatMap((part) => part.module ?? []),
    env,
  );

  const progress = new Progress(missing.length + Math.min(packages.length, 1) + (besides ? 1 : 0));
  progress.note(`Toolchain, into ${cache}: ${describe(missing, download)}`);
  const show = (name: string, action: (context: PartContext) => Promise<void>) => (signal: AbortSignal) =>
    progress.part(name, (detail) => action({ env, signal, detail }));
  const outlook = new Outlook(built.filter((part) => part.packages).length);
  progress.outlook = () => outlook.text();
  const tasks = missing.map((part) =>
    show(`${part.name} ${part.version}`, async (context) => {
      if (download && (await downloaded(part, cache, context, progress))) return;
      const compiled = (path: string) => outlook.compiled(part.name, path);
      await installPart(part, cache, "built", { ...context, compiled });
      outlook.finished(part.name);
    }),
  );
  // Where plugins are downloaded, they are downloaded with the CLI, which comes first in the list.
  if (download) await workThrough(tasks.splice(0, 1), 1);
  // Debian packages take seconds, and it is better to fail in seconds than after minutes.
  const first = [
    ...(packages.length > 0 ? [show(packages.join(", "), (work) => installPackages(packages, cache, work))] : []),
    ...(besides ? [show(besides.name, besides.make)] : []),
  ];
  tasks.unshift(async (signal) => {
    for (const task of first) await task(signal);
  });
  const listing = new AbortController();
  const listed = listPackages(built, outlook, { env, signal: listing.signal });
  try {
    await workThrough(tasks, atOnce);
  } finally {
    listing.abort();
    await listed;
  }
  if (!keepBuildCache) removeBuildCaches(cache);
}

/** Finds out, while the first part is built, what all of them have to compile. */
async function listPackages(
  parts: ToolchainPart[],
  outlook: Outlook,
  context: Pick<PartContext, "env" | "signal">,
): Promise<void> {
  try {
    for (const part of parts) {
      const packages = await part.packages?.(context);
      if (packages) outlook.listed(part.name, packages);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
}

/** Downloads a part where there is a download. One that fails is said and not fatal: the part can be built. */
async function downloaded(
  part: ToolchainPart,
  cache: string,
  context: PartContext,
  progress: Progress,
): Promise<boolean> {
  if (!part.download) return false;
  try {
    await installPart(part, cache, "downloaded", context);
    return true;
  } catch (error) {
    if (!(error instanceof UserError) || context.signal.aborted) throw error;
    progress.note(`${part.name} ${part.version} is built instead: ${error.message}`);
    return false;
  }
}

function describe(missing: ToolchainPart[], download: boolean): string {
  if (download) return "Pulumi and its plugins are downloaded, the rest is built from Go modules";
  if (missing.length === 0) return "Debian packages are installed";
  const why = missing.some((part) => part.download) ? "Pulumi's downloads are out of reach: " : "";
  return `${why}built from Go modules, which takes minutes, once`;
}
