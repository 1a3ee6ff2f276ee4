import { execFile } from "node:child_process";
import { promisify, types } from "node:util";
import { UserError } from "./errors";

/**
 * Runs the Pulumi CLI, without asking anything.
 *
 * @returns what it prints
 * @throws UserError with what it says if it fails
 */
export async function pulumi(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<string> {
  try {
    return (await promisify(execFile)("pulumi", [...args, "--non-interactive"], options)).stdout;
  } catch (error) {
    throw new UserError(`\`pulumi ${args.join(" ")}\` failed: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "there is no Pulumi CLI on PATH. Run `npm ci` first.";
  return "stderr" in error && error.stderr ? String(error.stderr).trim() : error.message;
}
