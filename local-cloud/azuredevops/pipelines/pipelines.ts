import type { FastifyInstance } from "fastify";
import { invalidArgument } from "../common/errors";
import { apiLocation, collection, findProject, type Organization } from "../common/organization";
import type { Project } from "../core/state";
import { addDefinition, findDefinition } from "../definitions/definitions";
import { definitionNotFound } from "../definitions/model";
import type { Definition } from "../definitions/state";
import { findRepository } from "../git/repository";

export const pipelineLocations = [
  apiLocation(
    "28e1305e-2afe-47bf-abaf-cbb0e6a91988",
    "pipelines",
    "pipelines",
    "{project}/_apis/{resource}/{pipelineId}",
    1,
  ),
];

interface PipelineBody {
  name: string;
  folder?: string | null;
  configuration: {
    type: string | number;
    path?: string;
    repository?: { id?: string; name?: string; fullName?: string; type?: string; connection?: { id: string } };
  };
}

const text = { type: "string" };
const pipelineBody = {
  type: "object",
  required: ["name", "configuration"],
  properties: {
    name: text,
    folder: { type: ["string", "null"] },
    configuration: {
      type: "object",
      required: ["type"],
      properties: {
        type: { type: ["string", "integer"] },
        path: text,
        repository: {
          type: "object",
          properties: {
            id: text,
            name: text,
            fullName: text,
            type: text,
            connection: { type: "object", required: ["id"], properties: { id: text } },
          },
        },
      },
    },
  },
};

/** Pipelines, through the API of that name: the same pipelines as the build API's definitions, with less to say. */
export function pipelines(app: FastifyInstance, organization: Organization): void {
  app.get<{ Params: { project: string } }>("/:project/_apis/pipelines", async ({ params }) => {
    const project = findProject(organization, params.project);
    const found = organization.state.definitions.filter(({ projectId }) => projectId === project.id);
    return collection(found.map((definition) => reference(organization, definition)));
  });

  app.get<{ Params: { project: string; pipelineId: string }; Querystring: { pipelineVersion?: string } }>(
    "/:project/_apis/pipelines/:pipelineId",
    async ({ params, query }) => {
      const definition = findDefinition(organization, params.project, params.pipelineId);
      // Former revisions are not kept.
      if (query.pipelineVersion && Number(query.pipelineVersion) !== definition.revision) {
        throw definitionNotFound(definition.id);
      }
      return view(organization, definition);
    },
  );

  app.post<{ Params: { project: string }; Body: PipelineBody }>(
    "/:project/_apis/pipelines",
    { schema: { body: pipelineBody } },
    async ({ params, body }) => {
      const project = findProject(organization, params.project);
      const { type, path } = body.configuration;
      if (type !== 1 && type !== "yaml")
        throw invalidArgument(`The pipeline configuration type '${type}' is not yaml.`);
      const definition = addDefinition(organization, project, {
        name: body.name,
        path: body.folder,
        repository: repositoryInput(organization, project, body.configuration.repository),
        process: { yamlFilename: path?.replace(/^\//, "") },
        triggers: [{ branchFilters: [], pathFilters: [], settingsSourceType: 2, triggerType: "continuousIntegration" }],
      });
      return view(organization, definition);
    },
  );
}

/** This API spells the types of repository its own way. */
function repositoryInput(
  organization: Organization,
  project: Project,
  repository: PipelineBody["configuration"]["repository"],
) {
  if (repository?.type?.toLowerCase() === "github") {
    const id = repository.fullName ?? "";
    const url = `https://github.com/${id}.git`;
    return { id, type: "GitHub", url, properties: { connectedServiceId: repository.connection?.id ?? "" } };
  }
  const { id, defaultBranch } = findRepository(organization, repository?.id ?? repository?.name ?? "", project);
  return { id, type: "TfsGit", ...(defaultBranch ? { defaultBranch } : {}) };
}

function reference(organization: Organization, { id, name, path, revision, projectId }: Definition) {
  const url = `${organization.url}/${projectId}/_apis/pipelines/${id}?revision=${revision}`;
  const web = `${organization.url}/${projectId}/_build/definition?definitionId=${id}`;
  return { _links: { self: { href: url }, web: { href: web } }, url, id, revision, name, folder: path };
}

function view(organization: Organization, definition: Definition) {
  const { repository, process } = definition;
  const source =
    repository.type === "TfsGit"
      ? { id: repository.id, type: "azureReposGit" }
      : { fullName: repository.id, type: "gitHub", connection: { id: repository.properties.connectedServiceId ?? "" } };
  return {
    ...reference(organization, definition),
    configuration: { path: process.yamlFilename, repository: source, type: "yaml" },
  };
}
