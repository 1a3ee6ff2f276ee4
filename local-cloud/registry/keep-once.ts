import { existsSync, linkSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isNodeError } from "../toolchain/cache";
import { blobFile } from "./repository-files";

/**
 * Keeps a blob on the disk once that a local cloud has several times: its registries have it in files, and so has BuildKit
 * of what it has pulled or pushed.
 *
 * @param directory the local cloud's
 * @param storage of the registry that it was pushed to
 */
export function keepBlobOnce(directory: string, storage: string, digest: string): void {
  const buildkit = join(directory, "buildkit");
  const workers = existsSync(buildkit) ? readdirSync(buildkit).filter((name) => name.startsWith("runc-")) : [];
  const hash = digest.slice("sha256:".length);
  keepOnce([
    blobFile(join(directory, "public-registry"), digest),
    ...workers.map((name) => join(buildkit, name, "content/blobs/sha256", hash)),
    blobFile(storage, digest),
  ]);
}

/**
 * Makes files of the same content hard links of the first of them that is there. They must never be written again, as those
 * that are named after their content. What is on another file system stays a copy.
 */
export function keepOnce(files: string[]): void {
  const [kept, ...others] = files.flatMap((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found === undefined ? [] : [{ file, ino: found.ino, size: found.size }];
  });
  if (kept === undefined) return;
  for (const { file, ino, size } of others) {
    if (ino !== kept.ino && size === kept.size) replaceByLink(file, kept.file);
  }
}

/** In one step: whoever reads it meanwhile reads the same. */
function replaceByLink(file: string, target: string): void {
  const next = `${file}.link-${process.pid}`;
  try {
    linkSync(target, next);
    renameSync(next, file);
  } catch (error) {
    // Another file system, more links than it allows, or what was deleted in this moment.
    if (!isNodeError(error)) throw error;
    rmSync(next, { force: true });
  }
}
