import { existsSync, readFileSync } from "node:fs";
import { messageOf } from "../common/errors";
import { writeInOneStep } from "../common/files";

/** What writes locks, and files that are made of them. */
export const solveCommand = "npx job-container check conda --solve";

/** How each of those files begins. */
export const firstLine = `# Written by \`${solveCommand}\`: solve again rather than edit it.`;

/**
 * Writes such a file in one step, so that nobody reads half of it.
 *
 * @throws Error if another file is there that does not begin like one, or the folder cannot be written to
 */
export function saveSolvedFile(path: string, text: string): void {
  if (existsSync(path) && !isOwn(path)) {
    throw new Error(
      `${path} is not a file that \`${solveCommand}\` wrote: move it away, or choose another lock folder`,
    );
  }
  try {
    writeInOneStep(path, text);
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(`it cannot be written (${reason}): fix that, or choose another lock folder`);
  }
}

/** What cannot be read is none of ours either, a folder for example. */
function isOwn(path: string): boolean {
  try {
    return readFileSync(path, "utf8").startsWith(firstLine);
  } catch {
    return false;
  }
}
