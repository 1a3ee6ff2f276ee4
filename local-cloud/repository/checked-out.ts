import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { UserError } from "../../src/common/errors";
import { type Layout, projectRoot } from "../cloud/layout";
import type { RepositoryFile } from "./commit";
import { seedFiles } from "./seed";

/**
 * What the repository of a local cloud holds of what is checked out: the project, and the lock of its environment if it
 * was solved there, which the image-build pipeline takes from the repository.
 *
 * @throws UserError if the local cloud, and so the lock, is not in the project's folder
 */
export function checkedOutFiles(layout: Layout): RepositoryFile[] {
  requireInsideProject(layout);
  const names = existsSync(layout.condaLocks) ? readdirSync(layout.condaLocks) : [];
  const locks = names.map((name) => join(layout.condaLocks, name));
  return [
    ...seedFiles(),
    ...locks.map((path) => ({ path: relative(projectRoot, path), content: readFileSync(path, "utf8") })),
  ];
}

/** Makes sure that the lock, which is in the local cloud's directory, has a place in the repository. */
export function requireInsideProject({ directory }: Layout): void {
  if (!relative(projectRoot, directory).startsWith("..")) return;
  throw new UserError(
    `the directory ${directory} (option --directory) is not in the project's folder ${projectRoot}. The lock of the ` +
      "environment is kept in it, and could not be committed to the local repository: name a directory in that folder.",
  );
}
