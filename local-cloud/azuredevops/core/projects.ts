import { z } from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { ServiceError } from "../common/errors";
import { collection, findProject, type Organization, projectReference } from "../common/organization";
import type { Project } from "./state";

const locations = [
  apiLocation("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4),
  apiLocation("93878975-88c5-4e6a-8abb-7ddd77a8a7d8", "core", "processes", "_apis/process/{resource}/{processId}", 1),
];

/** The process that every project here follows; its id is the same in every organization. */
const agile = { id: "adcc42ab-9882-485e-a3ed-7678f01f66bc", name: "Agile", type: "system", isDefault: true };

/** Projects and processes, to read: the local organization comes with its project. */
export const projects: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  api.get("/_apis/projects", async () =>
    collection(organization.state.projects.map((project) => projectReference(organization, project))),
  );

  api.get(
    "/_apis/projects/:projectId",
    {
      schema: {
        params: z.object({ projectId: z.string() }),
        querystring: z.object({ includeCapabilities: z.string().optional() }),
      },
    },
    async ({ params, query }) => {
      const project = findProject(organization, params.projectId);
      return view(organization, project, query.includeCapabilities?.toLowerCase() === "true");
    },
  );

  api.get("/_apis/process/processes", async () => collection([processView(organization)]));

  const one = { schema: { params: z.object({ processId: z.string() }) } };
  api.get("/_apis/process/processes/:processId", one, async ({ params }) => {
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
