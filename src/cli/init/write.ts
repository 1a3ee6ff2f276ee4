import { existsSync, lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, UserError } from "../../common/errors";
import { writeInOneStep } from "../../common/files";
import type { NewFile } from "./render";

/** What became of a file. */
export interface Written {
  path: string;
  /** `missing`: a dry run would write it. */
  outcome: "written" | "kept" | "missing";
}

/**
 * Writes those files that are not there. One that is there is kept as it is, whatever is in it.
 *
 * @param dryRun writes nothing
 * @throws UserError if a file cannot be written: those before it are, and the next run goes on
 */
export function writeFiles(root: string, files: NewFile[], dryRun: boolean): Written[] {
  return files.map(({ path, text }) => {
    const file = join(root, path);
    try {
      if (isThere(file)) return { path, outcome: "kept" };
      if (dryRun) return { path, outcome: "missing" };
      mkdirSync(dirname(file), { recursive: true });
      writeInOneStep(file, text);
    } catch (error) {
      throw new UserError(`${path} cannot be written: ${messageOf(error)}`);
    }
    return { path, outcome: "written" };
  });
}

/** A link is somebody's as well, also one that leads nowhere. */
function isThere(file: string): boolean {
  return existsSync(file) || lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
