import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { UsageError, UserError } from "../../src/common/errors";
import { gitRoot, nearestWith } from "../../src/common/repository";
import { checkedOutFiles } from "./files";
import { defaultBranchOf } from "./git";

/** The repository that a local cloud serves. */
export interface TeamRepository {
  /** Absolute path of its top folder. */
  root: string;
  /** What it is called in the local Azure DevOps. */
  name: string;
  /** Without `refs/heads/`. */
  defaultBranch: string;
}

const projectFile = "Pulumi.yaml";

/** The repository whose top folder is this. */
export function teamRepositoryAt(root: string): TeamRepository {
  return { root, name: repositoryName(basename(root)), defaultBranch: defaultBranchOf(root) };
}

/**
 * The repository root: the top of the Git repository that a folder is in. Without Git it is the project folder, where
 * `Pulumi.yaml` is.
 *
 * @throws UserError if the folder is in neither
 */
export function repositoryRoot(from: string): string {
  const root = gitRoot(from) ?? nearestWith(projectFile, from);
  if (root !== undefined) return root;
  throw new UserError(
    `${from} is in no Git repository, and there is no ${projectFile} in it or above it. Run the command in the ` +
      "repository that the local cloud is to serve.",
  );
}

/**
 * The project folder: the one that was named, the one where the person stands or the nearest above it in the
 * repository, or else the only one that the repository has.
 *
 * @param named the option --project, from where the person stands
 * @throws UsageError if there is none, or a choice
 */
export function projectFolder(root: string, from: string, named: string | undefined): string {
  if (named !== undefined) {
    const folder = join(from, named);
    if (existsSync(join(folder, projectFile)) && isInside(root, folder)) return folder;
    throw new UsageError(
      `the folder ${JSON.stringify(named)} (option --project) has no ${projectFile}, or is outside of the repository ${root}.`,
    );
  }
  const above = nearestWith(projectFile, from);
  if (above !== undefined && isInside(root, above)) return above;
  const found = checkedOutFiles(root).files.flatMap(({ path }) =>
    basename(path) === projectFile ? [dirname(path)] : [],
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return join(root, only);
  throw new UsageError(
    only === undefined
      ? `the repository ${root} has no ${projectFile}. Make a project in it: npx job-container init`
      : `the repository ${root} has several projects: ${found.join(", ")}. Name the folder of one with --project.`,
  );
}

/** Whether a path is a folder or in it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../");
}

/**
 * A folder's name as one that Azure DevOps allows for a repository.
 * https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions
 */
export function repositoryName(folder: string): string {
  const name = folder
    .replace(/[\p{Cc}/:\\~&%;@'"?<>|#$*}{,+=[\]\s]+/gu, "-")
    .slice(0, 64)
    .replace(/^[_.-]+|[.-]+$/g, "");
  return name || "repository";
}
