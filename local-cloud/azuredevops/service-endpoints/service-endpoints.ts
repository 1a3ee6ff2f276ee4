import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, isGuid, ServiceError } from "../common/errors";
import { collection, findProject, type Organization, operatorIdentity, sendNull } from "../common/organization";
import {
  isSharedWith,
  type ProjectReferenceInput,
  projectReferences,
  projectReferencesForm,
  type SharedProject,
  sharedAs,
  shareWith,
  unshare,
} from "../common/project-sharing";
import { inProject } from "../common/request";
import { authorizationOf, endpointInput, schemeOf } from "./schemes";
import type { ServiceEndpoint } from "./state";

const route = "_apis/{area}/{resource}/{endpointId}";

const locations = [
  apiLocation("14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0", "serviceendpoint", "endpoints", route, 4),
  apiLocation("e85f1c62-adfc-4b74-b618-11a150fb195e", "serviceendpoint", "endpoints", `{project}/${route}`, 4),
];

const endpointBody = endpointInput.extend({
  name: z.string(),
  description: z.string().nullish(),
  url: z.string(),
  serviceEndpointProjectReferences: projectReferencesForm,
});

const oneEndpoint = z.object({ endpointId: z.string() });

const listQuery = z.object({
  endpointNames: z.string().optional(),
  endpointIds: z.string().optional(),
  type: z.string().optional(),
  authSchemes: z.string().optional(),
});

/** Service connections; the API calls them service endpoints. One belongs to the organization and is shared with projects. */
export const serviceEndpoints: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;

  api.post("/_apis/serviceendpoint/endpoints", { schema: { body: endpointBody } }, async ({ body }) => {
    const projects = resolveProjects(organization, body.serviceEndpointProjectReferences, body);
    const id = randomUUID();
    const endpoint = { id, type: body.type, url: body.url, ...authorizationOf(organization, id, body), projects };
    state.endpoints.push(endpoint);
    organization.save();
    return endpointView(organization, endpoint);
  });

  const list = { schema: { params: inProject, querystring: listQuery } };
  api.get("/:project/_apis/serviceendpoint/endpoints", list, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const wanted = {
      names: namesIn(query.endpointNames),
      ids: namesIn(query.endpointIds),
      types: namesIn(query.type),
      schemes: namesIn(query.authSchemes),
    };
    const found = state.endpoints.filter((endpoint) => {
      const shared = endpoint.projects.find(({ id }) => id === project.id);
      return (
        shared !== undefined &&
        (wanted.names?.includes(shared.name.toLowerCase()) ?? true) &&
        (wanted.ids?.includes(endpoint.id) ?? true) &&
        (wanted.types?.includes(endpoint.type.toLowerCase()) ?? true) &&
        (wanted.schemes?.includes(endpoint.scheme.toLowerCase()) ?? true)
      );
    });
    return collection(found.map((endpoint) => endpointView(organization, endpoint, project.id)));
  });

  api.get(
    "/:project/_apis/serviceendpoint/endpoints/:endpointId",
    { schema: { params: inProject.extend(oneEndpoint.shape) } },
    async ({ params }, reply) => {
      const project = findProject(organization, params.project);
      if (!isGuid(params.endpointId)) throw invalidArgument(`'${params.endpointId}' is not the id of an endpoint.`);
      const endpoint = state.endpoints.find(({ id }) => id === params.endpointId.toLowerCase());
      if (!endpoint || !isSharedWith(endpoint, project.id)) return sendNull(reply);
      return endpointView(organization, endpoint, project.id);
    },
  );

  api.put(
    "/_apis/serviceendpoint/endpoints/:endpointId",
    { schema: { params: oneEndpoint, body: endpointBody } },
    async ({ params, body }) => {
      const endpoint = findEndpoint(organization, params.endpointId);
      if (body.type.toLowerCase() !== endpoint.type.toLowerCase() || schemeOf(body) !== endpoint.scheme) {
        throw invalidArgument(
          `The type or the authentication scheme of service connection ${endpoint.id} cannot be changed.`,
        );
      }
      const projects = resolveProjects(organization, body.serviceEndpointProjectReferences, body, endpoint);
      const authorization = authorizationOf(organization, endpoint.id, body, endpoint);
      Object.assign(endpoint, { url: body.url, ...authorization });
      addProjects(endpoint, projects);
      organization.save();
      return endpointView(organization, endpoint);
    },
  );

  api.patch(
    "/_apis/serviceendpoint/endpoints/:endpointId",
    { schema: { params: oneEndpoint, body: projectReferencesForm } },
    async ({ params, body }, reply) => {
      const endpoint = findEndpoint(organization, params.endpointId);
      addProjects(endpoint, resolveProjects(organization, body, sharedAs(endpoint), endpoint));
      organization.save();
      return reply.code(204).send();
    },
  );

  api.delete(
    "/_apis/serviceendpoint/endpoints/:endpointId",
    { schema: { params: oneEndpoint, querystring: z.object({ projectIds: z.string().optional() }) } },
    async ({ params, query }, reply) => {
      const endpoint = findEndpoint(organization, params.endpointId);
      unshare(organization, "endpoint", state.endpoints, endpoint, query.projectIds);
      organization.save();
      return reply.code(204).send();
    },
  );
}

