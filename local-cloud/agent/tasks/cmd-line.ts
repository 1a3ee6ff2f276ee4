import { runScript, scriptInputs } from "./script";
import type { Task } from "./task";

/**
 * The task that `script:` is short for, with bash as on every agent with Linux:
 * https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/cmd-line-v2
 */
export const cmdLine: Task = { name: "CmdLine", version: 2, inputs: scriptInputs, run: runScript };
