import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Unmounts what is mounted below a directory: a BuildKit that was killed can leave a build's file systems behind. */
export function unmountBelow(directory: string): void {
  for (const point of mountsBelow(readFileSync("/proc/self/mountinfo", "utf8"), directory)) {
    execFileSync("umount", [point]);
  }
}

/**
 * The mount points below a directory, innermost first, out of a table in the format of `/proc/self/mountinfo`
 * (proc(5)): the mount point is the fifth field, its spaces and the like written as octal escapes.
 */
export function mountsBelow(table: string, directory: string): string[] {
  return table
    .split("\n")
    .map((line) =>
      (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((point) => point.startsWith(`${directory}/`))
    .reverse();
}
