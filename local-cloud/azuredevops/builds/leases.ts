import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { collection, findProject } from "../common/organization";
import { inProject } from "../common/request";
import { findDefinition } from "../definitions/definitions";
import { buildError } from "./errors";
import { findBuild, oneBuild } from "./model";
import { addLease, leasesOf } from "./retention";
import type { RetentionLease } from "./state";

const locations = [
  apiLocation(
    "272051e4-9af1-45b5-ae22-8d960a5539d4",
    "build",
    "leases",
    "{project}/_apis/{area}/retention/{resource}/{leaseId}",
    2,
  ),
  apiLocation(
    "3da19a6a-f088-45c4-83ce-2ad3a87be6c4",
    "build",
    "leases",
    "{project}/_apis/{area}/builds/{buildId}/{resource}",
    1,
    true,
  ),
];

const leasesBody = z
  .array(
    z.object({
      daysValid: z.int().min(1),
      definitionId: z.int(),
      runId: z.int(),
      ownerId: z.string().min(1),
      protectPipeline: z.boolean().optional(),
    }),
  )
  .min(1);

const listed = z.object({
  ownerId: z.string().optional(),
  definitionId: z.string().optional(),
  runId: z.string().optional(),
});

/** Retention leases: what keeps runs, and the pipelines that they are of, from being deleted. */
export const leases: Area = { locations, routes };

function routes(api: Api, { organization, runs }: AreaContext): void {
  const { state } = runs;
  const all = "/:project/_apis/build/retention/leases";

  api.post(all, { schema: { params: inProject, body: leasesBody } }, async ({ params, body }) => {
    for (const { definitionId, runId } of body) {
      findDefinition(organization, params.project, String(definitionId));
      const build = findBuild(organization, state, params.project, runId);
      if (build.definitionId !== definitionId) {
        throw invalidArgument(`The build ${runId} is not of pipeline ${definitionId}, but of ${build.definitionId}.`);
      }
    }
    const { id: projectId } = findProject(organization, params.project);
    const made = body.map(({ daysValid, definitionId, runId, ownerId, protectPipeline = false }) =>
      addLease(state, { projectId, definitionId, buildId: runId, ownerId, protectPipeline }, daysValid),
    );
    runs.save();
    return collection(made.map(view));
  });

  api.get(all, { schema: { params: inProject, querystring: listed } }, async ({ params, query }) => {
    const { id } = findProject(organization, params.project);
    const { ownerId, definitionId, runId } = query;
    const found = state.leases.filter(
      (lease) =>
        lease.projectId === id &&
        (!ownerId || lease.ownerId === ownerId) &&
        (!definitionId || String(lease.definitionId) === definitionId) &&
        (!runId || String(lease.buildId) === runId),
    );
    return collection(found.map(view));
  });

  const deleted = { schema: { params: inProject, querystring: z.object({ ids: z.string().optional() }) } };
  api.delete(all, deleted, async ({ params, query }, reply) => {
    const { id: projectId } = findProject(organization, params.project);
    const ids = (query.ids ?? "").split(",").map(Number);
    for (const id of ids) {
      const lease = state.leases.find((item) => item.id === id && item.projectId === projectId);
      if (!lease) throw buildError(404, "RetentionLeaseNotFoundException", `Retention lease ${id} was not found.`);
    }
    state.leases = state.leases.filter(({ id }) => !ids.includes(id));
    runs.save();
    return reply.code(204).send();
  });

  api.get("/:project/_apis/build/builds/:buildId/leases", { schema: { params: oneBuild } }, async ({ params }) => {
    const build = findBuild(organization, state, params.project, params.buildId);
    return collection(leasesOf(state, build).map(view));
  });
}

function view({ id, ownerId, buildId, definitionId, createdOn, validUntil, protectPipeline }: RetentionLease) {
  return { leaseId: id, ownerId, runId: buildId, definitionId, createdOn, validUntil, protectPipeline };
}
