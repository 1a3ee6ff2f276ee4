import type { BuildDefinition } from "azure-devops-node-api/interfaces/BuildInterfaces";
import * as z from "zod";
import { projectUrlOf } from "../../azure-devops/project-url";
import { tokenScopes } from "../../common/token-scopes";
import { branchControlName } from "../../rules/branch-control";
import { azureDevOps, explained } from "../azure-devops";
import { someAtOnce } from "../env/at-once";
import type { Context } from "../env/context";
import { releaseRuns } from "../env/release-runs";
import { definitionType, type State, type StateResource } from "../env/state";

/** Pulumi's type of the service connection. */
export const connectionType = "azuredevops:index/serviceEndpointAzureEcr:ServiceEndpointAzureEcr";

const definitionInputs = z.object({
  projectId: z.string(),
  name: z.string(),
  path: z.string(),
  repository: z.object({ repoId: z.string(), ymlPath: z.string() }),
  variables: z.array(z.object({ name: z.string() })).default([]),
});
type DefinitionInputs = z.output<typeof definitionInputs>;

const connectionInputs = z.object({
  projectId: z.string(),
  serviceEndpointName: z.string(),
  credentials: z.object({ serviceprincipalid: z.string() }).optional(),
});

/** Pulumi's type of a branch control check. */
export const checkType = "azuredevops:index/checkBranchControl:CheckBranchControl";

export const checkInputs = z.object({
  projectId: z.string(),
  targetResourceType: z.string(),
  targetResourceId: z.string(),
  displayName: z.string(),
});

const checks = z.object({
  value: z.array(
    z.object({ id: z.number(), settings: z.looseObject({ displayName: z.string().optional() }).nullish() }),
  ),
});

/** What looking for service connections and what is on them, and deleting it, needs. */
export const connectionNeeds = {
  scope: [tokenScopes.build, tokenScopes.connections, tokenScopes.pipelineResources].map(({ name }) => name).join(", "),
  permission:
    "Whoever recovers a stack needs the rights of whoever deploys it: the groups Build Administrators, Endpoint " +
    "Administrators and Endpoint Creators of the project (docs/permissions.md).",
};

const permissions = z.object({ pipelines: z.array(z.object({ id: z.number() })).default([]) });

/**
 * Deletes what an operation of this stack has made in Azure DevOps without the stack knowing its id, so that the next
 * one can make it anew. What may be somebody else's is named, and left alone:
 *
 * - A service connection is this stack's if it signs in as the stack's own managed identity.
 * - A definition is if it is what would be created, was never changed, and may not use any service connection: the
 *   permission is given in the step that follows, by the id that never arrived.
 * - A branch control check is if it is called as the stack calls its own: on what is not the stack's own by its pipeline's
 *   name. One may also have been made a second time: Azure DevOps does not mind.
 *
 * @param planned what was begun, or would be created
 * @param isOwnName whether nobody else has definitions of these names, so that a use of them does not matter
 * @returns how many were deleted
 * @throws UserError if Azure DevOps refuses
 */