/** Throws the service's own error when there is no such service connection. */
function findEndpoint(organization: Organization, endpointId: string): ServiceEndpoint {
  const endpoint = organization.state.endpoints.find(({ id }) => id === endpointId.toLowerCase());
  if (endpoint) return endpoint;
  throw new ServiceError(
    404,
    "System.ServiceModel.EndpointNotFoundException, System.ServiceModel",
    `Service connection with id ${endpointId} does not exist.`,
  );
}

/** @param self The connection that the request changes. */
function resolveProjects(
  organization: Organization,
  references: ProjectReferenceInput[],
  defaults: { name: string; description?: string | null },
  self?: ServiceEndpoint,
): SharedProject[] {
  const others = organization.state.endpoints.filter((endpoint) => endpoint !== self);
  return shareWith(organization, "service connection", references, defaults, others, duplicateName);
}

/** A request speaks of the projects that it names: what the connection is to other projects stays. */
function addProjects(endpoint: ServiceEndpoint, added: SharedProject[]): void {
  const others = endpoint.projects.filter(({ id }) => !added.some((project) => project.id === id));
  endpoint.projects = [...others, ...added];
}

function duplicateName(name: string): ServiceError {
  const webApi = "Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi";
  // The service maps this one to no status of its own, which makes it a 500.
  return new ServiceError(
    500,
    `${webApi}.DuplicateServiceConnectionException, ${webApi}`,
    `Service connection with name ${name} already exists. Only a user having Administrator/User role permissions ` +
      `on service connection ${name} can see it.`,
  );
}

/**
 * A service connection as the service gives it: no secret's value.
 *
 * @param projectId The project that asks, where there is one: name and description are that project's.
 */
export function endpointView(organization: Organization, endpoint: ServiceEndpoint, projectId?: string) {
  const { name, description } = sharedAs(endpoint, projectId);
  return {
    data: endpoint.data,
    id: endpoint.id,
    name,
    type: endpoint.type,
    url: endpoint.url,
    createdBy: operatorIdentity(organization),
    description,
    authorization: {
      parameters: {
        ...endpoint.parameters,
        ...Object.fromEntries(Object.keys(endpoint.secrets).map((name) => [name, null])),
      },
      scheme: endpoint.scheme,
    },
    isShared: endpoint.projects.length > 1,
    isOutdated: false,
    isReady: true,
    operationStatus: { state: "Ready", statusMessage: "" },
    owner: "Library",
    serviceEndpointProjectReferences: projectReferences(organization, endpoint),
  };
}

/** A comma separated list in a query, in lower case; undefined where it is not given. */
function namesIn(value: string | undefined): string[] | undefined {
  return value === undefined || value === "" ? undefined : value.split(",").map((item) => item.trim().toLowerCase());
}
