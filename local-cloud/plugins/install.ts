import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { writeInOneStep } from "../../src/common/files";

/** The local cloud's own plugins: those that cannot be built here. The versions are those that the SDKs ask for. */
const plugins = [
  { name: "azure-native", version: "3.28.0" },
  { name: "docker", version: "5.2.0" },
];

/**
 * Puts the plugins where the engine finds them: one executable file each, that needs nothing but Node. A file is
 * written only if its content is another one.
 *
 * @param pulumiHome `PULUMI_HOME` of the local cloud, not the user's.
 */
export async function installPlugins(pulumiHome: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: plugins.map(({ name }) => join(__dirname, `${name}.ts`)),
    outdir: pulumiHome,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    write: false,
    minify: true,
    logLevel: "silent",
  });
  for (const { name, version } of plugins) {
    const bundle = outputFiles.find(({ path }) => basename(path) === `${name}.js`);
    if (bundle === undefined) throw new Error(`esbuild made no bundle of the plugin ${name}`);
    const directory = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
    await writeExecutable(join(directory, `pulumi-resource-${name}`), bundle.text);
  }
}

async function writeExecutable(file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) === content) return;
  mkdirSync(dirname(file), { recursive: true });
  // Another installation may run at the same time, and an engine may be starting the file.
  writeInOneStep(file, content, 0o755);
}
