import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../src/common/errors";
import { startTimeOf } from "../../src/common/start-time";
import { isRunning, type ProcessRecord } from "./process";

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
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EEXIST" && code !== "ENOENT") throw error; // ENOENT: another command took the stale one away first
    const other = readHolder(file);
    throw new UserError(
      `\`${other?.name ?? "another command"}\`${other ? ` (process ${other.pid})` : ""} is at work on the local cloud in ` +
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

function readHolder(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessRecord;
  } catch {
    return undefined; // nobody holds it, or no longer
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
