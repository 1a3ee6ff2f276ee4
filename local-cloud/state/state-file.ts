import { readFileSync } from "node:fs";
import type * as z from "zod";
import { messageOf, UserError } from "../../src/common/errors";

/** What to do about a file that cannot be used, where nothing else is said. */
const beginAnew = "Put back a copy of the file, or begin anew: `npx local-cloud reset`.";

/**
 * What the local cloud has written down in a JSON file. The file is not trusted: it can be damaged, somebody else's, or
 * of another version of this project.
 *
 * @param whatToDo the end of the message
 * @throws UserError that names the file, and what is wrong with it
 */
export function readStateFile<T>(file: string, form: z.ZodType<T>, whatToDo = beginAnew): T {
  const { data, problem } = parse(file, form);
  if (problem === undefined) return data;
  throw new UserError(
    `the local cloud's file ${file} is damaged, or was written by another version of it: ${problem}. ${whatToDo}`,
  );
}

function parse<T>(
  file: string,
  form: z.ZodType<T>,
): { data: T; problem?: undefined } | { data?: never; problem: string } {
  try {
    const { data, error } = form.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return error === undefined ? { data } : { problem: problemsOf(error) };
  } catch (error) {
    // Node's message about JSON has a piece of the text, and there are secrets in these files.
    if (error instanceof SyntaxError) return { problem: "it is not JSON" };
    return { problem: messageOf(error) };
  }
}

/** The first few things that are wrong. Values are left out: there may be secrets among them. */
function problemsOf({ issues }: z.ZodError): string {
  const shown = 3;
  const all = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  return all.slice(0, shown).join("; ") + (all.length > shown ? ` (and ${all.length - shown} more)` : "");
}
