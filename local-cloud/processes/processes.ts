import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isRunning, type ProcessRecord, stopProcess } from "./process";

/** The name of the process that owns all the others; its record is the first. */
export const supervisorName = "supervisor";

/** What a local cloud has started and not ended yet, as far as is known: a process may have died. */
export interface ProcessList {
  /** Whether every service answered at its start. */
  ready: boolean;
  processes: ProcessRecord[];
}

/** The list of a local cloud, empty when it does not run. */
export function readProcesses(file: string): ProcessList {
  if (!existsSync(file)) return { ready: false, processes: [] };
  return JSON.parse(readFileSync(file, "utf8")) as ProcessList;
}

/** Replaces the list in one step. */
export function writeProcesses(file: string, list: ProcessList): void {
  mkdirSync(dirname(file), { recursive: true });
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(list, null, 2)}\n`);
  renameSync(next, file);
}

/**
 * Ends the recorded processes and no others: the supervisor first, which ends its own in good order, then those that
 * are still there because it could not.
 * @returns the records of those that ran.
 */
export async function stopProcesses(file: string): Promise<ProcessRecord[]> {
  const ran = readProcesses(file).processes.filter(isRunning);
  for (const record of ran) await stopProcess(record);
  rmSync(file, { force: true });
  return ran;
}
