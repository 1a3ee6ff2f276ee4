import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { basename, join, relative } from "node:path";
import { localCloudFolder } from "../../src/common/local-cloud-variables";
import { layoutOf } from "../cloud/layout";
import type { FileMode, RepositoryFile } from "../git/commit-files";
import { stackSettingsFile } from "../start/stack-settings";
import { gitIn } from "./git";

/** What a repository holds as it is checked out. */
export interface Checkout {
  files: RepositoryFile[];
  /** What is no file that a commit could hold, each with the reason. */
  leftOut: string[];
}

/** Without Git nobody says what is not to be committed. None of these is, in any repository. */
const neverCommitted = new Set([".git", "node_modules", localCloudFolder, ".venv", basename(stackSettingsFile("."))]);

/**
 * The files that a commit of everything would have: those that Git tracks, and those that it neither tracks nor
 * ignores. Each is taken byte by byte as it is in the folder, without Git's filters (line ends, LFS). Without Git it is
 * every file of the folder, but for what no repository holds.
 *
 * @param root the repository's
 */
export function checkedOutFiles(root: string): Checkout {
  const files: RepositoryFile[] = [];
  const leftOut: string[] = [];
  for (const name of existsSync(join(root, ".git")) ? listedByGit(root) : filesBelow(root, root)) {
    const path = name.toString();
    const problem = Buffer.from(path).equals(name) ? undefined : "its name is not UTF-8";
    const stats = problem === undefined ? lstatSync(join(root, path), { throwIfNoEntry: false }) : undefined;
    if (problem !== undefined) leftOut.push(`${path}: ${problem}`);
    if (stats === undefined) continue; // removed, and Git has not been told yet
    const file = fileOf(root, path, stats);
    if (file === undefined) leftOut.push(`${path}: ${kindOf(stats)}`);
    else files.push(file);
  }
  return { files, leftOut };
}

/** A file as a commit holds it; undefined for anything else. */
function fileOf(root: string, path: string, stats: Stats): RepositoryFile | undefined {
  const mode = modeOf(stats);
  if (mode === undefined) return undefined;
  const local = join(root, path);
  return {
    path,
    mode,
    content: () => (mode === "120000" ? readlinkSync(local, { encoding: "buffer" }) : readFileSync(local)),
  };
}

function modeOf(stats: Stats): FileMode | undefined {
  if (stats.isSymbolicLink()) return "120000";
  if (!stats.isFile()) return undefined;
  return stats.mode & 0o100 ? "100755" : "100644";
}

function kindOf(stats: Stats): string {
  return stats.isDirectory() ? "it is a Git repository of its own" : "it is neither a file nor a link";
}

/** A path comes more than once while a merge has conflicts. */
function listedByGit(root: string): Buffer[] {
  const listed = gitIn(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  const names = new Map<string, Buffer>();
  for (let start = 0; start < listed.length; ) {
    const end = listed.indexOf(0, start);
    const name = listed.subarray(start, end);
    names.set(name.toString("latin1"), name);
    start = end + 1;
  }
  return [...names.values()];
}

function filesBelow(root: string, folder: string): Buffer[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (neverCommitted.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [Buffer.from(relative(root, path))];
    return isLocalCloud(path) ? [] : filesBelow(root, path);
  });
}

/** It may have another name than {@link localCloudFolder}. */
function isLocalCloud(directory: string): boolean {
  const { settings, stacks } = layoutOf(directory);
  return existsSync(settings) && existsSync(stacks);
}
