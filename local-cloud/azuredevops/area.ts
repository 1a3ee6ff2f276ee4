import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { CheckTask } from "../pipelines/compile";
import type { Agent } from "./builds/agent";
import type { Runs } from "./builds/runs";
import type { ApiLocation } from "./common/api-location";
import type { Organization } from "./common/organization";
import type { Operations } from "./core/operations";

/** Takes routes: the zod schemas of a route check its request, and are the types of what its handler gets. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the areas have in common. */
export interface AreaContext {
  organization: Organization;
  runs: Runs;
  agent: Agent;
  /** What is done after it has been answered. */
  operations: Operations;
  /** Whether the agent knows a step's task. */
  checkTask: CheckTask;
}

/** An area of the API, or a part of one. */
export interface Area {
  /** Where clients find its APIs. */
  locations: ApiLocation[];
  /** What answers there. Paths are from the organization's. */
  routes(api: Api, context: AreaContext): void;
}

/** Several parts as one area. */
export function areaOf(...parts: Area[]): Area {
  return {
    locations: parts.flatMap(({ locations }) => locations),
    routes: (api, context) => {
      for (const part of parts) part.routes(api, context);
    },
  };
}
