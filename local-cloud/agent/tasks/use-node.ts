import { useNode as put } from "../tools/node";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = { version: { default: "10.x" }, checkLatest: { default: false } } satisfies TaskInputs;

/** UseNode@1 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/use-node-v1), as NodeTool@0 does it. */
export const useNode: Task = {
  ...{ name: "UseNode", version: 1, inputs },
  run: (step: TaskStep<keyof typeof inputs>) => put(step, step.input("version"), step.isOn("checkLatest")),
};
