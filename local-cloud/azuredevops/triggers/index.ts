import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { buildView } from "../builds/model";
import { invalidArgument } from "../common/errors";
import { sameName } from "../common/naming";
import { findProject, type Organization } from "../common/organization";
import { inProject } from "../common/request";
import { definitionNotFound } from "../definitions/model";
import type { Definition } from "../definitions/state";
import { findRepository } from "../git/repository";
import { operatorName } from "../members";
import { queueFile } from "./file-run";
import { runSchedules } from "./schedules";

/** What the local cloud's own command asks for, and no client of Azure DevOps: the service has no such API. */
export const triggers: Area = { locations: [], routes };

function routes(api: Api, { organization, runs, agent, checkTask }: AreaContext): void {
  const triggering = { organization, runs, agent, checkTask };
  const params = inProject.extend({ definition: z.string() });
  api.post("/:project/_local-cloud/schedules/:definition", { schema: { params } }, async ({ params, caller }) => {
    const definition = findByNameOrId(organization, params.project, params.definition);
    return runSchedules(triggering, definition, caller?.name ?? operatorName).map(({ outcome, ...on }) => ({
      ...on,
      ...(typeof outcome === "string" ? { reason: outcome } : { build: buildView(organization, runs.state, outcome) }),
    }));
  });

  const asked = z.strictObject({
    ...{ repository: z.string(), path: z.string(), commit: z.string(), branch: z.string() },
    stages: z.array(z.string()),
  });
  const run = { schema: { params: inProject, body: asked } };
  api.post("/:project/_local-cloud/runs", run, async ({ params, body, caller }) => {
    const project = findProject(organization, params.project);
    const repository = findRepository(organization, body.repository, project);
    const file = { ...body, repository };
    const { build, definition, isTemporary } = queueFile(triggering, project, file, caller?.name ?? operatorName);
    return { build: buildView(organization, runs.state, build), pipeline: definition.name, isTemporary };
  });
}

/** @throws ServiceError if the project has no such pipeline, or several of that name */
function findByNameOrId(organization: Organization, project: string, nameOrId: string): Definition {
  const { id: projectId } = findProject(organization, project);
  const ofProject = organization.state.definitions.filter((definition) => definition.projectId === projectId);
  const byId = ofProject.find(({ id }) => String(id) === nameOrId);
  const [found, ...others] = byId ? [byId] : ofProject.filter(({ name }) => sameName(name, nameOrId));
  if (found === undefined) throw definitionNotFound(nameOrId);
  if (others.length === 0) return found;
  const all = [found, ...others].map(({ id, path }) => `${id} in ${path}`).join(", ");
  throw invalidArgument(`There are several pipelines of the name ${nameOrId}: say which by its number (${all}).`);
}
