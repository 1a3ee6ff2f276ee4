import { printable } from "./printable";

/**
 * A mistake or a circumstance that the person at the keyboard can do something about. Its message is the whole
 * output: what is wrong (with the value), where it was set, what to do. It is shown without a stack trace.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** Ends a command line program: a `UserError` as its message alone, anything else (a defect of ours) with its stack. */
export function exitWithError(error: unknown): never {
  process.stderr.write(`${printable(error instanceof UserError ? `error: ${error.message}` : formatDefect(error))}\n`);
  process.exit(1);
}

function formatDefect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
