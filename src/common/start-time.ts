import { readFileSync } from "node:fs";

/**
 * When the kernel started a process, in clock ticks since boot: with the pid it names one process for good, since
 * another one that gets the same pid later has another time.
 *
 * @returns undefined if no such process runs; one that ended and waits for its parent (a zombie) does not, once all of
 *   its threads have ended: until then it has its files and ports
 */
export function startTimeOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // proc(5): field 2 is the command in parentheses and may itself hold spaces; 3 is the state, 20 the number of threads, 22
  // the start time.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" && Number(fields[17]) <= 1 ? undefined : Number(fields[19]);
}
