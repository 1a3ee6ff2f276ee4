import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import type { Build } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ITestApi } from "azure-devops-node-api/TestApi";
import * as z from "zod";
import { UserError } from "../../common/errors";
import type { StackOutputs } from "../../common/outputs";
import { azureDevOps, buildNeeds, explained } from "../azure-devops";

/** A pipeline of the stack, and the API that runs it. */
export interface Pipeline {
  api: IBuildApi;
  tests: () => Promise<ITestApi>;
  project: string;
  definitionId: number;
  name: string;
}

/** What a run gets besides the pipeline's own settings. */
export interface RunOptions {
  /** Default: the pipeline's default branch. */
  branch?: string;
  variables: Record<string, string>;
}

/**
 * Finds a pipeline of the stack in Azure DevOps.
 *
 * @throws UserError if there is no access token, or no such pipeline for it
 */
export async function findPipeline(
  { id, name, url }: StackOutputs["imageBuildPipeline"],
  env: NodeJS.ProcessEnv,
): Promise<Pipeline> {
  // The pipeline's page: {organization}/{project}/_build?definitionId={id}
  const [, organization, project] = /^(.+)\/([^/]+)\/_build\?/.exec(url) ?? [];
  if (organization === undefined || project === undefined) {
    throw new UserError(`the stack's output url of the pipeline ${name} is ${url}, which is not a pipeline's page.`);
  }
  const client = azureDevOps(organization, env);
  const pipeline = { project: decodeURIComponent(project), definitionId: Number(id), name };
  return explained(`finding the pipeline ${name} at ${url}`, buildNeeds, async () => {
    const api = await client.getBuildApi();
    const definition = await api.getDefinition(pipeline.project, pipeline.definitionId);
    if (definition?.id === pipeline.definitionId) return { api, tests: () => client.getTestApi(), ...pipeline };
    throw new UserError(`the pipeline ${name} (${url}) is not in Azure DevOps. \`pulumi up\` makes it again.`);
  });
}

/**
 * Queues a run.
 *
 * @throws UserError with all that Azure DevOps has against it
 */
export function queueRun(
  { api, project, definitionId, name }: Pipeline,
  { branch, variables }: RunOptions,
): Promise<Build> {
  const build: Build = {
    definition: { id: definitionId },
    ...(branch === undefined ? {} : { sourceBranch: branch.startsWith("refs/") ? branch : `refs/heads/${branch}` }),
    ...(Object.keys(variables).length === 0 ? {} : { parameters: JSON.stringify(variables) }),
  };
  return explained(`queueing a run of ${name}`, buildNeeds, () => api.queueBuild(build, project));
}

/** The page of a run. */
export function pageOf({ _links, url }: Build): string {
  const links = z.object({ web: z.object({ href: z.string() }) }).safeParse(_links);
  return links.success ? links.data.web.href : (url ?? "");
}

/** What is wrong with a run as such, not with one of its steps. */
export function problemsOf({ validationResults = [] }: Build): string[] {
  return validationResults.flatMap(({ message }) => message ?? []);
}
