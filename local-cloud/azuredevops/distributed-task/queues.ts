import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { checkDisplayName, sameName } from "../common/naming";
import { collection, findProject, type Organization } from "../common/organization";
import { inProject } from "../common/request";
import type { Project } from "../core/state";
import type { AzureDevOpsState } from "../state";
import { taskError } from "./errors";
import { addPool, findPool, poolReference } from "./pools";
import type { AgentPool, AgentQueue } from "./state";

const locations = [
  apiLocation(
    "900fa995-c559-4923-aae7-f8424fe4fbea",
    "distributedtask",
    "queues",
    "{project}/_apis/{area}/{resource}/{queueId}",
    1,
    true,
  ),
];

const queueBody = z.strictObject({
  name: z.string().optional(),
  pool: z.looseObject({ id: z.int() }).optional(),
  projectId: z.string().optional(),
});

const oneQueue = inProject.extend({ queueId: z.string() });

const listQuery = z.object({
  queueName: z.string().optional(),
  queueNames: z.string().optional(),
  queueIds: z.string().optional(),
  poolIds: z.string().optional(),
});

/** Agent queues: what a project's pipelines name as their pool. */
export const agentQueues: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  const all = "/:project/_apis/distributedtask/queues";
  const one = `${all}/:queueId`;

  api.get(all, { schema: { params: inProject, querystring: listQuery } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const [ids, poolIds] = [query.queueIds, query.poolIds].map((list) => list?.split(",").map(Number));
    const names = (query.queueNames ?? query.queueName)?.split(",");
    const found = state.agentQueues.filter(
      ({ id, projectId, poolId, name }) =>
        projectId === project.id &&
        (names?.some((each) => sameName(each, name)) ?? true) &&
        (ids?.includes(id) ?? true) &&
        (poolIds?.includes(poolId) ?? true),
    );
    return collection(found.map((queue) => view(organization, queue)));
  });

  api.post(
    all,
    {
      schema: {
        params: inProject,
        querystring: z.object({ authorizePipelines: z.string().optional() }),
        body: queueBody,
      },
    },
    async ({ params, query, body }) => {
      const project = findProject(organization, params.project);
      const pool = body.pool ? findPool(state, String(body.pool.id)) : undefined;
      const name = body.name ?? pool?.name;
      if (name === undefined) throw invalidArgument("An agent queue must have a name or a pool.");
      checkDisplayName("agent queue", name);
      if (state.agentQueues.some((queue) => queue.projectId === project.id && sameName(queue.name, name))) {
        throw taskError(409, "TaskAgentQueueExistsException", `Agent queue ${name} already exists.`);
      }
      const queue = addQueue(state, project, pool ?? poolNamed(state, name), name);
      if (query.authorizePipelines?.toLowerCase() === "true") authorizeAll(state, queue);
      organization.save();
      return view(organization, queue);
    },
  );

  api.get(one, { schema: { params: oneQueue } }, async ({ params }) =>
    view(organization, findQueue(organization, params)),
  );

  api.delete(one, { schema: { params: oneQueue } }, async ({ params }, reply) => {
    const queue = findQueue(organization, params);
    state.agentQueues.splice(state.agentQueues.indexOf(queue), 1);
    state.permissions = state.permissions.filter(
      ({ resourceType, resourceId }) => resourceType !== "queue" || resourceId !== String(queue.id),
    );
    organization.save();
    return reply.code(204).send();
  });
}

/** Gives a new project a queue of every pool that says so. */
export function provisionQueues(state: AzureDevOpsState, project: Project): void {
  for (const pool of state.agentPools) if (pool.autoProvision) addQueue(state, project, pool, pool.name);
}

/** A project's queue by its name; undefined if there is none. */
export function queueOf({ state }: Organization, projectId: string, name: string): AgentQueue | undefined {
  return state.agentQueues.find((queue) => queue.projectId === projectId && sameName(queue.name, name));
}

function view(organization: Organization, { id, projectId, name, poolId }: AgentQueue) {
  return { id, projectId, name, pool: poolReference(organization, findPool(organization.state, String(poolId))) };
}

function addQueue(state: AzureDevOpsState, { id: projectId }: Project, { id: poolId }: AgentPool, name: string) {
  const queue = { id: ++state.last.agentQueue, projectId, poolId, name };
  state.agentQueues.push(queue);
  return queue;
}

/** The pool of a queue that names none: the one of its name, which is made if it is missing. */
function poolNamed(state: AzureDevOpsState, name: string): AgentPool {
  const found = state.agentPools.find((pool) => sameName(pool.name, name));
  return found ?? addPool(state, { name, poolType: "automation", autoProvision: false });
}

function authorizeAll(state: AzureDevOpsState, { id, projectId }: AgentQueue): void {
  state.permissions.push({
    projectId,
    resourceType: "queue",
    resourceId: String(id),
    pipelineId: "all",
    authorizedOn: new Date().toISOString(),
  });
}

/** Throws the service's own error when the project has no such queue. */
function findQueue(organization: Organization, { project, queueId }: z.output<typeof oneQueue>): AgentQueue {
  const { id: wanted } = findProject(organization, project);
  const found = organization.state.agentQueues.find(
    ({ id, projectId }) => String(id) === queueId && projectId === wanted,
  );
  if (!found)
    throw taskError(404, "TaskAgentQueueNotFoundException", `No agent queue found with identifier ${queueId}.`);
  return found;
}
