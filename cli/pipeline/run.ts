import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import type { Build } from "azure-devops-node-api/interfaces/BuildInterfaces";
import type { ITestApi } from "azure-devops-node-api/TestApi";
import { z } from "zod";
import { UserError } from "../../toolchain/errors";
import { accessTokenOf } from "../azure-devops";
import type { StackOutputs } from "../far-side";

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
  const token = accessTokenOf(env);
  // The pipeline's page: {organization}/{project}/_build?definitionId={id}
  const [, organization, project] = /^(.+)\/([^/]+)\/_build\?/.exec(url) ?? [];
  if (organization === undefined || project === undefined) {
    throw new UserError(`the stack's output url of the pipeline ${name} is ${url}, which is not a pipeline's page.`);
  }
  const azureDevOps = new WebApi(organization, getPersonalAccessTokenHandler(token));
  const pipeline = { project: decodeURIComponent(project), definitionId: Number(id), name };
  return explained(`finding the pipeline ${name} at ${url}`, async () => {
    const api = await azureDevOps.getBuildApi();
    const definition = await api.getDefinition(pipeline.project, pipeline.definitionId);
    if (definition?.id === pipeline.definitionId) return { api, tests: () => azureDevOps.getTestApi(), ...pipeline };
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
  return explained(`queueing a run of ${name}`, () => api.queueBuild(build, project));
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

const refusal = z.object({
  customProperties: z.object({ ValidationResults: z.array(z.object({ message: z.string() })) }),
});

async function explained<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError(`${doing} failed: ${reasonOf(error, "Build (read & execute)")}`);
  }
}

/**
 * Why Azure DevOps did not do something: it says beside its message what is wrong.
 *
 * @param scope that the access token needs for it
 */
export function reasonOf(error: Error, scope: string): string {
  const found = refusal.safeParse("result" in error ? error.result : undefined);
  if (found.success) {
    const messages = found.data.customProperties.ValidationResults.map(({ message }) => message);
    return [error.message, ...messages].join("\n  ");
  }
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status === 401 || status === 403 || status === 203) {
    return `${error.message || status}. The access token (AZDO_PERSONAL_ACCESS_TOKEN) is wrong, is out of date or lacks the scope ${scope}.`;
  }
  if (status !== undefined) return error.message;
  return `${"code" in error ? error.code : ""} ${error.message}`.trim();
}
