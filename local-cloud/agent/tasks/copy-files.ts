import { lstatSync } from "node:fs";
import { posix } from "node:path";
import { findFiles } from "../test-results/find";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  SourceFolder: {},
  Contents: { default: "**" },
  TargetFolder: { required: true },
  CleanTargetFolder: { default: false },
  OverWrite: { default: false },
  flattenFolders: { default: false },
} satisfies TaskInputs;

/**
 * CopyFiles@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/copy-files-v2), within the work folder.
 */
export const copyFiles: Task = { name: "CopyFiles", version: 2, inputs, run };

function run({ input, isOn, workspace, log }: TaskStep<keyof typeof inputs>): void {
  const source = workspace.insidePath(input("SourceFolder"));
  const target = workspace.insidePath(input("TargetFolder"));
  if (statOf(source) === undefined) throw new Error(`Not found SourceFolder: ${source}`);
  const patterns = input("Contents")
    .split(/\r?\n/)
    .flatMap((line) => line.trim() || []);
  const files = findFiles(workspace, source, patterns);
  log.line(`found ${files.length} files`);
  if (files.length === 0) return;
  if (isOn("CleanTargetFolder")) {
    log.line(`Cleaning target folder: ${target}`);
    workspace.empty(target);
  }
  for (const file of files) {
    const name = isOn("flattenFolders") ? posix.basename(file) : posix.relative(source, file);
    const path = posix.join(target, name);
    const there = statOf(path);
    if (there?.isDirectory()) {
      throw new Error(`Unable to copy file ${file} to ${path}. The target path already exists as a directory.`);
    }
    if (there !== undefined && !isOn("OverWrite")) {
      log.line(`File ${file} already exist at ${path}`);
      continue;
    }
    log.line(`Copying ${file} to ${path}`);
    // What a link leads to, as the task does it.
    workspace.copyIn(workspace.hostPath(file), path);
  }

  function statOf(path: string) {
    return workspace.exists(path) ? lstatSync(workspace.hostPath(path)) : undefined;
  }
}
