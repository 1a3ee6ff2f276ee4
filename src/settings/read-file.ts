import { join } from "node:path";
import { readText } from "../common/files";
import type { Repository } from "../common/repository";

/** A file's content, or undefined if there is no such file. Its path is from the repository's root. */
export type ReadFile = (path: string) => string | undefined;

/** What is checked out. */
export interface Checkout {
  readFile: ReadFile;
  /** The project folder, from the repository's root. */
  projectFolder: string;
}

/** Reads files of a repository. @throws UserError for a file that is no text */
export function readFileOf({ root }: Repository): ReadFile {
  return (path) => readText(join(root, path));
}
