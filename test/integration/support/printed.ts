import type { ChildProcessWithoutNullStreams } from "node:child_process";

/** What a process has printed so far. It grows while the process runs. */
export interface Printed {
  stdout: string;
  stderr: string;
}

/** Collects what a process prints. */
export function printedBy(child: ChildProcessWithoutNullStreams): Printed {
  const printed: Printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (text) => {
      printed[name] += text;
    });
  }
  return printed;
}

/** The same process with what it has said so far: standard output and standard error, in the order in which they came. */
export function talking<Child extends ChildProcessWithoutNullStreams>(child: Child): Child & { said: string } {
  const result = Object.assign(child, { said: "" });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      result.said += text;
    });
  }
  return result;
}
