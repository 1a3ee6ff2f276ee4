import { execFile } from "node:child_process";
import { promisify, types } from "node:util";
import type { Deployment } from "@pulumi/pulumi/automation";
import { UserError } from "./errors";

/**
 * Asks the Pulumi CLI something that changes nothing.
 *
 * @returns its answer, parsed
 * @throws UserError with what it says if it fails
 */
export async function pulumiJson(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<unknown> {
  return whenInstalled(async () => JSON.parse(await pulumi([...args, "--json"], options)));
}

/**
 * A stack's state as it is kept, with its secrets encrypted.
 *
 * @throws UserError with what Pulumi says if there is no such stack
 */
export async function sealedState(
  stack: string,
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Deployment> {
  return whenInstalled(async () => JSON.parse(await pulumi(["stack", "export", "--stack", stack], options)));
}

/**
 * Reads what the Pulumi CLI prints, and once more if that cannot be read: at its first call on a machine, the `pulumi`
 * of the npm package installs the CLI, and the installer's lines are on standard output before the answer. They are
 * there because its `lib/download.js` runs the installer with `stdio: "inherit"`.
 *
 * @param read is to change nothing
 */
export async function whenInstalled<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    return read();
  }
}

async function pulumi(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<string> {
  try {
    return (
      await promisify(execFile)("pulumi", [...args, "--non-interactive"], {
        ...options,
        maxBuffer: Number.POSITIVE_INFINITY,
      })
    ).stdout;
  } catch (error) {
    throw new UserError(`\`pulumi ${args.join(" ")}\` failed: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if ("code" in error && error.code === "ENOENT") {
    // Node starts no .cmd without a shell, and npm has nothing else on Windows: https://nodejs.org/api/child_process.html
    return process.platform === "win32"
      ? "there is no pulumi.exe on PATH, and npm's pulumi.cmd cannot be started from here. Install the Pulumi CLI itself (winget install pulumi), or work in WSL."
      : "there is no Pulumi CLI on PATH. Run `npm ci` first.";
  }
  return "stderr" in error && error.stderr ? String(error.stderr).trim() : error.message;
}
