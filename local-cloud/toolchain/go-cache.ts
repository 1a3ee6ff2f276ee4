import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { othersMake, temporaryDirectory } from "./cache";

/**
 * Go's caches while parts are built, of modules and of compiled packages: gigabytes. They are the toolchain's own, so
 * that they can go when all is built; an interrupted build goes on from them.
 */
export function goCaches(cache: string): { GOCACHE: string; GOMODCACHE: string } {
  return { GOCACHE: join(cache, folder, "build"), GOMODCACHE: join(cache, folder, "modules") };
}

/** Removes Go's caches, unless another process is making something with them: it removes them when it is done. */
export function removeGoCaches(cache: string): void {
  if (!existsSync(join(cache, folder)) || othersMake(cache)) return;
  // Under a name that the next start removes, should this process be ended before all is gone.
  const trash = temporaryDirectory(cache);
  renameSync(join(cache, folder), join(trash, folder));
  rmSync(trash, { recursive: true });
}

const folder = "go";
