import { existsSync, linkSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { types } from "node:util";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";
import { readStateFile } from "../state/state-file";
import { isRunning, type ProcessRecord, processRecordForm } from "./process";

/**
 * Runs one command at a time on a local cloud. The lock file names its holder by process id and start time, so that
 * what a killed command left behind holds nobody up.
 * @throws UserError when another command is at work on it.
 */
export async function withLock<T>(file: string, command: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  acquire(file, command);
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
    removeIfEmpty(dirname(file));
  }
}

/** The file appears with its content in one step (a hard link fails when there is one), so nobody reads half of it. */
function acquire(file: string, command: string): void {
  const own = `${file}-${process.pid}`;
  const holder: ProcessRecord = { name: command, pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 };
  writeFileSync(own, JSON.stringify(holder));
  try {
    removeStale(file, own);
    linkSync(own, file);
  } catch (error) {
    const code = types.isNativeError(error) && "code" in error ? error.code : undefined;
    if (code !== "EEXIST" && code !== "ENOENT") throw error; // ENOENT: another command took the stale one away first
    const other = readHolder(file);
    throw new UserError(
      `\`${other?.name ?? "another command"}\`${other ? ` (process ${other.pid})` : ""} is already working on the local cloud in ` +
        `${dirname(file)}. Wait until it is done and try again.`,
    );
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead holder's file away, which only one of several can do; a live one's goes back if it got there meanwhile. */
function removeStale(file: string, own: string): void {
  const holder = readHolder(file);
  if (holder === undefined || isRunning(holder)) return;
  const moved = `${own}-stale`;
  renameSync(file, moved);
  const stale = readHolder(moved);
  if (stale !== undefined && isRunning(stale)) renameSync(moved, file);
  else rmSync(moved);
}

/** Who holds the lock; undefined when nobody does, or no longer. */
function readHolder(file: string): ProcessRecord | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return readStateFile(file, processRecordForm, "If no command is at work on the local cloud, remove the file.");
  } catch (error) {
    if (existsSync(file)) throw error;
    return undefined; // given back between the two
  }
}

/** A command that was refused leaves no directory behind that was not there before. */
function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // it is in use, which is the ordinary case
  }
}
