import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { installCli } from "../../src/common/pulumi-archives/install-cli";
import { run } from "../../src/common/run";
import type { Make, PartContext } from "./part";

/** Whether Pulumi's download site can be reached: one request, given up after three seconds. */
export async function canDownload(): Promise<boolean> {
  try {
    const options = { method: "HEAD", signal: AbortSignal.timeout(3000) };
    return (await fetch("https://get.pulumi.com/install.sh", options)).ok;
  } catch {
    return false;
  }
}

/** Downloads the Pulumi CLI with its language hosts. */
export function downloadCli(version: string): Make {
  return (directory, { signal }) => installCli(version, directory, { signal });
}

/** Downloads a resource plugin with the CLI that `findCli` finds. */
export function downloadPlugin(name: string, version: string, findCli: () => string): Make {
  return (directory, context) =>
    withPulumiHome(directory, join("plugins", `resource-${name}-v${version}`), `pulumi-resource-${name}`, (home) =>
      pulumi(join(findCli(), "bin", "pulumi"), ["plugin", "install", "resource", name, version], home, context),
    );
}

/** Lets Pulumi download into a home of its own and moves what came of it into `directory`. */
async function withPulumiHome(
  directory: string,
  wanted: string,
  executable: string,
  download: (home: string) => Promise<void>,
): Promise<void> {
  const home = join(directory, ".home");
  await download(home);
  if (!existsSync(join(home, wanted, executable))) throw new UserError(`the download brought no ${executable}.`);
  for (const name of readdirSync(join(home, wanted))) renameSync(join(home, wanted, name), join(directory, name));
  rmSync(home, { recursive: true });
}

async function pulumi(command: string, args: string[], home: string, context: PartContext): Promise<void> {
  const { code, lines } = await run(command, args, {
    env: { ...context.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" },
    signal: context.signal,
    line: context.detail,
  });
  if (code !== 0) throw new UserError(`the download failed: ${lines.slice(-3).join(" ")}`);
}
