import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { dirname, join, relative } from "node:path";
import { messageOf, UserError } from "../../src/common/errors";
import { isAlive } from "../../src/common/process";

/** `linux-x64` and the like, in Node's words: part of what a cached binary is kept under. */
export const platform = `${process.platform}-${process.arch}`;

/**
 * Where everything that is made once per machine is kept: `$JOB_CONTAINER_CACHE`, by default `job-container` in the
 * user's cache directory (XDG Base Directory Specification: `$XDG_CACHE_HOME`, by default `~/.cache`).
 */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env.JOB_CONTAINER_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "job-container");
}

/** The files below a directory that `keep` wants (given the path relative to it), sorted, as relative paths. */
export function listFiles(directory: string, keep: (path: string) => boolean): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter(keep)
    .sort();
}

/**
 * A short name for a recipe: it changes when a file's name or content changes, or one of the texts. Where the files
 * are does not matter, so two checkouts of the same commit share what they made.
 */
export function recipeHash(directory: string, files: string[], texts: string[] = []): string {
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(directory, file)))
      .update("\0");
  hash.update(JSON.stringify(texts));
  return hash.digest("hex").slice(0, 12);
}

/**
 * Makes a directory of the cache in one step: `produce` fills a directory of its own, which then gets the name
 * `target`. Interrupted at any moment, nothing is left under that name. Two processes may make the same one at the
 * same time; the first to finish provides it.
 */
export async function makeDirectory(target: string, produce: (directory: string) => Promise<void>): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const temporary = temporaryDirectory(dirname(target));
  try {
    await produce(temporary);
    // What is made once is for every user of the machine.
    chmodSync(temporary, 0o755);
    renameSync(temporary, target);
  } catch (error) {
    if (!isNodeError(error) || (error.code !== "ENOTEMPTY" && error.code !== "EEXIST")) throw error;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A new directory of this process in the cache, which `removeLeftovers` removes if this process cannot. */
export function temporaryDirectory(cache: string): string {
  return mkdtempSync(join(cache, `${partialPrefix}${process.pid}-`));
}

/** Removes what killed processes of this machine left half made. */
export function removeLeftovers(cache: string): void {
  for (const { name, pid } of temporaryDirectories(cache)) {
    if (!isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/** Whether another process of this machine is making something in the cache. */
export function othersMake(cache: string): boolean {
  return temporaryDirectories(cache).some(({ pid }) => pid !== process.pid && isAlive(pid));
}

function temporaryDirectories(cache: string): { name: string; pid: number }[] {
  return readdirSync(cache)
    .filter((name) => name.startsWith(partialPrefix))
    .map((name) => ({ name, pid: Number.parseInt(name.slice(partialPrefix.length), 10) }));
}

/** Makes sure that the cache can be written to. @throws UserError that names the variable which chose the place. */
export function prepareCache(cache: string, env: NodeJS.ProcessEnv = process.env): void {
  try {
    mkdirSync(cache, { recursive: true });
    rmSync(temporaryDirectory(cache), { recursive: true });
  } catch (error) {
    const chosen = ["JOB_CONTAINER_CACHE", "XDG_CACHE_HOME"].find((name) => env[name]);
    throw new UserError(
      `The toolchain's cache ${cache} cannot be written (${messageOf(error)}). ` +
        `${chosen ? `It was set by ${chosen}` : "It is the default place"}: ` +
        "set JOB_CONTAINER_CACHE to a directory that can be written, with 8 GB free.",
    );
  }
}

/** Whether an error is one of the operating system's, which have a `code`. */
export function isNodeError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === "object" && error !== null && "code" in error;
}

/** The machine's name is in it because a cache can be shared by containers, whose process ids mean nothing outside. */
const partialPrefix = `.partial-${hostname()}-`;
