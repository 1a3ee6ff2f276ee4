import type { FastifyInstance } from "fastify";
import type { CheckTask } from "../../pipelines/compile";
import { invalidArgument } from "../common/errors";
import { apiLocation, collection, findProject, type Organization } from "../common/organization";
import { findDefinition } from "../definitions/definitions";
import type { Agent } from "./agent";
import { buildError } from "./errors";
import { type ListQuery, listBuilds } from "./list";
import { buildView, findBuild } from "./model";
import { type QueueInput, queueBuild } from "./queue";
import { requireDeletable, retain } from "./retention";
import type { Runs } from "./runs";
import type { Build } from "./state";

export const buildLocations = [
  apiLocation(
    "0cd358e1-9217-4d94-8269-1c1ee6f93dcf",
    "build",
    "builds",
    "{project}/_apis/{area}/{resource}/{buildId}",
    7,
  ),
];

interface QueueBody extends QueueInput {
  definition?: { id: number };
}

const text = { type: ["string", "null"] };
const queueBody = {
  type: ["object", "null"],
  properties: {
    definition: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
    project: { type: "object" },
    // Manual, which is the only one here, and what the service makes of "user created".
    reason: { enum: [1, "manual", 32, "userCreated"] },
    sourceBranch: text,
    sourceVersion: text,
    parameters: text,
    templateParameters: { type: ["object", "null"], additionalProperties: { type: "string" } },
  },
  additionalProperties: false,
};

interface UpdateBody {
  status?: string | number;
  keepForever?: boolean;
  retainedByRelease?: boolean;
}

const updateBody = {
  type: "object",
  properties: {
    id: { type: "integer" },
    status: { enum: [4, "cancelling"] },
    keepForever: { type: "boolean" },
    retainedByRelease: { type: "boolean" },
  },
  additionalProperties: false,
};

interface One {
  Params: { project: string; buildId: string };
}

/** Runs of pipelines, through the build API: it calls them builds. A property that is not emulated is refused. */
export function builds(
  app: FastifyInstance,
  organization: Organization,
  runs: Runs,
  agent: Agent,
  checkTask: CheckTask,
): void {
  const all = "/:project/_apis/build/builds";
  const one = `${all}/:buildId`;
  const find = ({ project, buildId }: One["Params"]) => findBuild(organization, runs.state, project, buildId);
  const view = (build: Build) => buildView(organization, runs.state, build);

  app.post<{ Params: { project: string }; Querystring: { definitionId?: string }; Body: QueueBody | null }>(
    all,
    { schema: { body: queueBody } },
    async ({ params, query, body }) => {
      const project = findProject(organization, params.project);
      const definitionId = body?.definition?.id ?? query.definitionId;
      if (definitionId === undefined)
        throw invalidArgument("Value cannot be null.\r\nParameter name: build.Definition");
      const definition = findDefinition(organization, params.project, String(definitionId));
      const build = queueBuild(organization, runs, checkTask, project, definition, body ?? {});
      const queued = view(build);
      agent.wake();
      return queued;
    },
  );

  app.get<{ Params: { project: string }; Querystring: ListQuery }>(all, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    return collection(listBuilds(organization, runs.state, project, query).map(view));
  });

  app.get<One>(one, async ({ params }) => view(find(params)));

  app.patch<One & { Body: UpdateBody }>(one, { schema: { body: updateBody } }, async ({ params, body }) => {
    const build = find(params);
    if (body.status !== undefined && build.status === "completed") {
      throw buildError(
        400,
        "BuildStatusInvalidChangeException",
        `The build ${build.number} is completed: it cannot be cancelled any more.`,
      );
    }
    if (body.keepForever !== undefined) retain(organization, runs.state, build, "user", body.keepForever);
    if (body.retainedByRelease !== undefined)
      retain(organization, runs.state, build, "release", body.retainedByRelease);
    runs.save();
    if (body.status !== undefined) agent.cancel(build);
    return view(build);
  });

  app.delete<One>(one, async ({ params }, reply) => {
    const build = find(params);
    requireDeletable(runs.state, build);
    runs.remove([build]);
    return reply.code(204).send();
  });
}
