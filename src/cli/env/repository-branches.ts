import * as z from "zod";
import { projectUrlOf } from "../../azure-devops/project-url";
import { askForAll } from "../../azure-devops/rest";
import { UserError } from "../../common/errors";
import { tokenScopes } from "../../common/token-scopes";
import { accessTokenOf, explained } from "../azure-devops";
import type { BaseStack } from "./base-stack";
import { GitHubApi, publicGitHubApi } from "./github-api";

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
      "has as its default branch: without it, the list of branches cannot be trusted, and no branch counts as gone.",
  );
}

/**
 * Whether the repository has this branch, asked for it alone: in a list that comes in pages, a branch is missing if
 * another one was deleted between two of them.
 *
 * @throws UserError if it cannot be told
 */
export async function hasBranch(base: BaseStack, env: NodeJS.ProcessEnv, branch: string): Promise<boolean> {
  const { repository } = base;
  if (repository.kind === "azureRepos") return (await azureReposBranches(base, env, branch)).includes(branch);
  // https://docs.github.com/rest/git/refs#list-matching-references: all refs that begin so.
  const path = `/repos/${repository.name}/git/matching-refs/heads/${branch.split("/").map(encodeURIComponent).join("/")}`;
  const doing = `looking for the branch ${branch} of ${repository.name} on GitHub`;
  const found = await gitHub(env).list(path, z.object({ ref: z.string() }), doing);
  return found.some(({ ref }) => ref === `refs/heads/${branch}`);
}

async function azureReposBranches(base: BaseStack, env: NodeJS.ProcessEnv, prefix = ""): Promise<string[]> {
  const { organizationUrl, project, repository } = base;
  const query = new URLSearchParams({ filter: `heads/${prefix}` });
  const refs = await explained(
    `reading the branches of ${repository.name} in ${organizationUrl}/${project}`,
    { scope: tokenScopes.code.name },
    () =>
      // Microsoft's client can ask for no other page than the first.
      askForAll(
        { projectUrl: projectUrlOf(organizationUrl, project), token: accessTokenOf(env) },
        `git/repositories/${encodeURIComponent(repository.name)}/refs?${query}`,
        z.object({ value: z.array(z.object({ name: z.string() })) }),
      ),
  );
  return refs.map(({ name }) => name.replace(/^refs\/heads\//, ""));
}

async function gitHubBranches(repository: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const branch = z.object({ name: z.string() });
  const doing = `reading the branches of ${repository} on GitHub`;
  return (await gitHub(env).list(`/repos/${repository}/branches`, branch, doing)).map(({ name }) => name);
}

/** GitHub, signed in to read repositories. */
export function gitHub(env: NodeJS.ProcessEnv): GitHubApi {
  const apiUrl = env.GITHUB_API_URL || publicGitHubApi;
  return new GitHubApi({ apiUrl, token: env.GITHUB_TOKEN, purpose: "read the repository's contents" });
}
