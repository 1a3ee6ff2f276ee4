import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { interruption } from "../../common/command-line";
import { UserError } from "../../common/errors";
import { pluginArchive } from "../../common/pulumi-archives/archives";
import { installCli } from "../../common/pulumi-archives/install-cli";
import { checksumsFile, checksumsOfPlugins } from "../../common/pulumi-archives/plugin-checksums";
import { cliVersion, plugins } from "../../common/pulumi-archives/plugins";
import { run } from "../../common/run";
import { projectFolder } from "../project";

/** `job-container install`: the Pulumi CLI and the plugins of the program, before anything has a secret. */
export function define(command: Command): void {
  command
    .description(
      "Install the Pulumi CLI where its npm package looks for it, and the program's plugins, at the versions of " +
        `package.json. What is downloaded is compared with its SHA-256; those of plugins are in ${checksumsFile}, ` +
        "which you commit.",
    )
    .option("--frozen", `for pipelines: fail where the SHA-256 of a plugin is not known, instead of adding it`, false)
    .addHelpText("after", "\nExit code: 0 if all are installed, 1 if one could not be.")
    .action(install);
}

async function install({ frozen }: { frozen: boolean }): Promise<void> {
  const signal = interruption();
  const folder = projectFolder();
  const version = cliVersion();
  // As its lib/cache.js: https://github.com/pulumi/pulumi/tree/master/npm
  const home = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", version);
  const cli = join(home, "bin", "pulumi");
  if (existsSync(cli)) say(`pulumi ${version} is in ${home} already: it is not compared`);
  else {
    await installCli(version, home, { signal });
    say(`pulumi ${version}, with the SHA-256 that is known`);
  }
  const checksums = await checksumsOfPlugins({ folder, frozen, signal, say });
  for (const plugin of plugins()) {
    const checksum = checksums[pluginArchive(plugin.name, plugin.version).name];
    const args = ["plugin", "install", "resource", plugin.name, plugin.version, "--exact", "--checksum", `${checksum}`];
    const { code, lines } = await run(cli, args, {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      signal,
    });
    const name = `the plugin ${plugin.name} ${plugin.version}`;
    if (code !== 0) throw new UserError(`${name} could not be installed: ${lines.slice(-3).join(" ")}`);
    say(`${name}, with the SHA-256 that is known`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
