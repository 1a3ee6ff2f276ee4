import * as z from "zod";
import { UserError } from "../../common/errors";
import { tokenScopes } from "../../common/token-scopes";
import { azureDevOps, explained } from "../azure-devops";
import type { BaseStack } from "./base-stack";
import { gitHub } from "./repository-branches";

/**
 * What the base's repository is known by, however it is called: its GUID in Azure Repos, its number on GitHub. Another
 * repository that gets its name later has another one.
 *
 * @throws UserError if it cannot be read
 */
export async function repositoryId(base: BaseStack, env: NodeJS.ProcessEnv): Promise<string> {
  const { repository, organizationUrl, project } = base;
  const doing = `looking for the repository ${repository.name}`;
  if (repository.kind === "gitHub") {
    // https://docs.github.com/rest/repos/repos#get-a-repository
    const { id } = await gitHub(env).get(`/repos/${repository.name}`, z.object({ id: z.number() }), doing);
    return String(id);
  }
  const client = azureDevOps(organizationUrl, env);
  const found = await explained(doing, { scope: tokenScopes.code.name }, async () =>
    (await client.getGitApi()).getRepository(repository.name, project),
  );
  // The client has null where the service has 404.
  if (found?.id) return found.id;
  throw new UserError(
    `there is no repository ${repository.name} in ${organizationUrl}/${project}, or not for this access token.`,
  );
}
