import { UserError } from "../../../common/errors";
import { publicGitHubApi } from "../github-api";

/** A pull request, and what is needed to comment on it. */
export type PullRequest =
  | {
      service: "azureRepos";
      /** Of the organization or collection, for example `https://dev.azure.com/contoso`. */
      organizationUrl: string;
      /** Name or id. */
      project: string;
      /** Name or id. */
      repository: string;
      number: number;
      token: string;
    }
  | {
      service: "gitHub";
      /** Where the REST API is: `https://api.github.com`, or `https://{host}/api/v3` of GitHub Enterprise Server. */
      apiUrl: string;
      /** `owner/name`. */
      repository: string;
      number: number;
      token: string;
    };

/** A pull request that a person names, where no pipeline runs for it. */
export interface NamedPullRequest {
  service: PullRequest["service"];
  /** Of Azure DevOps. */
  organizationUrl: string;
  /** Of Azure DevOps. */
  project: string;
  repository: string;
  number: number;
}

const services: Partial<Record<string, PullRequest["service"]>> = {
  TfsGit: "azureRepos",
  GitHub: "gitHub",
  GitHubEnterprise: "gitHub",
};

/**
 * The pull request that is named, or that a pipeline runs for, by the run's predefined variables (learn.microsoft.com,
 * "Use predefined variables").
 *
 * @param env of the run. The token is in `SYSTEM_ACCESSTOKEN` or `AZDO_PERSONAL_ACCESS_TOKEN`, and for GitHub in
 *   `GITHUB_TOKEN`; `GITHUB_API_URL` is needed for GitHub Enterprise Server only.
 * @throws UserError if something is missing or not understood
 */
export function findPullRequest(env: NodeJS.ProcessEnv, named?: NamedPullRequest): PullRequest {
  const service = named?.service ?? serviceOf(read(env, "BUILD_REPOSITORY_PROVIDER"));
  const repository = named?.repository ?? required(env, "BUILD_REPOSITORY_ID", "the repository");
  return service === "azureRepos"
    ? {
        service,
        organizationUrl: named?.organizationUrl ?? required(env, "SYSTEM_COLLECTIONURI", "the organization"),
        project: named?.project ?? required(env, "SYSTEM_TEAMPROJECT", "the project"),
        repository,
        number: named?.number ?? numberIn(env, "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        token: azureDevOpsToken(env),
      }
    : {
        service,
        apiUrl: gitHubApi(env),
        repository: ownerAndName(repository),
        number: named?.number ?? numberIn(env, "SYSTEM_PULLREQUEST_PULLREQUESTNUMBER"),
        token: gitHubToken(env),
      };
}

function serviceOf(provider: string | undefined): PullRequest["service"] {
  if (provider === undefined) {
    throw new UserError(
      "the service of the pull request is not known: BUILD_REPOSITORY_PROVIDER is not set. Comment in a pipeline's run, or name the pull request with --pull-request.",
    );
  }
  const service = Object.hasOwn(services, provider) ? services[provider] : undefined;
  if (service !== undefined) return service;
  throw new UserError(
    `BUILD_REPOSITORY_PROVIDER is ${JSON.stringify(provider)}: comments can be written in Azure Repos (TfsGit) and GitHub (GitHub, GitHubEnterprise) only.`,
  );
}

function numberIn(env: NodeJS.ProcessEnv, variable: string): number {
  const text = read(env, variable);
  if (text === undefined) {
    throw new UserError(
      `the run is not for a pull request: ${variable} is not set. Comment in a pull request's run, or name it with --pull-request.`,
    );
  }
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UserError(`${variable} is ${JSON.stringify(text)}, which is not the number of a pull request.`);
}

function azureDevOpsToken(env: NodeJS.ProcessEnv): string {
  // A run's own first: in the infrastructure pipeline, the other is of an identity that may only read.
  const token = read(env, "SYSTEM_ACCESSTOKEN") ?? read(env, "AZDO_PERSONAL_ACCESS_TOKEN");
  if (token !== undefined) return token;
  throw new UserError(
    "there is no access token for Azure DevOps. In a pipeline, map SYSTEM_ACCESSTOKEN: $(System.AccessToken); elsewhere set AZDO_PERSONAL_ACCESS_TOKEN, with the scope Code (read & write).",
  );
}

function gitHubToken(env: NodeJS.ProcessEnv): string {
  const token = read(env, "GITHUB_TOKEN");
  if (token !== undefined) return token;
  throw new UserError(
    "there is no access token for GitHub. Set GITHUB_TOKEN, which may write pull requests of the repository; in a pipeline, map it from a secret variable. Runs for forks have none.",
  );
}

function gitHubApi(env: NodeJS.ProcessEnv): string {
  const url = read(env, "GITHUB_API_URL");
  if (url === undefined && read(env, "BUILD_REPOSITORY_PROVIDER") === "GitHubEnterprise") {
    throw new UserError(
      "GITHUB_API_URL is not set, and the repository is in GitHub Enterprise Server. Set it to https://{host}/api/v3.",
    );
  }
  return url ?? publicGitHubApi;
}

function ownerAndName(repository: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return repository;
  throw new UserError(
    `the repository ${JSON.stringify(repository)} (BUILD_REPOSITORY_ID) must be owner/name in GitHub.`,
  );
}

function required(env: NodeJS.ProcessEnv, variable: string, what: string): string {
  const value = read(env, variable);
  if (value !== undefined) return value;
  throw new UserError(
    `${what} is not known: ${variable} is not set. Comment in a pipeline's run, or name the pull request with --pull-request.`,
  );
}

/** A variable's value. Azure Pipelines leaves `$(name)` where there is no such variable. */
function read(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  return value === undefined || value === "" || /^\$\(.*\)$/.test(value) ? undefined : value;
}
