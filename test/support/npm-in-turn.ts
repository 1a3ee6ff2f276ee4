import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "./repository";

/**
 * Runs npm in this repository for what it makes there, or on this machine, for all: files of tests that do so wait for
 * each other.
 *
 * @returns what it prints
 */
export function npmInTurn(verb: "pack" | "run", ...args: string[]): string {
  const lock = join(tmpdir(), `job-container-${verb}.lock`);
  const npm = ["npm", verb, ...args];
  return execFileSync("flock", [lock, ...npm], { cwd: projectRoot, encoding: "utf8", stdio: "pipe" });
}
