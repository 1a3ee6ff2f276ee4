import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { interruption } from "../../common/command-line";
import { UserError } from "../../common/errors";
import { knownChecksums, pluginArchive } from "../../common/pulumi-archives/archives";
import { installCli } from "../../common/pulumi-archives/install-cli";
import { cliVersion, plugins } from "../../common/pulumi-archives/plugins";
import { run } from "../../common/run";

/** `job-container install`: the Pulumi CLI and the plugins of the program, before anything has a secret. */
export function define(command: Command): void {
  command
    .description(
      "Install the Pulumi CLI where its npm package looks for it, and the program's plugins, at the versions of " +
        "package.json. What is downloaded is compared with its SHA-256.",
    )
    .addHelpText("after", "\nExit code: 0 if all are installed, 1 if one could not be.")
    .action(install);
}

async function install(): Promise<void> {
  const signal = interruption();
  const version = cliVersion();
  // As its lib/cache.js: https://github.com/pulumi/pulumi/tree/master/npm
  const folder = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", version);
  const cli = join(folder, "bin", "pulumi");
  if (existsSync(cli)) say(`pulumi ${version} is in ${folder} already: it is not compared`);
  else {
    await installCli(version, folder, { signal });
    say(`pulumi ${version}, with the SHA-256 that is known`);
  }
  for (const plugin of plugins()) {
    const checksum = knownChecksums[pluginArchive(plugin.name, plugin.version).name];
    const compare = checksum === undefined ? [] : ["--checksum", checksum];
    const args = ["plugin", "install", "resource", plugin.name, plugin.version, "--exact", ...compare];
    const { code, lines } = await run(cli, args, {
      env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      signal,
    });
    const name = `the plugin ${plugin.name} ${plugin.version}`;
    if (code !== 0) throw new UserError(`${name} could not be installed: ${lines.slice(-3).join(" ")}`);
    say(
      checksum === undefined
        ? `warning: ${name} is not compared: this version of job-container does not know its SHA-256`
        : `${name}, with the SHA-256 that is known`,
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
