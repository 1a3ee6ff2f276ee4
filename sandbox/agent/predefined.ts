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
  const { definition, project, repository, branch } = context;
  const collection = `${context.organizationUrl.replace(/\/+$/, "")}/`;
  return {
    ...(workspace && pathsOf(workspace)),
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
    "Build.BuildId": `${context.id}`,
    "Build.BuildNumber": context.number,
    "Build.BuildUri": `vstfs:///Build/Build/${context.id}`,
    "Build.DefinitionName": definition.name,
    "Build.DefinitionFolderPath": definition.path,
    "Build.Reason": "Manual",
    "Build.Repository.ID": repository.id,
    "Build.Repository.Name": repository.name,
    "Build.Repository.Provider": repository.provider,
    "Build.Repository.Uri": repository.url,
    "Build.SourceBranch": branch,
    "Build.SourceBranchName": branch.split("/").at(-1) ?? branch,
    "Build.SourceVersion": context.version,
    "System.CollectionUri": collection,
    "System.DefinitionId": `${definition.id}`,
    "System.DefinitionName": definition.name,
    "System.HostType": "build",
    "System.TeamFoundationCollectionUri": collection,
    "System.TeamProject": project.name,
    "System.TeamProjectId": project.id,
    TF_BUILD: "True",
  };
}

function pathsOf({ inside, paths }: Workspace): Record<string, string> {
  return {
    "Agent.BuildDirectory": paths.workspace,
    "Agent.TempDirectory": paths.temporary,
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
