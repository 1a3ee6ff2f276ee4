import { posix } from "node:path";
import type { TaskStep } from "../tasks/task";

/** A version of a tool that is on this machine, ready for jobs. */
export interface Tool {
  /** As its folder among the tools is called: `node`, `Python`. */
  name: string;
  version: string;
  /** Its folder on this machine. */
  source: string;
}

/** The architecture of this machine, as the tools' folders have it. */
export const architecture = process.arch;

/** Puts a tool into the job's folder of tools. @returns its folder for steps */
export function provide({ workspace }: Pick<TaskStep<never>, "workspace">, { name, version, source }: Tool): string {
  const folder = posix.join(workspace.paths.tools, name, version, architecture);
  if (workspace.filesBelow(folder).length === 0) workspace.copyIn(source, folder);
  return folder;
}

/** Puts a folder first on the PATH of later steps, and says so as the tasks' library does. */
export function prepend({ log, prependPath }: Pick<TaskStep<never>, "log" | "prependPath">, folder: string): void {
  log.line(`Prepending PATH environment variable with directory: ${folder}`);
  prependPath(folder);
}
