import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { z } from "zod";
import { UserError } from "../../toolchain/errors";
import { accessTokenOf } from "../azure-devops";
import { reasonOf } from "../pipeline/run";
import type { BaseStack } from "./base-stack";

/**
 * The branches that the repository has, asked of Azure Repos or GitHub themselves: a clone may know less, or more.
 *
 * @throws UserError if they cannot be read, or the default branch is not among them: then it is not the repository that is meant
 */
export async function repositoryBranches(base: BaseStack, env: NodeJS.ProcessEnv): Promise<Set<string>> {
  const { repository } = base;
  const names = new Set(
    repository.kind === "azureRepos" ? await azureReposBranches(base, env) : await gitHubBranches(repository.name, env),
  );
  if (names.has(repository.defaultBranch)) return names;
  throw new UserError(
    `the repository ${repository.name} has no branch ${repository.defaultBranch}, which the base stack ${base.name} ` +
      "has as its default branch: nothing is concluded from what it lacks.",
  );
}

async function azureReposBranches(base: BaseStack, env: NodeJS.ProcessEnv): Promise<string[]> {
  const { organizationUrl, project, repository } = base;
  const azureDevOps = new WebApi(organizationUrl, getPersonalAccessTokenHandler(accessTokenOf(env)));
  try {
    const git = await azureDevOps.getGitApi();
    const refs = await git.getRefs(repository.name, project, "heads/");
    if (refs === null) throw new Error("there is no such repository");
    return refs.flatMap(({ name }) => name?.replace(/^refs\/heads\//, "") ?? []);
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error, "Code (read)") : String(error);
    throw new UserError(
      `the branches of ${repository.name} in ${organizationUrl}/${project} cannot be read: ${reason}`,
    );
  }
}

const gitHubPage = z.array(z.object({ name: z.string() }));

async function gitHubBranches(repository: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const api = (env.GITHUB_API_URL ?? "https://api.github.com").replace(/\/+$/, "");
  const names: string[] = [];
  for (let url: string | undefined = `${api}/repos/${repository}/branches?per_page=100`; url !== undefined; ) {
    const response: Response = await fetch(url, {
      headers: {
        accept: "application/vnd.github+json",
        ...(env.GITHUB_TOKEN && { authorization: `Bearer ${env.GITHUB_TOKEN}` }),
      },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      throw new UserError(
        `the branches of ${repository} on GitHub cannot be read: ${response.status} ${response.statusText}. ` +
          "GITHUB_TOKEN must be a token that may read the repository's contents.",
      );
    }
    names.push(...gitHubPage.parse(await response.json()).map(({ name }) => name));
    url = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  }
  return names;
}
