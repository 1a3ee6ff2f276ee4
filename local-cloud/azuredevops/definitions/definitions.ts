import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { requireNotRetained } from "../builds/retention";
import { apiLocation } from "../common/api-location";
import { normalizeFolder } from "../common/naming";
import { collection, findProject, type Organization } from "../common/organization";
import { inProject } from "../common/request";
import type { Project } from "../core/state";
import {
  type DefinitionInput,
  definitionInput,
  definitionNotFound,
  definitionNotMatched,
  definitionReference,
  definitionView,
  makeDefinition,
} from "./model";
import type { Definition } from "./state";

const locations = [
  apiLocation(
    "dbeaf647-6167-421a-bda9-c9327b25e2e6",
    "build",
    "definitions",
    "{project}/_apis/{area}/{resource}/{definitionId}",
    7,
  ),
];

const oneDefinition = inProject.extend({ definitionId: z.string() });

const listQuery = z.object({
  name: z.string().optional(),
  path: z.string().optional(),
  repositoryId: z.string().optional(),
  definitionIds: z.string().optional(),
  yamlFilename: z.string().optional(),
  includeAllProperties: z.string().optional(),
  $top: z.string().optional(),
});

/** Pipelines, through the build API: it calls them definitions. */
export const definitions: Area = { locations, routes };

function routes(api: Api, { organization, runs, agent }: AreaContext): void {
  const { state } = organization;
  const one = "/:project/_apis/build/definitions/:definitionId";
  const all = "/:project/_apis/build/definitions";

  api.post(all, { schema: { params: inProject, body: definitionInput } }, async ({ params, body }) => {
    const project = findProject(organization, params.project);
    return definitionView(organization, addDefinition(organization, project, body));
  });

  api.get(all, { schema: { params: inProject, querystring: listQuery } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const found = state.definitions
      .filter((definition) => definition.projectId === project.id && matches(definition, query))
      .slice(0, query.$top === undefined ? undefined : Number(query.$top));
    const view = query.includeAllProperties?.toLowerCase() === "true" ? definitionView : definitionReference;
    return collection(found.map((definition) => view(organization, definition)));
  });

  api.get(
    one,
    { schema: { params: oneDefinition, querystring: z.object({ revision: z.string().optional() }) } },
    async ({ params, query }) => {
      const definition = findDefinition(organization, params.project, params.definitionId);
      // Former revisions are not kept.
      if (query.revision && Number(query.revision) !== definition.revision) throw definitionNotFound(definition.id);
      return definitionView(organization, definition);
    },
  );

  api.put(one, { schema: { params: oneDefinition, body: definitionInput } }, async ({ params, body }) => {
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
  });

  api.delete(one, { schema: { params: oneDefinition } }, async ({ params }, reply) => {
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

function matches(definition: Definition, query: z.output<typeof listQuery>): boolean {
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
