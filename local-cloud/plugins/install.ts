import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeInOneStep } from "../../src/common/files";
import { standalone } from "../package/standalone";

/** The local cloud's own plugins: those that cannot be built here. The versions are those that the SDKs ask for. */
const plugins = [
  { name: "azure-native", version: "3.28.0", program: "plugins/azure-native" },
  { name: "docker", version: "5.2.0", program: "plugins/docker" },
] as const;

/**
 * Puts the plugins where the engine finds them: one executable file each, that needs nothing but Node. A file is
 * written only if its content is another one.
 *
 * @param pulumiHome `PULUMI_HOME` of the local cloud, not the user's.
 */
export async function installPlugins(pulumiHome: string): Promise<void> {
  for (const { name, version, program } of plugins) {
    const directory = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
    await writeExecutable(join(directory, `pulumi-resource-${name}`), await standalone(program));
  }
}

async function writeExecutable(file: string, content: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => undefined)) === content) return;
  mkdirSync(dirname(file), { recursive: true });
  // Another installation may run at the same time, and an engine may be starting the file.
  writeInOneStep(file, content, 0o755);
}
