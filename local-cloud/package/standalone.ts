import { readFileSync } from "node:fs";
import { builtProgram, dataPath, isBuilt, type standalonePrograms } from "./files";

/** The text of one of the programs that the engine starts: an executable file that needs nothing but Node. */
export async function standalone(program: (typeof standalonePrograms)[number]): Promise<string> {
  return isBuilt ? readFileSync(dataPath(builtProgram(program)), "utf8") : bundle(program);
}

/** Bundles such a program from its source. */
export async function bundle(program: (typeof standalonePrograms)[number]): Promise<string> {
  // Loaded only here: it takes longer to load than to find that everything is installed, and who has installed the
  // package does not have it.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [dataPath(`${program}.ts`)],
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    write: false,
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made no bundle of ${program}`);
  return file.text;
}
