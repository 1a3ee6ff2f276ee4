import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { collection, findProject } from "../common/organization";
import { anything, inProject } from "../common/request";
import { findDefinition } from "../definitions/definitions";
import { operatorName } from "../members";
import { buildError } from "./errors";
import { listBuilds, listQuery } from "./list";
import { buildView, findBuild, type OneBuild, oneBuild } from "./model";
import { queueBuild, queueInput } from "./queue";
import { requireDeletable, retain } from "./retention";
import type { Build } from "./state";

const locations = [
  apiLocation(
    "0cd358e1-9217-4d94-8269-1c1ee6f93dcf",
    "build",
    "builds",
    "{project}/_apis/{area}/{resource}/{buildId}",
    7,
  ),
];

const queueBody = queueInput
  .extend({
    definition: z.object({ id: z.int() }).optional(),
    project: anything.optional(),
    // Manual, which is the only one here, and what the service makes of "user created".
    reason: z.literal([1, "manual", 32, "userCreated"]).optional(),
  })
  .strict()
  .nullable();

const updateBody = z.strictObject({
  id: z.int().optional(),
  status: z.literal([4, "cancelling"]).optional(),
  keepForever: z.boolean().optional(),
  retainedByRelease: z.boolean().optional(),
});

/** Runs, which the API calls builds. A property that is not emulated is refused. */
export const builds: Area = { locations, routes };

function routes(api: Api, { organization, runs, agent, checkTask }: AreaContext): void {
  const all = "/:project/_apis/build/builds";
  const one = `${all}/:buildId`;
  const find = ({ project, buildId }: OneBuild) => findBuild(organization, runs.state, project, buildId);
  const view = (build: Build) => buildView(organization, runs.state, build);

  api.post(
    all,
    {
      schema: {
        params: inProject,
        querystring: z.object({ definitionId: z.string().optional() }),
        body: queueBody,
      },
    },
    async ({ params, query, body, caller }) => {
      const definitionId = body?.definition?.id ?? query.definitionId;
      if (definitionId === undefined)
        throw invalidArgument("Value cannot be null.\r\nParameter name: build.Definition");
      const definition = findDefinition(organization, params.project, String(definitionId));
      const asked = { cause: { reason: "manual" }, requestedFor: caller?.name ?? operatorName } as const;
      const build = queueBuild({ organization, runs, checkTask }, definition, body ?? {}, asked);
      const queued = view(build);
      agent.wake();
      return queued;
    },
  );

  api.get(all, { schema: { params: inProject, querystring: listQuery } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    return collection(listBuilds(organization, runs.state, project, query).map(view));
  });

  api.get(one, { schema: { params: oneBuild } }, async ({ params }) => view(find(params)));

  api.patch(one, { schema: { params: oneBuild, body: updateBody } }, async ({ params, body }) => {
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

  api.delete(one, { schema: { params: oneBuild } }, async ({ params }, reply) => {
    const build = find(params);
    requireDeletable(runs.state, build);
    runs.remove([build]);
    return reply.code(204).send();
  });
}
