import { parse, YAMLParseError } from "yaml";
import * as z from "zod";
import { UserError } from "../common/errors";

/** A stack's settings file. Beside the configuration it says how the stack's secrets are encrypted. */
export const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()).default({}) });
export type StackFile = z.output<typeof stackFile>;

/**
 * @param path names the file in the error
 * @throws UserError if it is no stack's
 */
export function readStackFile(path: string, text: string): StackFile {
  try {
    return stackFile.parse(parse(text) ?? {});
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message : "it has no mapping `config`";
    throw new UserError(`${path} is not a stack's settings: ${reason.trimEnd()}\nCorrect it, or name another stack.`);
  }
}
