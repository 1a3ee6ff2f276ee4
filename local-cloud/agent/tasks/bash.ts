import { statSync } from "node:fs";
import { sameText } from "./inputs";
import { runBash, runScript, scriptInputs } from "./script";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  ...scriptInputs,
  targetType: { default: "filePath", values: ["filePath", "inline"] },
  filePath: {},
  arguments: {},
  script: { verbatim: true },
} satisfies TaskInputs;

/**
 * Bash@3 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/bash-v3), which `bash:` is short for. A
 * file is one of the work folder.
 */
export const bash: Task = { name: "Bash", version: 3, inputs, run };

function run(step: TaskStep<keyof typeof inputs>): Promise<void> {
  const { input, workspace, log } = step;
  if (!sameText(input("targetType"), "filePath")) return runScript(step);
  const path = input("filePath");
  if (path === "") throw new Error("Input required: filePath");
  const inside = workspace.insidePath(path);
  if (!statSync(workspace.hostPath(path)).isFile()) throw new Error(`Invalid file path '${inside}'.`);
  const contents = `exec bash '${inside.replaceAll("'", "'\\''")}' ${input("arguments")}`.trim();
  log.line(`Formatted command: ${contents}`);
  return runBash(step, contents);
}
