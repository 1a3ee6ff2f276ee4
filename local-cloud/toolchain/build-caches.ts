import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { othersMake, temporaryDirectory } from "./cache";

// What is only needed while something else is made, and goes when that is there. After an interruption it is still there,
// and the next start goes on from it.

/** Go's caches while parts are built, of modules and of compiled packages: gigabytes, so they are the toolchain's own. */
export function goCaches(cache: string): { GOCACHE: string; GOMODCACHE: string } {
  const folder = join(cache, go);
  return { GOCACHE: join(folder, "build"), GOMODCACHE: join(folder, "modules") };
}

/** The wheels that the conda channel is made of. */
export function wheelCache(cache: string): string {
  return join(cache, wheels);
}

/** Removes all of it, unless another process is making something with it: it removes it when it is done. */
export function removeBuildCaches(cache: string): void {
  remove(cache, go);
  remove(cache, wheels);
}

/** Removes the wheels, with the same exception. */
export function removeWheels(cache: string): void {
  remove(cache, wheels);
}

function remove(cache: string, folder: string): void {
  if (!existsSync(join(cache, folder)) || othersMake(cache)) return;
  // Under a name that the next start removes, should this process be ended before all is gone.
  const trash = temporaryDirectory(cache);
  renameSync(join(cache, folder), join(trash, folder));
  rmSync(trash, { recursive: true });
}

const go = "go";
const wheels = `wheels-${process.arch}`;
