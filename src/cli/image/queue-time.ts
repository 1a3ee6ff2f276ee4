import * as z from "zod";
import { readDefinition } from "../../azure-devops/definitions";
import { projectUrlOf } from "../../azure-devops/project-url";
import { ask, type ProjectApi, RefusedError } from "../../azure-devops/rest";
import { UserError } from "../../common/errors";
import { sameName } from "../../common/same-name";

const build = z.object({ parameters: z.string().nullish() });
const parameters = z.record(z.string(), z.unknown());

/** Any run may have it: it makes the log longer. */
const always = "system.debug";

/**
 * Makes sure that who queued the run set no variables but those that its definition says may be set. Azure DevOps itself
 * refuses the others only while the organization, or the project, limits variables that can be set at queue time:
 * https://learn.microsoft.com/azure/devops/pipelines/security/inputs
 *
 * @param variables the run's, with its token as SYSTEM_ACCESSTOKEN
 * @returns what is said where it cannot be told
 * @throws UserError that names the variables
 */
export async function requireSettable(variables: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { SYSTEM_ACCESSTOKEN: token, SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECTID: project } = variables;
  const [run, definition] = [variables.BUILD_BUILDID, variables.SYSTEM_DEFINITIONID].map(Number);
  if (!token || !collection || !project || !run || !definition) {
    return "the step has no SYSTEM_ACCESSTOKEN: which variables were set at queue time is not checked";
  }
  const api: ProjectApi = { projectUrl: projectUrlOf(collection, project), token };
  const read = Promise.all([ask(api, `build/builds/${run}`, build), readDefinition(api, definition)]);
  const answer = await read.catch((error: unknown) => {
    if (error instanceof RefusedError) return error;
    throw error;
  });
  if (answer instanceof RefusedError) {
    return `the run's token may not read its definition (${answer.message}): which variables were set at queue time is not checked`;
  }
  const [queued, found] = answer;
  const set = Object.keys(parameters.parse(JSON.parse(queued.parameters || "{}")));
  const settable = Object.entries(found?.variables ?? {}).flatMap(([name, { allowOverride }]) =>
    allowOverride ? [name] : [],
  );
  const refused = set.filter((name) => ![...settable, always].some((each) => sameName(each, name)));
  if (refused.length === 0) return undefined;
  throw new UserError(
    `the run was queued with ${refused.join(", ")}, which its definition does not let a run set. Queue it without; and limit ` +
      "variables that can be set at queue time in the organization's settings (Pipelines, Settings).",
  );
}
