import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { checkProjectName, enumName, sameName } from "../common/naming";
import { collection, findProject, type Organization, projectReference } from "../common/organization";
import { enumeration } from "../common/request";
import { provisionQueues } from "../distributed-task/queues";
import { addRepository } from "../git/repository";
import { operationReference } from "./operations";
import { findProcess } from "./processes";
import { removeProject } from "./removal";
import { newProject, type Project } from "./state";

const locations = [
  apiLocation("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4),
];

/** Numbers of `ProjectVisibility` for what a client may ask for. */
const visibilities = { 0: "private", 2: "public" } as const;

const projectBody = z.strictObject({
  name: z.string(),
  description: z.string().nullish(),
  visibility: enumeration.optional(),
  capabilities: z.strictObject({
    versioncontrol: z.strictObject({ sourceControlType: z.string() }),
    processTemplate: z.strictObject({ templateTypeId: z.string() }),
  }),
});

const updateBody = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  description: z.string().nullish(),
  visibility: enumeration.optional(),
});

const listQuery = z.object({
  stateFilter: z.string().optional(),
  $top: z.coerce.number().int().positive().optional(),
  $skip: z.coerce.number().int().nonnegative().optional(),
  continuationToken: z.coerce.number().int().nonnegative().optional(),
});

const one = z.object({ projectId: z.string() });

/** Projects. What changes them is an operation, which is queued and then asked for. */
export const projects: Area = { locations, routes };

function routes(api: Api, context: AreaContext): void {
  const { organization, operations } = context;
  const { state } = organization;

  api.get("/_apis/projects", { schema: { querystring: listQuery } }, async ({ query }, reply) => {
    const { stateFilter = "wellFormed", $top = 100, $skip, continuationToken = 0 } = query;
    const found = ["all", "wellformed"].includes(stateFilter.toLowerCase()) ? state.projects : [];
    const first = $skip ?? continuationToken;
    if (first + $top < found.length) reply.header("x-ms-continuationtoken", String(first + $top));
    return collection(found.slice(first, first + $top).map((project) => projectReference(organization, project)));
  });

  api.post("/_apis/projects", { schema: { body: projectBody } }, async ({ body }, reply) => {
    const content = newContent(organization, body);
    const operation = operations.start(() => {
      requireFreeName(organization, content.name);
      addProject(organization, content);
    });
    return reply.code(202).send(operationReference(organization, operation));
  });

  api.get(
    "/_apis/projects/:projectId",
    { schema: { params: one, querystring: z.object({ includeCapabilities: z.string().optional() }) } },
    async ({ params, query }) => {
      const project = findProject(organization, params.projectId);
      return view(organization, project, query.includeCapabilities?.toLowerCase() === "true");
    },
  );

  api.patch(
    "/_apis/projects/:projectId",
    { schema: { params: one, body: updateBody } },
    async ({ params, body }, reply) => {
      const project = findProject(organization, params.projectId);
      const { name = project.name, description = project.description, visibility = project.visibility } = body;
      checkProjectName(name);
      requireFreeName(organization, name, project);
      const content = { name, description: description ?? "", visibility: enumName(visibilities, visibility) };
      const operation = operations.start(() => {
        const changed = findProject(organization, project.id);
        requireFreeName(organization, name, changed);
        const lastUpdateTime = new Date().toISOString();
        Object.assign(changed, content, { revision: changed.revision + 1, lastUpdateTime });
        organization.save();
      });
      return reply.code(202).send(operationReference(organization, operation));
    },
  );

  api.delete("/_apis/projects/:projectId", { schema: { params: one } }, async ({ params }, reply) => {
    const { id } = findProject(organization, params.projectId);
    const operation = operations.start(() => removeProject(context, id));
    return reply.code(202).send(operationReference(organization, operation));
  });
}

type Content = Parameters<typeof newProject>[0];

/** Checks a request for a new project by the service's rules. */
function newContent(organization: Organization, body: z.output<typeof projectBody>): Content {
  const { name, description, visibility = "private", capabilities } = body;
  checkProjectName(name);
  requireFreeName(organization, name);
  const { sourceControlType } = capabilities.versioncontrol;
  if (!sameName(sourceControlType, "Git")) {
    throw invalidArgument(`The local Azure DevOps has projects with Git only, not with '${sourceControlType}'.`);
  }
  return {
    name,
    description: description ?? "",
    visibility: enumName(visibilities, visibility),
    processId: findProcess(capabilities.processTemplate.templateTypeId).id,
  };
}

/** Adds a project with what comes with it: an empty repository of its name, and queues. */
function addProject(organization: Organization, content: Content): void {
  const project = newProject(content);
  organization.state.projects.push(project);
  addRepository(organization, project, project.name);
  provisionQueues(organization.state, project);
  organization.save();
}

/** @param self The project that is to have the name. */
function requireFreeName(organization: Organization, name: string, self?: Project): void {
  if (!organization.state.projects.some((project) => project !== self && sameName(project.name, name))) return;
  const core = "Microsoft.TeamFoundation.Core.WebApi";
  throw new ServiceError(
    400,
    `${core}.ProjectAlreadyExistsException, ${core}`,
    `TF200019: The following project already exists on the Azure DevOps Server: ${name}. You cannot create a new ` +
      "project with the same name as an existing project. Provide a different name.",
  );
}

function view(organization: Organization, project: Project, includeCapabilities: boolean) {
  const reference = projectReference(organization, project);
  const process = findProcess(project.processId);
  return {
    ...reference,
    ...(includeCapabilities
      ? {
          capabilities: {
            processTemplate: { templateName: process.name, templateTypeId: process.id },
            versioncontrol: { sourceControlType: "Git", gitEnabled: "True", tfvcEnabled: "False" },
          },
        }
      : {}),
    _links: {
      self: { href: reference.url },
      collection: { href: `${organization.url}/_apis/projectCollections/${organization.state.organizationId}` },
      web: { href: `${organization.url}/${encodeURIComponent(project.name)}` },
    },
  };
}
