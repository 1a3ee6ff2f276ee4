import { readFileSync } from "node:fs";
import { useNode } from "../tools/node";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  versionSource: { default: "spec", values: ["spec", "fromFile"] },
  versionSpec: { default: "6.x" },
  versionFilePath: {},
  checkLatest: { default: false },
} satisfies TaskInputs;

/**
 * NodeTool@0 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/node-tool-v0), with the releases of Node
 * that are on npm.
 */
export const nodeTool: Task = { name: "NodeTool", version: 0, inputs, run };

function run(step: TaskStep<keyof typeof inputs>): Promise<void> {
  const { input, isOn, workspace } = step;
  const isSpec = input("versionSource") === "spec";
  const path = input("versionFilePath");
  if (!isSpec && path === "") throw new Error("Input required: versionFilePath");
  const spec = isSpec ? input("versionSpec") : readFileSync(workspace.hostPath(path), "utf8");
  return useNode(step, spec, isOn("checkLatest"));
}
