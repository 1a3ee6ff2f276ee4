import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import * as z from "zod";
import { messageOf } from "../../src/common/errors";
import { graphAudience, operator, type TokenIssuer } from "../cloud/identity";
import type { Store } from "../state/store";
import type { AzureState } from "./state";

/** A refusal of Microsoft Graph: https://learn.microsoft.com/graph/errors */
class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const credentialInput = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,119}$/),
  issuer: z.string().min(1),
  subject: z.string().min(1),
  audiences: z.array(z.string()).length(1),
  description: z.string().nullish(),
});

/**
 * Microsoft Graph, as far as it says whose tokens an application takes
 * (https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials): list, add and delete, by the
 * operator, who owns the applications.
 */
export function serveGraph(server: FastifyInstance, store: Store<AzureState>, tokens: TokenIssuer): void {
  const path = "/v1.0/:application/federatedIdentityCredentials";
  type Params = { application: string; id: string };

  server.register(async (graph) => {
    graph.setErrorHandler((error, _request, reply) => {
      const { status, code } = error instanceof GraphError ? error : { status: 400, code: "Request_BadRequest" };
      return reply.code(status).send({ error: { code, message: messageOf(error) } });
    });
    graph.addHook("onRequest", async ({ headers }) => requireOwner(headers.authorization, tokens));
    graph.get<{ Params: Params }>(path, async ({ params }) => ({ value: credentialsOf(store.data, params).map(show) }));
    graph.post<{ Params: Params }>(path, async ({ params, body }, reply) => {
      const { description: _, ...input } = credentialInput.parse(body);
      const existing = credentialsOf(store.data, params);
      if (existing.some(({ issuer, subject }) => issuer === input.issuer && subject === input.subject)) {
        throw new GraphError(
          409,
          "Request_MultipleObjectsWithSameKeyValue",
          "FederatedIdentityCredential with issuer and subject pair already exists on this application.",
        );
      }
      const credential = {
        ...input,
        id: randomUUID(),
        appId: appIdOf(store.data, params),
        createdAt: new Date().toISOString(),
      };
      store.data.applicationCredentials.push(credential);
      store.save();
      return reply.code(201).send(show(credential));
    });
    graph.delete<{ Params: Params }>(`${path}/:id`, async ({ params }, reply) => {
      const found = credentialsOf(store.data, params).find(({ id, name }) => id === params.id || name === params.id);
      if (found === undefined) throw notFound(params.id);
      store.data.applicationCredentials = store.data.applicationCredentials.filter((each) => each !== found);
      store.save();
      return reply.code(204).send();
    });
  });
}

async function requireOwner(header: string | undefined, tokens: TokenIssuer): Promise<void> {
  const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1] ?? "";
  const claims = await tokens.verifyAzureToken(token, graphAudience).catch((error: unknown) => {
    throw new GraphError(401, "InvalidAuthenticationToken", `Access token validation failure. ${messageOf(error)}.`);
  });
  if (claims.oid === operator.objectId) return;
  throw new GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
}

function credentialsOf(state: AzureState, params: { application: string }) {
  const id = appIdOf(state, params);
  return state.applicationCredentials.filter(({ appId }) => appId === id);
}

/** Applications are known by their client ids only: `applications(appId='…')`. */
function appIdOf({ servicePrincipals }: AzureState, { application }: { application: string }): string {
  const appId = /^applications\(appId='([^']+)'\)$/i.exec(application)?.[1] ?? application;
  if (servicePrincipals.some(({ clientId }) => clientId === appId)) return appId;
  throw notFound(appId);
}

function notFound(id: string): GraphError {
  return new GraphError(
    404,
    "Request_ResourceNotFound",
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function show({ id, name, issuer, subject, audiences }: AzureState["applicationCredentials"][number]) {
  return { id, name, issuer, subject, audiences, description: null };
}
