import type { FastifyInstance } from "fastify";
import type { Agent } from "../builds/agent";
import { requireNotRetained } from "../builds/retention";
import type { Runs } from "../builds/runs";
import { normalizeFolder } from "../common/naming";
import { apiLocation, collection, findProject, type Organization } from "../common/organization";
import type { Project } from "../core/state";
import {
  type DefinitionInput,
  definitionNotFound,
  definitionNotMatched,
  definitionReference,
  definitionView,
  makeDefinition,
} from "./model";
import type { Definition } from "./state";

export const definitionLocations = [
  apiLocation(
    "dbeaf647-6167-421a-bda9-c9327b25e2e6",
    "build",
    "definitions",
    "{project}/_apis/{area}/{resource}/{definitionId}",
    7,
  ),
];

const text = { type: "string" };
const definitionBody = {
  type: "object",
  required: ["name"],
  properties: {
    id: { type: "integer" },
    name: text,
    path: { type: ["string", "null"] },
    revision: { type: "integer" },
    queueStatus: { type: ["string", "integer"] },
    queue: {
      type: ["object", "null"],
      properties: { name: text, pool: { type: "object", properties: { name: text } } },
    },
    repository: {
      type: "object",
      properties: {
        id: text,
        type: text,
        name: text,
        url: text,
        defaultBranch: text,
        properties: { type: "object", additionalProperties: text },
      },
    },
    process: { type: "object", properties: { yamlFilename: text } },
    variables: {
      type: ["object", "null"],
      additionalProperties: {
        type: "object",
        properties: {
          value: { type: ["string", "null"] },
          isSecret: { type: ["boolean", "null"] },
          allowOverride: { type: ["boolean", "null"] },
        },
      },
    },
    variableGroups: {
      type: ["array", "null"],
      items: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
    },
    triggers: { type: ["array", "null"], items: { type: "object" } },
  },
};

interface ListQuery {
  name?: string;
  path?: string;
  repositoryId?: string;
  definitionIds?: string;
  yamlFilename?: string;
  includeAllProperties?: string;
  $top?: string;
}

/** Pipelines, through the build API: it calls them definitions. */
export function definitions(app: FastifyInstance, organization: Organization, runs: Runs, agent: Agent): void {
  const { state } = organization;
  const one = "/:project/_apis/build/definitions/:definitionId";
  const all = "/:project/_apis/build/definitions";

  app.post<{ Params: { project: string }; Body: DefinitionInput }>(
    all,
    { schema: { body: definitionBody } },
    async ({ params, body }) => {
      const project = findProject(organization, params.project);
      return definitionView(organization, addDefinition(organization, project, body));
    },
  );

  app.get<{ Params: { project: string }; Querystring: ListQuery }>(all, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const found = state.definitions
      .filter((definition) => definition.projectId === project.id && matches(definition, query))
      .slice(0, query.$top === undefined ? undefined : Number(query.$top));
    const view = query.includeAllProperties?.toLowerCase() === "true" ? definitionView : definitionReference;
    return collection(found.map((definition) => view(organization, definition)));
  });

  app.get<{ Params: { project: string; definitionId: string }; Querystring: { revision?: string } }>(
    one,
    async ({ params, query }) => {
      const definition = findDefinition(organization, params.project, params.definitionId);
      // Former revisions are not kept.
      if (query.revision && Number(query.revision) !== definition.revision) throw definitionNotFound(definition.id);
      return definitionView(organization, definition);
    },
  );

  app.put<{ Params: { project: string; definitionId: string }; Body: DefinitionInput }>(
    one,
    { schema: { body: definitionBody } },
    async ({ params, body }) => {
      const definition = findDefinition(organization, params.project, params.definitionId);
      if (body.id !== definition.id) throw definitionNotMatched(definition.id, body.id ?? 0);
      // Somebody else's change came first. The service looks for the revision that was sent, and finds none.
      if (body.revision !== definition.revision) throw definitionNotFound(definition.id);
      const project = findProject(organization, params.project);
      Object.assign(definition, makeDefinition(organization, project, body, definition), {
        revision: definition.revision + 1,
      });
      organization.save();
      agent.wake(); // it may have been paused
      return definitionView(organization, definition);
    },
  );

  app.delete<{ Params: { project: string; definitionId: string } }>(one, async ({ params }, reply) => {
    const definition = findDefinition(organization, params.project, params.definitionId);
    requireNotRetained(runs.state, definition);
    await agent.removeAllOf(definition);
    state.definitions.splice(state.definitions.indexOf(definition), 1);
    state.permissions = state.permissions.filter(({ pipelineId }) => pipelineId !== definition.id);
    organization.save();
    return reply.code(204).send();
  });
}

/** Makes a pipeline, whichever API asked for it. */
export function addDefinition(organization: Organization, project: Project, input: DefinitionInput): Definition {
  const made = makeDefinition(organization, project, input);
  const id = ++organization.state.last.definition;
  const definition = { id, revision: 1, createdDate: new Date().toISOString(), ...made };
  organization.state.definitions.push(definition);
  organization.save();
  return definition;
}

/** Throws the service's own error when the project has no such pipeline. */
export function findDefinition(organization: Organization, projectNameOrId: string, id: string): Definition {
  const project = findProject(organization, projectNameOrId);
  const found = organization.state.definitions.find(
    (definition) => definition.projectId === project.id && String(definition.id) === id,
  );
  if (!found) throw definitionNotFound(id);
  return found;
}

function matches(definition: Definition, query: ListQuery): boolean {
  const ids = query.definitionIds?.split(",").map(Number);
  return (
    (!query.name || namePattern(query.name).test(definition.name)) &&
    (!query.path || normalizeFolder(query.path).toLowerCase() === definition.path.toLowerCase()) &&
    (!query.repositoryId || definition.repository.id.toLowerCase() === query.repositoryId.toLowerCase()) &&
    (!query.yamlFilename || definition.process.yamlFilename === query.yamlFilename) &&
    (!ids || ids.includes(definition.id))
  );
}

/** A name in a query may have `*` for any characters, and is compared without regard to case. */
function namePattern(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i");
}
