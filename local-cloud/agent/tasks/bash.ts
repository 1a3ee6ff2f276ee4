import { runScript, scriptInputs } from "./script";
import type { Task } from "./task";

/**
 * The task that `bash:` is short for, with a script that stands in the pipeline:
 * https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/bash-v3
 */
export const bash: Task = {
  name: "Bash",
  version: 3,
  inputs: { targetType: { default: "filePath", values: ["inline"] }, ...scriptInputs },
  run: runScript,
};
