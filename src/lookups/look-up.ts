import { messageOf, UserError } from "../common/errors";

/**
 * Waits for something that must exist already. When it does not, or cannot be read, the program ends with a message
 * that says what was looked for, where it was set, the service's own reason, and what to do.
 *
 * @param what what was looked for, for example `the Azure ML workspace "mlw"`
 * @param where what names it, for example `setting registry`
 * @throws UserError
 */
export async function lookUp<T>(what: string, where: string, found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    throw new UserError(
      `${what} (${where}) cannot be read: ${reasonOf(error)}. ` +
        "Name one that exists, and that the identity that runs Pulumi may read.",
    );
  }
}

/** The service's own words, without the engine's and the provider's around them, on one line. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message
    .replace(/^.*?returned an error: (?:invoking \S+: )?/s, "")
    .replace(/\d+ errors? occurred:\s*\*\s*/g, "")
    .replace(/\s+/g, " ")
    .replace(/[\s.]+$/, "");
}
