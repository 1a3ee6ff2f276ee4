import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { collection, findProject, type Organization, operatorIdentity } from "../common/organization";
import { isSharedWith } from "../common/project-sharing";
import { inProject } from "../common/request";
import type { Project } from "../core/state";
import { findDefinition } from "../definitions/definitions";
import { definitionNotFound } from "../definitions/model";
import { isSameResource, type PipelinePermission } from "./state";

const locations = [
  apiLocation(
    "b5b9a4a4-e6cd-4096-853c-ab7d8b0c4eb2",
    "pipelinePermissions",
    "pipelinePermissions",
    "{project}/_apis/pipelines/{resource}/{resourceType}/{resourceId}",
    1,
    true,
  ),
  apiLocation(
    "398c85bc-81aa-4822-947c-a194a05f0fef",
    "build",
    "authorizedresources",
    "{project}/_apis/{area}/{resource}",
    1,
    true,
  ),
  apiLocation(
    "ea623316-1967-45eb-89ab-e9e6110cf2d6",
    "build",
    "resources",
    "{project}/_apis/{area}/definitions/{definitionId}/{resource}",
    1,
    true,
  ),
];

const permissionsBody = z.object({
  pipelines: z.array(z.object({ id: z.int(), authorized: z.boolean() })).nullish(),
  allPipelines: z.object({ authorized: z.boolean() }).nullish(),
});

const resourcesBody = z.array(z.looseObject({ type: z.string(), id: z.string(), authorized: z.boolean() }));

const oneResource = inProject.extend({ resourceType: z.string(), resourceId: z.string() });

/**
 * Which pipelines may use a protected resource: a service connection, a variable group, a repository, a queue or an
 * environment.
 */
export const pipelinePermissions: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  const one = "/:project/_apis/pipelines/pipelinepermissions/:resourceType/:resourceId";

  api.get(one, { schema: { params: oneResource } }, async ({ params }) => {
    const project = findProject(organization, params.project);
    return view(organization, project, findResource(organization, project, params.resourceType, params.resourceId));
  });

  api.patch(one, { schema: { params: oneResource, body: permissionsBody } }, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    const resource = findResource(organization, project, params.resourceType, params.resourceId);
    const changes: [number | "all", boolean][] = (body.pipelines ?? []).map((item) => [item.id, item.authorized]);
    if (body.allPipelines) changes.push(["all", body.allPipelines.authorized]);
    for (const [pipelineId, allowed] of changes) {
      const known = state.definitions.some(({ id, projectId }) => id === pipelineId && projectId === project.id);
      if (allowed && pipelineId !== "all" && !known) throw definitionNotFound(pipelineId);
    }
    for (const [pipelineId, allowed] of changes) set(organization, project, resource, pipelineId, allowed);
    organization.save();
    return view(organization, project, resource);
  });

  // The older APIs: one knows "all pipelines" only, the other a single pipeline.
  const authorizedResources = "/:project/_apis/build/authorizedresources";

  const listed = z.object({ type: z.string().optional(), id: z.string().optional() });
  api.get(authorizedResources, { schema: { params: inProject, querystring: listed } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const found = state.permissions.filter(
      ({ projectId, pipelineId, resourceType, resourceId }) =>
        projectId === project.id &&
        pipelineId === "all" &&
        (!query.type || resourceType === query.type.toLowerCase()) &&
        (!query.id || resourceId === query.id.toLowerCase()),
    );
    return collection(resourcesFor(found));
  });

  api.patch(authorizedResources, { schema: { params: inProject, body: resourcesBody } }, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    for (const reference of body) {
      const resource = findResource(organization, project, reference.type, reference.id);
      set(organization, project, resource, "all", reference.authorized);
    }
    organization.save();
    return collection(body);
  });

  const resourcesOfOne = "/:project/_apis/build/definitions/:definitionId/resources";
  const oneDefinition = inProject.extend({ definitionId: z.string() });

  api.get(resourcesOfOne, { schema: { params: oneDefinition } }, async ({ params }) => {
    const { id } = findDefinition(organization, params.project, params.definitionId);
    return collection(resourcesFor(state.permissions.filter(({ pipelineId }) => pipelineId === id)));
  });

  api.patch(resourcesOfOne, { schema: { params: oneDefinition, body: resourcesBody } }, async ({ params, body }) => {
    const { id } = findDefinition(organization, params.project, params.definitionId);
    const project = findProject(organization, params.project);
    for (const reference of body) {
      const resource = findResource(organization, project, reference.type, reference.id);
      set(organization, project, resource, id, reference.authorized);
    }
    organization.save();
    return collection(body);
  });
}

