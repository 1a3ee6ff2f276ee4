import { posix } from "node:path";
import { minimatch } from "minimatch";
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
    const isMatch = (path: string) => minimatch(path, pattern, options);
    if (marks.length % 2 === 1) found = found.filter((path) => !isMatch(path));
    else found.push(...workspace.filesBelow(fixedPart(pattern)).filter(isMatch));
  }
  return [...new Set(found)];
}

/**
 * Those of the tasks' library, which matches with minimatch as well:
 * https://github.com/microsoft/azure-pipelines-task-lib/blob/master/node/docs/findingfiles.md#matchoptions
 */
const options = { dot: true, nobrace: true, nocomment: true, nonegate: true };

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
