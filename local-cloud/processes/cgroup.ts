import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const mountPoint = "/sys/fs/cgroup";

/**
 * Kills every process in a cgroup and in those below it. Being in the cgroup is what shows whose a process is.
 *
 * @param name directory name under the root of the hierarchies.
 * @returns whether there was any.
 */
export function killCgroup(name: string): boolean {
  const pids = new Set(treesOf(name).flatMap((tree) => tree.flatMap(processesIn)));
  for (const pid of pids) kill(pid);
  return pids.size > 0;
}

/** Removes a cgroup and those below it, from every hierarchy that has it, and kills what still runs in them. */
export async function removeCgroup(name: string): Promise<void> {
  // A killed process leaves its cgroup a moment later.
  for (let tries = 0; tries < 100 && killCgroup(name); tries++) await sleep(20);
  for (const tree of treesOf(name)) for (const path of tree) rmdirSync(path);
}

/** The cgroup's directory in each hierarchy, with those below it, innermost first. */
function treesOf(name: string): string[][] {
  if (!existsSync(mountPoint)) return [];
  // One hierarchy (version 2) is mounted at the mount point, those of version 1 below it (cgroups(7)).
  const roots = [mountPoint, ...directoriesIn(mountPoint).map((hierarchy) => join(mountPoint, hierarchy))];
  return roots
    .map((root) => join(root, name))
    .filter((path) => existsSync(path))
    .map(treeOf);
}

function treeOf(path: string): string[] {
  return [...directoriesIn(path).flatMap((child) => treeOf(join(path, child))), path];
}

function directoriesIn(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function processesIn(path: string): number[] {
  try {
    return readFileSync(join(path, "cgroup.procs"), "utf8")
      .trim()
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return []; // It was removed in this moment.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended in this moment.
  }
}
