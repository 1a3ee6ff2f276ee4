import type { PlanJob, PlanStage } from "../pipelines/plan";
import type { RunContext } from "./run";
import type { Workspace } from "./workspace";

/**
 * The variables that a job has without setting them, as far as pipelines use them
 * (https://learn.microsoft.com/azure/devops/pipelines/build/variables). Paths are those that steps see.
 *
 * @param workspace where the job's files are; undefined while its work folder is not there yet
 */
export function predefinedVariables(
  context: RunContext,
  stage: PlanStage | undefined,
  job: PlanJob | undefined,
  workspace: Workspace | undefined,
): Record<string, string> {
  const { definition } = context;
  return {
    ...runVariables(context),
    ...(workspace && predefinedPaths(workspace)),
    ...(stage && { "System.StageName": stage.name, "System.StageDisplayName": stage.displayName }),
    ...(job && {
      "System.JobName": job.name,
      "System.JobDisplayName": job.displayName,
      "System.PhaseName": job.name,
      "System.PhaseDisplayName": job.displayName,
      "Agent.JobName": job.displayName,
    }),
    "Agent.Id": "1",
    "Agent.MachineName": "local-cloud",
    "Agent.Name": "Local cloud",
    "Agent.OS": "Linux",
    "Agent.OSArchitecture": process.arch === "arm64" ? "ARM64" : "X64",
    "Build.BuildNumber": context.number,
    "Build.BuildUri": `vstfs:///Build/Build/${context.id}`,
    "Build.DefinitionFolderPath": definition.path,
    "System.DefinitionName": definition.name,
    "System.HostType": "build",
    TF_BUILD: "True",
  };
}

/** What is known of a run before any job of it. */
export interface KnownRun
  extends Pick<RunContext, "id" | "started" | "organizationUrl" | "project" | "branch" | "version"> {
  definition: { id: number; name: string };
  repository: { id: string; name: string; url: string; provider: string };
}

/** The variables that every part of a run has alike, template expressions included. */
export function runVariables(run: KnownRun): Record<string, string> {
  const { id, definition, project, repository, branch } = run;
  const collection = `${run.organizationUrl.replace(/\/+$/, "")}/`;
  return {
    "Build.BuildId": String(id),
    "Build.DefinitionName": definition.name,
    ...run.started,
    "Build.Repository.ID": repository.id,
    "Build.Repository.Name": repository.name,
    "Build.Repository.Provider": repository.provider,
    "Build.Repository.Uri": repository.url,
    "Build.SourceBranch": branch,
    "Build.SourceBranchName": branch.split("/").at(-1) ?? branch,
    "Build.SourceVersion": run.version,
    "System.CollectionUri": collection,
    "System.DefinitionId": String(definition.id),
    "System.TeamFoundationCollectionUri": collection,
    "System.TeamProject": project.name,
    "System.TeamProjectId": project.id,
  };
}

/** Those that are paths, which steps see. */
export function predefinedPaths({ inside, paths }: Workspace): Record<string, string> {
  return {
    "Agent.BuildDirectory": paths.workspace,
    "Agent.TempDirectory": paths.temporary,
    "Agent.ToolsDirectory": paths.tools,
    "Agent.WorkFolder": inside,
    "Build.ArtifactStagingDirectory": paths.staging,
    "Build.BinariesDirectory": paths.binaries,
    "Build.Repository.LocalPath": paths.sources,
    "Build.SourcesDirectory": paths.sources,
    "Build.StagingDirectory": paths.staging,
    "Common.TestResultsDirectory": paths.testResults,
    "Pipeline.Workspace": paths.workspace,
    "System.ArtifactsDirectory": paths.staging,
    "System.DefaultWorkingDirectory": paths.sources,
  };
}
