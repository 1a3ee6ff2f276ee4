import { matchesGlob, posix } from "node:path";
import type { Workspace } from "../workspace";

/**
 * The files that patterns name, as tasks of Azure Pipelines look for them
 * (https://learn.microsoft.com/azure/devops/pipelines/tasks/file-matching-patterns): `!` before a pattern takes away what
 * earlier ones have found, `#` makes a comment; files whose names begin with a dot are files like others, and braces
 * mean themselves. Folders that are links are not looked into.
 *
 * @param folder where relative patterns begin, as steps know it
 * @returns paths as steps know them
 * @throws Error if a pattern leads out of the work folder
 */
export function findFiles(
  workspace: Pick<Workspace, "insidePath" | "filesBelow">,
  folder: string,
  patterns: readonly string[],
): string[] {
  let found: string[] = [];
  for (const given of patterns) {
    if (given.startsWith("#")) continue;
    const [, marks = "", own = ""] = /^(!*)\s*(.*)$/.exec(given) ?? [];
    const pattern = own.startsWith("/") ? posix.normalize(own) : posix.join(literal(workspace.insidePath(folder)), own);
    const isMatch = (path: string) => matchesGlob(plain(path), plain(pattern).replaceAll(/[{}]/g, "[$&]"));
    if (marks.length % 2 === 1) found = found.filter((path) => !isMatch(path));
    else found.push(...workspace.filesBelow(fixedPart(pattern)).filter(isMatch));
  }
  return [...new Set(found)];
}

/** What of a pattern has no wildcard: a folder, or the file itself. */
function fixedPart(pattern: string): string {
  const parts = pattern.split("/");
  const first = parts.findIndex((part) => /[*?[]|[!+@]\(/.test(part));
  return first < 0 ? pattern : parts.slice(0, first).join("/") || "/";
}

/** A path as a pattern that only it matches. */
function literal(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

/** With no dot before a name, which wildcards would not match. */
function plain(path: string): string {
  return path.replaceAll(/(^|\/)\./g, "$1\u0001");
}
