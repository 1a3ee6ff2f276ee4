import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { writeInOneStep } from "../../src/common/files";
import { readStateFile } from "../state/state-file";
import { isRunning, type ProcessRecord, processRecordForm, stopProcess } from "./process";

/** The name of the process that owns all the others; its record is the first. */
export const supervisorName = "supervisor";

/** What a local cloud has started and not ended yet, as far as is known: a process may have died. */
const processListForm = z.strictObject({
  /** Whether every service answered at its start. */
  ready: z.boolean(),
  processes: z.array(processRecordForm),
});

export type ProcessList = z.output<typeof processListForm>;

/**
 * The list of a local cloud, empty when it does not run.
 * @throws UserError when the file is no such list.
 */
export function readProcesses(file: string): ProcessList {
  if (!existsSync(file)) return { ready: false, processes: [] };
  return readStateFile(
    file,
    processListForm,
    "It says which processes the local cloud has started: end those that still run (they have the local cloud's " +
      "directory in their arguments), then remove the file.",
  );
}

/** Replaces the list in one step. */
export function writeProcesses(file: string, list: ProcessList): void {
  mkdirSync(dirname(file), { recursive: true });
  writeInOneStep(file, `${JSON.stringify(list, null, 2)}\n`);
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
