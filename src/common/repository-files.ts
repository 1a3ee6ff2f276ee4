import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { git } from "./git";

/** A text file of a repository. */
export interface RepositoryFile {
  /** From the repository root, with forward slashes. */
  path: string;
  text: string;
}

/** Folders that are nobody's source, where Git does not say so. */
const left = new Set([".git", ".local-cloud", ".venv", "venv", "node_modules", "__pycache__"]);

/** Larger files are neither Dockerfiles nor conda files nor pipelines. */
const largest = 256 * 1024;

/**
 * Paths of a repository's files: what Git tracks or would add. Without Git, all but what is nobody's source.
 *
 * @param root the repository root
 */
export async function repositoryFiles(root: string): Promise<string[]> {
  if (!existsSync(join(root, ".git"))) return walk(root, "");
  const listed = await git("-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  return listed.split("\0").filter((path) => path !== "" && isFile(join(root, path)));
}

/** Those of some paths that are texts of a size that people write. */
export function readTexts(root: string, paths: string[]): RepositoryFile[] {
  return paths.flatMap((path) => {
    const file = join(root, path);
    if (statSync(file).size > largest) return [];
    const text = readFileSync(file, "utf8");
    return text.includes("\0") ? [] : [{ path, text }];
  });
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return left.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/** A file that Git tracks may be gone, and a link may lead anywhere. */
function isFile(path: string): boolean {
  return existsSync(path) && lstatSync(path).isFile();
}
