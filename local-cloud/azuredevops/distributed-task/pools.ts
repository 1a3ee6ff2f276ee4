import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument } from "../common/errors";
import { checkDisplayName, enumName, sameName } from "../common/naming";
import { collection, type Organization, operatorIdentity } from "../common/organization";
import { enumeration } from "../common/request";
import type { AzureDevOpsState } from "../state";
import { taskError } from "./errors";
import type { AgentPool } from "./state";

const locations = [
  apiLocation(
    "a8c47e17-4d56-4a56-92bb-de7ea7dc65be",
    "distributedtask",
    "pools",
    "_apis/{area}/{resource}/{poolId}",
    1,
  ),
];

/** Numbers of pool types in the API. */
const poolTypes = { 1: "automation", 2: "deployment" } as const;

const poolBody = z.strictObject({
  name: z.string(),
  poolType: enumeration.optional(),
  autoProvision: z.boolean().optional(),
  autoUpdate: z.boolean().optional(),
});

const updateBody = poolBody.partial().extend({ id: z.int().optional() });

const onePool = z.object({ poolId: z.string() });

const listQuery = z.object({
  poolName: z.string().optional(),
  poolType: z.string().optional(),
  poolIds: z.string().optional(),
});

/** Agent pools. None of them has an agent: the local Azure DevOps has one agent, which runs what any queue holds. */
export const agentPools: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;

  api.get("/_apis/distributedtask/pools", { schema: { querystring: listQuery } }, async ({ query }) => {
    const poolType = query.poolType === undefined ? undefined : enumName(poolTypes, query.poolType);
    const ids = query.poolIds?.split(",").map(Number);
    const found = state.agentPools.filter(
      (pool) =>
        (!query.poolName || sameName(pool.name, query.poolName)) &&
        (poolType === undefined || pool.poolType === poolType) &&
        (ids?.includes(pool.id) ?? true),
    );
    return collection(found.map((pool) => view(organization, pool)));
  });

  api.post("/_apis/distributedtask/pools", { schema: { body: poolBody } }, async ({ body }) => {
    requireFreeName(state, body.name);
    const poolType = enumName(poolTypes, body.poolType ?? "automation");
    const pool = addPool(state, { name: body.name, poolType, autoProvision: body.autoProvision ?? false });
    organization.save();
    return view(organization, pool);
  });

  api.get("/_apis/distributedtask/pools/:poolId", { schema: { params: onePool } }, async ({ params }) =>
    view(organization, findPool(state, params.poolId)),
  );

  api.patch(
    "/_apis/distributedtask/pools/:poolId",
    { schema: { params: onePool, body: updateBody } },
    async ({ params, body }) => {
      const pool = findOwnPool(state, params.poolId);
      const { name = pool.name, poolType = pool.poolType, autoProvision, autoUpdate } = body;
      requireFreeName(state, name, pool);
      if (enumName(poolTypes, poolType) !== pool.poolType) {
        throw invalidArgument(`The type of agent pool ${pool.name} cannot be changed.`);
      }
      Object.assign(pool, {
        name,
        autoProvision: autoProvision ?? pool.autoProvision,
        autoUpdate: autoUpdate ?? pool.autoUpdate,
      });
      organization.save();
      return view(organization, pool);
    },
  );

  api.delete("/_apis/distributedtask/pools/:poolId", { schema: { params: onePool } }, async ({ params }, reply) => {
    const pool = findOwnPool(state, params.poolId);
    state.agentPools.splice(state.agentPools.indexOf(pool), 1);
    const queues = state.agentQueues.filter(({ poolId }) => poolId === pool.id).map(({ id }) => String(id));
    state.agentQueues = state.agentQueues.filter(({ poolId }) => poolId !== pool.id);
    state.permissions = state.permissions.filter(
      ({ resourceType, resourceId }) => resourceType !== "queue" || !queues.includes(resourceId),
    );
    organization.save();
    return reply.code(204).send();
  });
}

/** Adds a pool whose name has been checked. Its agents update themselves: that can be switched off in a second step. */
export function addPool(
  state: AzureDevOpsState,
  pool: Pick<AgentPool, "name" | "poolType" | "autoProvision">,
): AgentPool {
  const createdOn = new Date().toISOString();
  const added = { id: ++state.last.agentPool, ...pool, isHosted: false, autoUpdate: true, createdOn };
  state.agentPools.push(added);
  return added;
}

/** Throws the service's own error when there is no such pool. */
export function findPool(state: AzureDevOpsState, poolId: string): AgentPool {
  const pool = state.agentPools.find(({ id }) => String(id) === poolId);
  if (!pool) throw taskError(404, "TaskAgentPoolNotFoundException", `No agent pool found with identifier ${poolId}.`);
  return pool;
}

/** A pool that may be changed: Microsoft's own may not. */
function findOwnPool(state: AzureDevOpsState, poolId: string): AgentPool {
  const pool = findPool(state, poolId);
  if (pool.isHosted) throw invalidArgument(`The agent pool ${pool.name} is Microsoft's, and cannot be changed.`);
  return pool;
}

/** @param self The pool that is to have the name. */
function requireFreeName(state: AzureDevOpsState, name: string, self?: AgentPool): void {
  checkDisplayName("agent pool", name);
  if (!state.agentPools.some((pool) => pool !== self && sameName(pool.name, name))) return;
  throw taskError(409, "TaskAgentPoolExistsException", `Agent pool ${name} already exists.`);
}

function view(organization: Organization, pool: AgentPool) {
  const { createdOn, autoProvision, autoUpdate } = pool;
  const owner = operatorIdentity(organization);
  const reference = poolReference(organization, pool);
  return {
    createdOn,
    autoProvision,
    autoUpdate,
    autoSize: true,
    createdBy: owner,
    owner,
    properties: {},
    ...reference,
  };
}

/** A pool as other resources refer to it. */
export function poolReference({ state }: Organization, { id, name, isHosted, poolType }: AgentPool) {
  return { id, scope: state.organizationId, name, isHosted, poolType, size: 0, isLegacy: false, options: "none" };
}
