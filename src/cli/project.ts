import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { UserError } from "../common/errors";

/**
 * The project folder, where `Pulumi.yaml` is: the folder where the person stands, or the nearest one above it.
 *
 * @throws UserError if there is none
 */
export function projectFolder(from = process.cwd()): string {
  const folder = find(from);
  if (folder !== undefined) return folder;
  throw new UserError(
    `there is no Pulumi.yaml in ${from} or in a folder above it. Run the command in the folder where Pulumi.yaml is, or below it.`,
  );
}

/** The path, from where the person stands, of a file of the project. Without a project it is one of that folder. */
export function pathInProject(path: string, from = process.cwd()): string {
  return relative(from, join(find(from) ?? from, path));
}

function find(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
