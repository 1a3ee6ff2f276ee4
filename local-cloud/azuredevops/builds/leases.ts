import type { FastifyInstance } from "fastify";
import { invalidArgument } from "../common/errors";
import { apiLocation, collection, findProject, type Organization } from "../common/organization";
import { findDefinition } from "../definitions/definitions";
import { buildError } from "./errors";
import { findBuild } from "./model";
import { addLease, leasesOf } from "./retention";
import type { Runs } from "./runs";
import type { RetentionLease } from "./state";

export const leaseLocations = [
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

interface LeaseBody {
  daysValid: number;
  definitionId: number;
  runId: number;
  ownerId: string;
  protectPipeline?: boolean;
}

const leasesBody = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    required: ["daysValid", "definitionId", "runId", "ownerId"],
    properties: {
      daysValid: { type: "integer", minimum: 1 },
      definitionId: { type: "integer" },
      runId: { type: "integer" },
      ownerId: { type: "string", minLength: 1 },
      protectPipeline: { type: "boolean" },
    },
  },
};

/** Retention leases: what keeps runs, and the pipelines that they are of, from being deleted. */
export function leases(app: FastifyInstance, organization: Organization, runs: Runs): void {
  const { state } = runs;
  const all = "/:project/_apis/build/retention/leases";

  app.post<{ Params: { project: string }; Body: LeaseBody[] }>(
    all,
    { schema: { body: leasesBody } },
    async ({ params, body }) => {
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
    },
  );

  app.get<{ Params: { project: string }; Querystring: { ownerId?: string; definitionId?: string; runId?: string } }>(
    all,
    async ({ params, query }) => {
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
    },
  );

  app.delete<{ Params: { project: string }; Querystring: { ids?: string } }>(all, async ({ params, query }, reply) => {
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

  app.get<{ Params: { project: string; buildId: string } }>(
    "/:project/_apis/build/builds/:buildId/leases",
    async ({ params }) => {
      const build = findBuild(organization, state, params.project, params.buildId);
      return collection(leasesOf(state, build).map(view));
    },
  );
}

function view({ id, ownerId, buildId, definitionId, createdOn, validUntil, protectPipeline }: RetentionLease) {
  return { leaseId: id, ownerId, runId: buildId, definitionId, createdOn, validUntil, protectPipeline };
}
