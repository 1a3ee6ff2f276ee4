import { types } from "node:util";
import { printable } from "./printable";

/**
 * A mistake or a circumstance that the person at the keyboard can do something about. Its message is the whole
 * output: what is wrong (with the value), where it was set, what to do. Commands show it without a stack trace, and so
 * does Pulumi.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** By this Pulumi knows its own `RunError`, which it shows so; its class is not extended, for it takes a second to load. */
  readonly __pulumiRunError = true;

  constructor(message: string) {
    super(message);
    // Pulumi formats every error that is thrown, with colours; on Node 20 its stack makes that take many seconds.
    this.stack = "";
  }
}

/** What is to be said of anything that was thrown. */
export function messageOf(error: unknown): string {
  // An error of Node's own is no instance of `Error` in a context such as a test's.
  return error instanceof Error || types.isNativeError(error) ? error.message : String(error);
}

/** A command that was not used as it is meant to be. */
export class UsageError extends UserError {}

/** Exit codes of all commands. What `failed` means for one of them is in its help. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Ends a command line program: a `UserError` as its message alone, anything else (a defect of ours) with its stack. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`${printable(error instanceof UserError ? `error: ${error.message}` : formatDefect(error))}\n`);
  process.exit(error instanceof UsageError ? exitCodes.usage : exitCodes.failed);
}

function formatDefect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
