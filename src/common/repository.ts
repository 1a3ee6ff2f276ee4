import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

/** A folder in the team's Git repository. Every path in a setting is from the repository's root. */
export interface Repository {
  /** Absolute path of the top of the repository. Without Git it is the folder itself. */
  root: string;
  /** Absolute path of the folder from which local paths lead: the one that a program or a command runs in. */
  folder: string;
}

/** The repository that a folder is in. */
export function repositoryOf(folder = process.cwd()): Repository {
  const own = resolve(folder);
  return { root: gitRoot(own) ?? own, folder: own };
}

/** The nearest folder upwards with `.git`: a folder, or the file that a worktree has in its place. */
export function gitRoot(folder: string): string | undefined {
  return nearestWith(".git", folder);
}

/** The nearest folder, from one upwards, that has something of this name. */
export function nearestWith(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/**
 * A path of the repository's as a local one. Where the folder is the root it stays as it is written, since the engine
 * compares what resources are made of as texts: `./docker` is another value than `docker`.
 */
export function localPath({ root, folder }: Repository, path: string): string {
  return root === folder ? path : withSlashes(relative(folder, join(root, path))) || ".";
}

/** A local path as one from the repository's root, where `.` is the root. One that leads out of it begins with `..`. */
export function pathFromRoot({ root, folder }: Repository, path: string): string {
  return withSlashes(relative(root, resolve(folder, path))) || ".";
}

/** Where the project folders of branch environments' stacks are kept, in the project folder. */
export const environmentsFolder = ".environments";

/** The project folder: that of a branch environment's stack is in the one that is meant. Any other is itself. */
export function ownProjectFolder(folder: string): string {
  return basename(dirname(folder)) === environmentsFolder ? dirname(dirname(folder)) : folder;
}

function withSlashes(path: string): string {
  return path.split(sep).join("/");
}
