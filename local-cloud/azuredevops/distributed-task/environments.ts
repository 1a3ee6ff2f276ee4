import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { sameName } from "../common/naming";
import { collection, findProject, type Organization, operatorIdentity } from "../common/organization";
import { inProject } from "../common/request";
import type { Project } from "../core/state";
import { taskError } from "./errors";
import type { Environment } from "./state";

const locations = [
  apiLocation(
    "8572b1fc-2482-47fa-8f74-7e3ed53ee54b",
    "distributedtask",
    "environments",
    "{project}/_apis/pipelines/{resource}/{environmentId}",
    1,
    true,
  ),
];

const environmentBody = z.strictObject({ name: z.string(), description: z.string().nullish() });

const oneEnvironment = inProject.extend({ environmentId: z.string() });

const listQuery = z.object({
  name: z.string().optional(),
  $top: z.coerce.number().int().positive().optional(),
  continuationToken: z.string().optional(),
});

/** Environments, which have no resources here, and no checks. */
export const environments: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  const all = "/:project/_apis/pipelines/environments";
  const one = `${all}/:environmentId`;

  api.get(all, { schema: { params: inProject, querystring: listQuery } }, async ({ params, query }, reply) => {
    const project = findProject(organization, params.project);
    const { name, $top = 50, continuationToken = "" } = query;
    const found = state.environments
      .filter((environment) => environment.projectId === project.id && (!name || sameName(environment.name, name)))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter((environment) => environment.name >= continuationToken);
    const next = found[$top];
    if (next) reply.header("x-ms-continuationtoken", next.name);
    return collection(found.slice(0, $top).map((environment) => view(organization, environment)));
  });

  api.post(all, { schema: { params: inProject, body: environmentBody } }, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    requireFreeName(organization, project, body.name);
    const now = new Date().toISOString();
    const environment = {
      id: ++state.last.environment,
      projectId: project.id,
      name: body.name,
      description: body.description ?? "",
      createdOn: now,
      lastModifiedOn: now,
    };
    state.environments.push(environment);
    organization.save();
    return view(organization, environment);
  });

  api.get(
    one,
    { schema: { params: oneEnvironment, querystring: z.object({ expands: z.string().optional() }) } },
    async ({ params }) => view(organization, findEnvironment(organization, params)),
  );

  api.patch(
    one,
    { schema: { params: oneEnvironment, body: environmentBody.partial() } },
    async ({ params, body: { name, description } }) => {
      const environment = findEnvironment(organization, params);
      if (name !== undefined) {
        requireFreeName(organization, findProject(organization, params.project), name, environment);
      }
      Object.assign(environment, {
        name: name ?? environment.name,
        description: description ?? environment.description,
        lastModifiedOn: new Date().toISOString(),
      });
      organization.save();
      return view(organization, environment);
    },
  );

  api.delete(one, { schema: { params: oneEnvironment } }, async ({ params }, reply) => {
    const environment = findEnvironment(organization, params);
    state.environments.splice(state.environments.indexOf(environment), 1);
    state.permissions = state.permissions.filter(
      ({ resourceType, resourceId }) => resourceType !== "environment" || resourceId !== String(environment.id),
    );
    organization.save();
    return reply.code(204).send();
  });
}

/** Throws the service's own error when the project has no such environment. */
function findEnvironment(
  organization: Organization,
  { project, environmentId }: z.output<typeof oneEnvironment>,
): Environment {
  const { id: wanted } = findProject(organization, project);
  const found = organization.state.environments.find(
    ({ id, projectId }) => String(id) === environmentId && projectId === wanted,
  );
  if (found) return found;
  throw taskError(404, "EnvironmentNotFoundException", `Environment with ID ${environmentId} does not exist.`);
}

/**
 * The rules for names are those of the form in the browser, as the azuredevops provider has them
 * (`internal/service/taskagent/validate`).
 *
 * @param self The environment that is to have the name.
 */
function requireFreeName(organization: Organization, project: Project, name: string, self?: Environment): void {
  if (name.trim() === "" || name.length > 127 || /[,"/\\[\]:|<>+=;?*]|\p{Cc}/u.test(name)) {
    throw invalidArgument(
      `The environment name '${name}' is not valid. A name has 1 to 127 characters, none of , " / \\ [ ] : | < > + = ; ? *.`,
    );
  }
  const taken = organization.state.environments.some(
    (other) => other !== self && other.projectId === project.id && sameName(other.name, name),
  );
  if (taken) throw taskError(409, "EnvironmentExistsException", `Environment ${name} already exists.`);
}

function view(organization: Organization, { id, projectId, name, description, ...dates }: Environment) {
  const { createdOn, lastModifiedOn } = dates;
  const who = operatorIdentity(organization);
  const project = { id: projectId, name: findProject(organization, projectId).name };
  return { id, name, description, createdBy: who, createdOn, lastModifiedBy: who, lastModifiedOn, project };
}