/** Resources that may be used, as the older APIs list them. */
function resourcesFor(permissions: PipelinePermission[]) {
  return permissions.map(({ resourceType, resourceId }) => ({ type: resourceType, id: resourceId, authorized: true }));
}

interface Resource {
  type: string;
  id: string;
}

/** The resource that a path names. Throws when the project does not have it. */
export function findResource(organization: Organization, project: Project, type: string, id: string): Resource {
  const resource = { type: type.toLowerCase(), id: id.toLowerCase() };
  const { endpoints, variableGroups, repositories, agentQueues, environments } = organization.state;
  const isIn = (item: { id: number; projectId: string }) =>
    item.projectId === project.id && String(item.id) === resource.id;
  const exists: Record<string, () => boolean> = {
    endpoint: () => endpoints.some((item) => item.id === resource.id && isSharedWith(item, project.id)),
    variablegroup: () =>
      variableGroups.some((item) => String(item.id) === resource.id && isSharedWith(item, project.id)),
    queue: () => agentQueues.some(isIn),
    environment: () => environments.some(isIn),
    repository: () => repositories.some((item) => `${item.projectId}.${item.id}` === resource.id),
  };
  const check = Object.hasOwn(exists, resource.type) ? exists[resource.type] : undefined;
  if (!check) throw invalidArgument(`The resource type '${type}' is not one of ${Object.keys(exists).join(", ")}.`);
  if (check()) return resource;
  const webApi = "Microsoft.Azure.Pipelines.PipelinePermissions.WebApi";
  throw new ServiceError(
    404,
    `${webApi}.ResourceNotFoundException, ${webApi}`,
    `The ${resource.type} with id ${id} does not exist in project ${project.name}.`,
  );
}

function set(
  organization: Organization,
  project: Project,
  resource: Resource,
  pipelineId: number | "all",
  allowed: boolean,
): void {
  const { state } = organization;
  const others = state.permissions.filter(
    (permission) => !isFor(permission, project, resource) || permission.pipelineId !== pipelineId,
  );
  const permission = {
    projectId: project.id,
    resourceType: resource.type,
    resourceId: resource.id,
    pipelineId,
    authorizedOn: new Date().toISOString(),
  };
  state.permissions = allowed ? [...others, permission] : others;
}

function isFor(permission: PipelinePermission, project: Project, resource: Resource): boolean {
  const { type: resourceType, id: resourceId } = resource;
  return isSameResource(permission, { projectId: project.id, resourceType, resourceId });
}

function view(organization: Organization, project: Project, resource: Resource) {
  const granted = organization.state.permissions.filter((permission) => isFor(permission, project, resource));
  const all = granted.find(({ pipelineId }) => pipelineId === "all");
  const grant = ({ authorizedOn }: PipelinePermission) => ({
    authorized: true,
    authorizedBy: operatorIdentity(organization),
    authorizedOn,
  });
  return {
    resource,
    ...(all ? { allPipelines: grant(all) } : {}),
    pipelines: granted
      .filter(({ pipelineId }) => pipelineId !== "all")
      .map((permission) => ({ id: permission.pipelineId, ...grant(permission) })),
  };
}
