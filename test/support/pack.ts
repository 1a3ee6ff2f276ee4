import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "./repository";

/**
 * Makes one of this repository's packages, as it is published. What is in it is built where its sources are: whoever else
 * makes one waits.
 *
 * @param options of `npm pack`
 * @returns what it prints
 */
export function pack(...options: string[]): string {
  const lock = join(tmpdir(), "job-container-pack.lock");
  return execFileSync("flock", [lock, "npm", "pack", ...options], {
    cwd: projectRoot,
    encoding: "utf8",
    stdio: "pipe",
  });
}
