import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles } from "../cache";

/**
 * The files that are in one directory only, or not the same in both: relative paths, sorted. What npm installs in a
 * package (`node_modules`) is none of its files.
 */
export function differingFiles(left: string, right: string): string[] {
  const files = [left, right].filter(existsSync).flatMap((directory) => listFiles(directory, isSource));
  return [...new Set(files)].sort().filter((file) => contentOf(left, file) !== contentOf(right, file));
}

function isSource(file: string): boolean {
  return !file.startsWith("node_modules/");
}

function contentOf(directory: string, file: string): string | undefined {
  const path = join(directory, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
