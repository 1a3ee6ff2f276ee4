import * as azuredevops from "@pulumi/azuredevops";
import { projectUrlOf } from "../azure-devops/project-url";
import { type LookupContext, nameOf, through } from "./context";
import { lookUp } from "./look-up";

/** Where the environment definition and the pipelines' YAML files are. */
export type RepositorySource =
  | {
      /** In the Azure DevOps project. */
      kind: "azureRepos";
      /** Name of the repository in the Azure DevOps project. */
      name: string;
      /** Its default branch. Default: `main`. */
      defaultBranch?: string;
    }
  | {
      /** On GitHub. */
      kind: "gitHub";
      /** `owner/name`, for example `contoso/diabetes_regression`. */
      name: string;
      /** Its default branch. Default: `main`. */
      defaultBranch?: string;
      /** Name of the project's GitHub service connection, through which Azure Pipelines reads the repository. */
      serviceConnection: string;
    };

/** A project and a repository that exist: what a pipeline definition needs to know of them. */
export interface PipelineSource {
  /** A GUID. */
  projectId: string;
  /** The project's page, for example `https://dev.azure.com/contoso/mlops`. */
  projectUrl: string;
  /** The repository's page, for example `https://dev.azure.com/contoso/mlops/_git/diabetes_regression`. */
  repositoryUrl: string;
  /** As a pipeline's definition has it. */
  repository: {
    /** The kind, in the words of Azure Pipelines. */
    repoType: "TfsGit" | "GitHub";
    /** GUID of the repository in Azure Repos; `owner/name` on GitHub. */
    repoId: string;
    /** Default branch. */
    branchName: string;
    /** The GitHub service connection. */
    serviceConnectionId?: string;
  };
}

/** The repository's default branch, without `refs/heads/`. */
export function defaultBranchOf({ repository }: Pick<PipelineSource, "repository">): string {
  return repository.branchName.replace(/^refs\/heads\//, "");
}

/**
 * Finds the Azure DevOps project and the repository. Both must exist: this program neither creates nor changes them.
 *
 * @param organizationUrl for example `https://dev.azure.com/contoso`
 * @throws UserError if one of them, or the GitHub service connection, does not exist
 */
export async function findPipelineSource(
  organizationUrl: string,
  project: string,
  repository: RepositorySource,
  context: LookupContext = {},
): Promise<PipelineSource> {
  const { id } = await lookUp(
    `the Azure DevOps project "${project}" in ${organizationUrl}`,
    nameOf(context, "project"),
    azuredevops.getProject({ name: project }, through(context, "azuredevops")),
  );
  return {
    projectId: id,
    projectUrl: projectUrlOf(organizationUrl, project),
    ...(await findRepository(id, project, repository, context)),
  };
}

async function findRepository(
  projectId: string,
  project: string,
  source: RepositorySource,
  context: LookupContext,
): Promise<Pick<PipelineSource, "repository" | "repositoryUrl">> {
  const branch = source.defaultBranch ?? "main";
  if (source.kind === "azureRepos") {
    const { id, webUrl } = await lookUp(
      `the repository "${source.name}" in the Azure DevOps project "${project}"`,
      nameOf(context, "repository.name"),
      azuredevops.getGitRepository({ projectId, name: source.name }, through(context, "azuredevops")),
    );
    return {
      repositoryUrl: webUrl,
      repository: { repoType: "TfsGit", repoId: id, branchName: `refs/heads/${branch}` },
    };
  }
  const { id } = await lookUp(
    `the GitHub service connection "${source.serviceConnection}" in the Azure DevOps project "${project}"`,
    nameOf(context, "repository.serviceConnection"),
    azuredevops.getServiceEndpointGithub(
      { projectId, serviceEndpointName: source.serviceConnection },
      through(context, "azuredevops"),
    ),
  );
  return {
    repositoryUrl: `https://github.com/${source.name}`,
    repository: { repoType: "GitHub", repoId: source.name, branchName: branch, serviceConnectionId: id },
  };
}
