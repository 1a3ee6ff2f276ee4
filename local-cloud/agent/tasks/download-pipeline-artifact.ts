import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { minimatch } from "minimatch";
import { requireArtifactName } from "../artifact-name";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  source: { aliases: ["buildType"], default: "current", values: ["current"] },
  artifact: { aliases: ["artifactName"] },
  patterns: { aliases: ["itemPattern"], default: "**" },
  path: { aliases: ["targetPath", "downloadPath"], default: "$(Pipeline.Workspace)" },
} satisfies TaskInputs;

/**
 * DownloadPipelineArtifact@2
 * (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/download-pipeline-artifact-v2), which `download:` is
 * short for: the artifacts of the run itself, into the work folder. One artifact's files go into the path, those of all
 * into a folder each.
 */
export const downloadPipelineArtifact: Task = { name: "DownloadPipelineArtifact", version: 2, inputs, run };

function run({ input, workspace, log, artifacts, variables }: TaskStep<keyof typeof inputs>): void {
  const name = input("artifact");
  if (name !== "") requireArtifactName(name);
  const build = variables.get("Build.BuildId");
  if (name !== "" && artifacts.folderOf(name) === undefined) {
    throw new Error(`Artifact ${name} was not found for build ${build}.`);
  }
  const target = workspace.insidePath(input("path"));
  log.line(`Download artifact to: ${target}`);
  const patterns = input("patterns")
    .split("\n")
    .flatMap((line) => line.trim() || []);
  for (const artifact of name === "" ? artifacts.names() : [name]) {
    const folder = artifacts.folderOf(artifact) ?? "";
    for (const file of filesIn(folder)) {
      // Where all are downloaded, patterns begin with the artifact's name.
      const shown = name === "" ? posix.join(artifact, file) : file;
      if (isWanted(shown, patterns)) workspace.copyIn(join(folder, file), posix.join(target, shown));
    }
  }
  log.line("Download artifact finished.");
}

function filesIn(folder: string, below = ""): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    return entry.isDirectory() ? filesIn(folder, path) : [path];
  });
}

/** Whether one pattern takes it, and none that begins with `!` leaves it out. */
function isWanted(file: string, patterns: string[]): boolean {
  const matches = (pattern: string) => minimatch(file, pattern, { dot: true, nobrace: true, nonegate: true });
  const [left, taken] = [true, false].map((out) => patterns.filter((pattern) => pattern.startsWith("!") === out));
  return (taken ?? []).some(matches) && !(left ?? []).some((pattern) => matches(pattern.slice(1)));
}
