import { readdirSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { requireArtifactName } from "../artifact-name";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  path: { aliases: ["targetPath"], default: "$(Pipeline.Workspace)" },
  artifactName: { aliases: ["artifact"] },
  artifactType: { aliases: ["publishLocation"], default: "pipeline", values: ["pipeline"] },
} satisfies TaskInputs;

/**
 * PublishPipelineArtifact@1 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-pipeline-artifact-v1),
 * which `publish:` is short for. It takes files of the work folder.
 */
export const publishPipelineArtifact: Task = { name: "PublishPipelineArtifact", version: 1, inputs, run };

function run({ input, workspace, log, artifacts, variables }: TaskStep<keyof typeof inputs>): void {
  const given = input("artifactName");
  log.line(given === "" ? "Artifact name was not inserted for publishing." : `Artifact name input: ${given}`);
  const path = workspace.insidePath(input("path"));
  const name = given || jobIdentifier(variables.get("System.StageName"), variables.get("System.JobName"));
  if (given !== "") requireArtifactName(given);
  if (!workspace.exists(path)) throw new Error(`Path does not exist: ${path}`);
  const isFolder = statSync(workspace.hostPath(path)).isDirectory();
  const names = isFolder ? readdirSync(workspace.hostPath(path)) : [posix.basename(path)];
  if (names.includes(".artifactignore")) {
    throw new Error(`The local cloud's PublishPipelineArtifact@1 does not know .artifactignore, and ${path} has one.`);
  }
  log.line(`Uploading pipeline artifact from ${path} for build #${variables.get("Build.BuildId")}`);
  const folder = artifacts.add(name);
  for (const each of names) workspace.copyOut(isFolder ? posix.join(path, each) : path, join(folder, each));
  log.line("Uploading pipeline artifact finished.");
}

/** What an artifact is called that has no name: the stage and the job, as the agent writes them. */
function jobIdentifier(stage: string | undefined, job: string | undefined): string {
  const parts = stage === undefined || stage === "__default" ? [job] : [stage, job];
  return parts.join(".").replaceAll(/[^a-zA-Z0-9 - .]/g, "");
}
