import type { FastifyInstance } from "fastify";
import { ServiceError } from "../common/errors";
import { apiLocation, collection, findProject, type Organization, projectReference } from "../common/organization";
import type { Project } from "./state";

export const projectLocations = [
  apiLocation("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4),
  apiLocation("93878975-88c5-4e6a-8abb-7ddd77a8a7d8", "core", "processes", "_apis/process/{resource}/{processId}", 1),
];

/** The process that every project here follows; its id is the same in every organization. */
const agile = { id: "adcc42ab-9882-485e-a3ed-7678f01f66bc", name: "Agile", type: "system", isDefault: true };

/** Projects and processes, to read: the local organization comes with its project. */
export function projects(app: FastifyInstance, organization: Organization): void {
  app.get("/_apis/projects", async () =>
    collection(organization.state.projects.map((project) => projectReference(organization, project))),
  );

  app.get<{ Params: { projectId: string }; Querystring: { includeCapabilities?: string } }>(
    "/_apis/projects/:projectId",
    async ({ params, query }) => {
      const project = findProject(organization, params.projectId);
      return view(organization, project, query.includeCapabilities?.toLowerCase() === "true");
    },
  );

  app.get("/_apis/process/processes", async () => collection([processView(organization)]));

  app.get<{ Params: { processId: string } }>("/_apis/process/processes/:processId", async ({ params }) => {
    if (params.processId.toLowerCase() !== agile.id) throw processNotFound(params.processId);
    return processView(organization);
  });
}

function view(organization: Organization, project: Project, includeCapabilities: boolean) {
  const reference = projectReference(organization, project);
  return {
    ...reference,
    ...(project.description ? { description: project.description } : {}),
    ...(includeCapabilities
      ? {
          capabilities: {
            processTemplate: { templateName: agile.name, templateTypeId: agile.id },
            versioncontrol: { sourceControlType: "Git", gitEnabled: "True", tfvcEnabled: "False" },
          },
        }
      : {}),
    _links: {
      self: { href: reference.url },
      collection: { href: `${organization.url}/_apis/projectCollections/${organization.state.organizationId}` },
      web: { href: `${organization.url}/${project.name}` },
    },
  };
}

function processView(organization: Organization) {
  return { ...agile, description: "", url: `${organization.url}/_apis/process/processes/${agile.id}` };
}

function processNotFound(id: string): ServiceError {
  const server = "Microsoft.TeamFoundation.Server.Core";
  return new ServiceError(404, `${server}.ProcessNotFoundException, ${server}`, `The process ${id} does not exist.`);
}
