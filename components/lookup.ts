import { types } from "node:util";
import { UserError } from "./errors";

/**
 * Waits for something that must exist already. When it does not, or cannot be read, the program ends with a message
 * that says what was looked for and where it was set, followed by the service's own words, without a stack trace.
 *
 * @param what what was looked for and what set it, for example `the Azure ML workspace "mlw" (setting registry.workspace)`
 */
export async function lookUp<T>(what: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    const reason = types.isNativeError(error) ? error.message : String(error);
    throw new UserError(`cannot read ${what}: ${reason}`);
  }
}
