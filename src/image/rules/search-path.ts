import type { File, FileTree } from "../file-tree";

/** A program that was found. */
export interface Program {
  /** The folder as `PATH` names it. */
  folder: string;
  /** The name in that folder. */
  path: string;
  /** Where that leads, through all links. */
  target: string;
  file: File;
  /** Whether every user may run it, and not only root: folders on the way may be closed to others. */
  forEverybody: boolean;
}

const anybodyMayExecute = 0o111;
const everybodyMayExecute = 0o001;

/**
 * The folders of a `PATH`. Relative ones are left out: they would be in whatever folder a step is in.
 */
export function foldersOf(path: string): string[] {
  return path.split(":").filter((folder) => folder.startsWith("/"));
}

/** Every program of a name in the folders of a `PATH`, in their order. */
export function findPrograms(files: FileTree, path: string, name: string): Program[] {
  return foldersOf(path).flatMap((folder) => {
    const found = programAt(files, folder, name);
    return found ? [found] : [];
  });
}

/** The program of a name in a folder, or undefined if nobody could run it. */
export function programAt(files: FileTree, folder: string, name: string): Program | undefined {
  const path = `${folder.replace(/\/+$/, "")}/${name}`;
  const found = files.resolve(path);
  if (found?.node.kind !== "file" || (found.node.mode & anybodyMayExecute) === 0) return undefined;
  const forEverybody = found.open && (found.node.mode & everybodyMayExecute) !== 0;
  return { folder, path, target: found.path, file: found.node, forEverybody };
}
