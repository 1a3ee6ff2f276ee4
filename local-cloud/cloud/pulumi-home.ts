import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { installPlugins } from "../plugins/install";
import type { Toolchain } from "../toolchain";
import type { Layout } from "./layout";

/**
 * Fills a PULUMI_HOME: the toolchain's CLI and plugins by links, and the local cloud's own plugins in azure-native's
 * and docker's place; beside it, the toolchain's Node if the machine's own is too old. A plugin's directory is a real one, only its executable is a link: the engine passes over
 * directories that are links.
 */
export async function preparePulumiHome(layout: Layout, toolchain: Toolchain): Promise<void> {
  link(join(toolchain.pulumi, "bin"), layout.pulumiBin);
  for (const { name, version, executable } of toolchain.plugins) {
    link(executable, join(layout.pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`));
  }
  if (toolchain.languages) linkLanguages(layout, toolchain.languages);
  rmSync(layout.nodeBin, { force: true });
  if (toolchain.node) link(dirname(toolchain.node), layout.nodeBin);
  await installPlugins(layout.pulumiHome);
}

/** The hosts. One of them is several languages', and the Node host finds it by its own name: it writes packages. */
function linkLanguages({ pulumiHome }: Layout, { yaml, java, sdk }: NonNullable<Toolchain["languages"]>): void {
  const host = (language: string, { version, executable }: typeof yaml) =>
    link(executable, join(pulumiHome, "plugins", `language-${language}-v${version}`, `pulumi-language-${language}`));
  host("yaml", yaml);
  host("java", java);
  for (const language of ["python", "go", "dotnet"]) host(language, sdk);
  link(sdk.executable, join(pulumiHome, "bin", "pulumi-sdk"));
}

/** A symbolic link, replaced in one step when it leads elsewhere. */
function link(target: string, path: string): void {
  if (linkTarget(path) === target) return;
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next-${process.pid}`;
  symlinkSync(target, next);
  renameSync(next, path);
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // not there yet
  }
}
