import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { collection, findProject, type Organization } from "../common/organization";
import { enumeration, inProject } from "../common/request";
import type { Project } from "../core/state";
import { addDefinition, findDefinition } from "../definitions/definitions";
import { definitionNotFound } from "../definitions/model";
import type { Definition } from "../definitions/state";
import { findRepository } from "../git/repository";

const locations = [
  apiLocation(
    "28e1305e-2afe-47bf-abaf-cbb0e6a91988",
    "pipelines",
    "pipelines",
    "{project}/_apis/{resource}/{pipelineId}",
    1,
  ),
];

const repositoryForm = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  fullName: z.string().optional(),
  type: z.string().optional(),
  connection: z.object({ id: z.string() }).optional(),
});

const pipelineBody = z.object({
  name: z.string(),
  folder: z.string().nullish(),
  configuration: z.object({
    type: enumeration,
    path: z.string().optional(),
    repository: repositoryForm.optional(),
  }),
});

/** Pipelines, through the API of that name: the same pipelines as the build API's definitions, with less to say. */
export const pipelines: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  api.get("/:project/_apis/pipelines", { schema: { params: inProject } }, async ({ params }) => {
    const project = findProject(organization, params.project);
    const found = organization.state.definitions.filter(({ projectId }) => projectId === project.id);
    return collection(found.map((definition) => reference(organization, definition)));
  });

  api.get(
    "/:project/_apis/pipelines/:pipelineId",
    {
      schema: {
        params: inProject.extend({ pipelineId: z.string() }),
        querystring: z.object({ pipelineVersion: z.string().optional() }),
      },
    },
    async ({ params, query }) => {
      const definition = findDefinition(organization, params.project, params.pipelineId);
      // Former revisions are not kept.
      if (query.pipelineVersion && Number(query.pipelineVersion) !== definition.revision) {
        throw definitionNotFound(definition.id);
      }
      return view(organization, definition);
    },
  );

  api.post(
    "/:project/_apis/pipelines",
    { schema: { params: inProject, body: pipelineBody } },
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
  repository: z.output<typeof repositoryForm> | undefined,
) {
  if (repository?.type?.toLowerCase() === "github") {
    const id = repository.fullName ?? "";
    const url = `https://github.com/${id}.git`;
    return { id, type: "GitHub", url, properties: { connectedServiceId: repository.connection?.id ?? "" } };
  }
  const found = findRepository(organization, repository?.id ?? repository?.name ?? "", project);
  const defaultBranch = organization.repositories.of(found).defaultBranch();
  return { id: found.id, type: "TfsGit", ...(defaultBranch ? { defaultBranch } : {}) };
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
