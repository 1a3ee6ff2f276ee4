import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { messageOf } from "../../src/common/errors";
import { managementAudience, type TokenIssuer, tenantId } from "../cloud/identity";
import type { RegistryHost } from "../registry/host";
import type { Store } from "../state/store";
import { handleArm } from "./arm";
import { requestToken, type SecretOf } from "./entra";
import { ArmError } from "./errors";
import { serveGraph } from "./graph";
import { isObject, type JsonObject } from "./json";
import type { ArmRequest } from "./request";
import type { AzureState } from "./state";

/** What the local cloud's Azure is made of. */
export interface AzureOptions {
  store: Store<AzureState>;
  tokens: TokenIssuer;
  /** The client secret of a service principal. */
  secretOf: SecretOf;
  /** Where container registries come from. */
  registries: RegistryHost;
  /** Milliseconds after which a federated credential is known to Entra ID. Default: at once. */
  lateness?: () => number;
  /** Host and port that this server is reached at, for example `127.0.0.1:9481`. */
  metadata: { address: string };
}

/** API version of the description of the cloud's endpoints. */
const metadataVersion = "2022-09-01";

/**
 * Azure on one port: Entra ID's token endpoint, the description of the cloud's endpoints (`ARM_METADATA_HOSTNAME`), and
 * Microsoft Graph under `/v1.0`, and Resource Manager under every other path. Every refusal that is not Azure's own (501) is written to the standard error.
 */
export function createAzure({ store, tokens, lateness = () => 0, ...options }: AzureOptions): FastifyInstance {
  const { secretOf, registries, metadata } = options;
  const server = Fastify();
  server.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_request, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  // A DELETE may say that its body is JSON and have none.
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch (error) {
      done(new ArmError(400, "InvalidRequestContent", `The request content was invalid: ${messageOf(error)}.`));
    }
  });

  server.post<{ Params: { tenant: string } }>("/:tenant/oauth2/v2.0/token", async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const { status, body } = await requestToken(tokens, store.data, lateness(), secretOf, request.params.tenant, form);
    return reply.code(status).send(body);
  });

  server.get("/metadata/endpoints", async (request) => {
    const version = apiVersionOf(request);
    if (version !== metadataVersion) throw invalidApiVersion(version);
    return endpoints(metadata.address);
  });

  serveGraph(server, store, tokens);

  // Changes run one after the other, as if each were alone: some wait for a registry to start or stop.
  let lastChange: Promise<unknown> = Promise.resolve();
  server.all("/*", async (request, reply) => {
    const arm = { state: store.data, registries };
    const armRequest = await readRequest(request, tokens);
    if (armRequest.method === "GET") return answer(reply, await handleArm(arm, armRequest));
    const change = lastChange.then(async () => {
      try {
        return await handleArm(arm, armRequest);
      } finally {
        store.save();
      }
    });
    lastChange = change.catch(() => undefined);
    return answer(reply, await change);
  });

  server.setErrorHandler((error, request, reply) => {
    const refusal = error instanceof ArmError ? error : asArmError(error);
    if (refusal.status >= 500) process.stderr.write(`azure: ${request.method} ${request.url}: ${refusal.message}\n`);
    return reply.code(refusal.status).send(refusal.body);
  });
  return server;
}

function answer(reply: FastifyReply, { status, body }: { status: number; body?: JsonObject }): FastifyReply {
  return reply.code(status).send(body);
}

async function readRequest(request: FastifyRequest, tokens: TokenIssuer): Promise<ArmRequest> {
  const caller = await authenticate(request.headers.authorization, tokens);
  const { method } = request;
  if (method !== "GET" && method !== "PUT" && method !== "PATCH" && method !== "DELETE" && method !== "POST") {
    throw new ArmError(405, "MethodNotAllowed", `The local cloud does not take the http method '${method}'.`);
  }
  const apiVersion = apiVersionOf(request);
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/.test(apiVersion)) throw invalidApiVersion(apiVersion);
  if ((method === "PUT" || method === "PATCH") && !isObject(request.body)) {
    throw new ArmError(400, "InvalidRequestContent", "The request content was invalid and could not be deserialized.");
  }
  const url = new URL(request.url, "http://localhost");
  const body = isObject(request.body) ? request.body : {};
  const query = Object.fromEntries(url.searchParams);
  return { method, path: decodeURIComponent(url.pathname), query, apiVersion, body, caller };
}

async function authenticate(header: string | undefined, tokens: TokenIssuer): Promise<ArmRequest["caller"]> {
  const token = /^Bearer (.+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) {
    throw new ArmError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
  }
  try {
    const { oid, appid = oid } = await tokens.verifyAzureToken(token, managementAudience);
    return { objectId: oid, clientId: appid };
  } catch (error) {
    throw new ArmError(401, "InvalidAuthenticationToken", `The access token is invalid: ${messageOf(error)}.`);
  }
}

function apiVersionOf(request: FastifyRequest): string {
  const version = new URL(request.url, "http://localhost").searchParams.get("api-version");
  if (version !== null && version !== "") return version;
  throw new ArmError(
    400,
    "MissingApiVersionParameter",
    "The api-version query parameter (?api-version=) is required for all requests.",
  );
}

function invalidApiVersion(version: string): ArmError {
  return new ArmError(400, "InvalidApiVersionParameter", `The api-version '${version}' is invalid.`);
}

function asArmError(error: unknown): ArmError {
  const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
  return status < 500
    ? new ArmError(status, "InvalidRequestContent", messageOf(error))
    : new ArmError(500, "InternalServerError", messageOf(error));
}

/** The description of a cloud that tools read to find its endpoints, in Azure's shape of this API version. */
function endpoints(address: string): JsonObject {
  const url = `http://${address}`;
  return {
    name: "LocalCloud",
    resourceManager: `${url}/`,
    authentication: {
      loginEndpoint: `${url}/`,
      audiences: [managementAudience],
      tenant: tenantId,
      identityProvider: "AAD",
    },
    suffixes: { acrLoginServer: "azurecr.io" },
  };
}