export async function deleteOrphans(
  context: Context,
  state: State,
  planned: StateResource[],
  isOwnName = false,
): Promise<number> {
  const { stacks, env, say } = context;
  const { organizationUrl } = stacks.base;
  const web = azureDevOps(organizationUrl, env);
  return explained("looking for what an operation has left", connectionNeeds, async () => {
    let deleted = 0;
    for (const { type, inputs } of planned) {
      if (type === definitionType) deleted += await deleteDefinitions(definitionInputs.parse(inputs));
      if (type === connectionType) deleted += await deleteConnection(connectionInputs.parse(inputs));
    }
    for (const { type, inputs } of [...planned, ...state.resources]) {
      // What it is on is not known where that is to be created as well.
      const wanted = type === checkType ? checkInputs.safeParse(inputs).data : undefined;
      if (wanted !== undefined) deleted += await deleteChecks(wanted);
    }
    return deleted;
  });

  async function deleteConnection(wanted: z.output<typeof connectionInputs>): Promise<number> {
    const { projectId, serviceEndpointName: name, credentials } = wanted;
    const api = await web.getServiceEndpointApi();
    const [found] = await api.getServiceEndpointsByNames(projectId, [name]);
    if (found?.id === undefined || state.ids.has(found.id)) return 0;
    const identity = credentials?.serviceprincipalid;
    if (identity === undefined || found.authorization?.parameters?.serviceprincipalid !== identity) {
      say(
        `There is a service connection ${name} (${found.id}) that does not sign in as this stack's identity: left alone.`,
      );
      return 0;
    }
    say(
      `The service connection ${name} (${found.id}) signs in as this stack's identity: deleted, and will be created again.`,
    );
    await api.deleteServiceEndpoint(found.id, [projectId]);
    return 1;
  }

  async function deleteChecks(wanted: z.output<typeof checkInputs>): Promise<number> {
    const { projectId, targetResourceType, targetResourceId, displayName } = wanted;
    if (displayName === branchControlName && !state.ids.has(targetResourceId)) return 0;
    const all = `${projectUrlOf(organizationUrl, projectId)}/_apis/pipelines/checks/configurations`;
    const version = "api-version=7.1-preview.1";
    const on = `resourceType=${targetResourceType}&resourceId=${targetResourceId}&$expand=settings`;
    const { value } = checks.parse((await web.rest.get(`${all}?${on}&${version}`)).result ?? { value: [] });
    const known = new Set(state.resources.flatMap(({ type, id }) => (type === checkType && id ? id : [])));
    const isOrphan = ({ id, settings }: (typeof value)[number]) =>
      settings?.displayName === displayName && !known.has(String(id));
    const orphans = value.filter(isOrphan);
    for (const { id } of orphans) {
      say(`The check "${displayName}" (${id}) is this stack's, which does not know it: deleted.`);
      await web.rest.del(`${all}/${id}?${version}`);
    }
    return orphans.length;
  }

  async function deleteDefinitions(wanted: DefinitionInputs): Promise<number> {
    const { projectId: project, name, path } = wanted;
    const api = await web.getBuildApi();
    let count = 0;
    for (const { id } of await api.getDefinitions(project, name)) {
      if (id === undefined || state.ids.has(String(id))) continue;
      const found = await api.getDefinition(project, id);
      if (found.name !== name || found.path !== path) continue;
      if (!isOwnName && (!isAsCreated(found, wanted) || (await mayUseConnection(project, id)))) {
        say(`There is a definition ${name} (${id}) that is in use, or not as this stack creates it: left alone.`);
        continue;
      }
      say(`The definition ${name} (${id}) was created by it: deleted, and will be created again.`);
      await releaseRuns(api, { project, id, name }, say);
      await api.deleteDefinition(project, id);
      count++;
    }
    return count;
  }

  async function mayUseConnection(project: string, definition: number): Promise<boolean> {
    const connections = await (await web.getServiceEndpointApi()).getServiceEndpoints(project);
    const isPermitted = await someAtOnce(
      connections,
      async ({ id }) => {
        const url = `${projectUrlOf(organizationUrl, project)}/_apis/pipelines/pipelinepermissions/endpoint/${id}?api-version=7.1-preview.1`;
        const { pipelines } = permissions.parse((await web.rest.get(url)).result);
        return pipelines.some((pipeline) => pipeline.id === definition);
      },
      // A project may have thousands.
      16,
    );
    return isPermitted.includes(true);
  }
}

/** The REST client's type of `process` does not say what there is in it. */
const yamlProcess = z.object({ yamlFilename: z.string() });

function isAsCreated({ revision, process, repository, variables = {} }: BuildDefinition, wanted: DefinitionInputs) {
  const yaml = yamlProcess.safeParse(process);
  const names = wanted.variables.map(({ name }) => name).sort();
  return (
    revision === 1 &&
    yaml.data?.yamlFilename === wanted.repository.ymlPath &&
    repository?.id === wanted.repository.repoId &&
    JSON.stringify(Object.keys(variables).sort()) === JSON.stringify(names)
  );
}
