import {
  chmodSync,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { agentUser } from "./containers/machine";

/**
 * Copies a file, a link or a folder, over what is there, and gives all of it to the agent's user. What is written goes
 * through no link: those that are in the way are replaced.
 *
 * @param target in a folder that is there
 */
export function copyTree(source: string, target: string): void {
  const found = lstatSync(source);
  const there = lstatSync(target, { throwIfNoEntry: false });
  if (there !== undefined && !(found.isDirectory() && there.isDirectory())) {
    rmSync(target, { recursive: true });
  }
  if (found.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
  else if (found.isDirectory()) copyFolder(source, target, found, there);
  else {
    copyFileSync(source, target);
    chmodSync(target, found.mode & 0o777);
  }
  lchownSync(target, agentUser.uid, agentUser.gid);
}

function copyFolder(source: string, target: string, { mode }: Stats, there: Stats | undefined): void {
  if (!there?.isDirectory()) mkdirSync(target);
  chmodSync(target, mode & 0o777);
  for (const name of readdirSync(source)) copyTree(join(source, name), join(target, name));
}
