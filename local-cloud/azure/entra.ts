import { randomUUID } from "node:crypto";
import { TokenExpiredError } from "jsonwebtoken";
import { messageOf } from "../../src/common/errors";
import { azureDevOpsAudience, type TokenIssuer, tenantId } from "../cloud/identity";
import { type ArmResource, type AzureState, isKnown, isWithin, resourcesOfType } from "./state";

/** An answer of the token endpoint. */
export interface TokenAnswer {
  status: number;
  body: object;
}

/** The client secret of a service principal. */
export type SecretOf = (principal: { clientId: string }) => string;

/** The identity that a request is allowed to get a token for. */
interface Identity {
  objectId: string;
  clientId: string;
}

/** A refusal in Entra ID's words. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Entra ID's token endpoint, for the client credentials flow
 * (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow): with a secret for the
 * service principals, and with a token of another issuer for those who have a federated credential for it.
 *
 * @param lateness milliseconds after which a federated credential is known here.
 * @param secretOf the client secret of a service principal.
 * @param tenant from the path.
 * @param form the body's fields.
 */
export async function requestToken(
  tokens: TokenIssuer,
  state: AzureState,
  lateness: number,
  secretOf: SecretOf,
  tenant: string,
  form: URLSearchParams,
): Promise<TokenAnswer> {
  try {
    checkTenantAndGrant(tenant, form);
    const identity = form.has("client_assertion")
      ? await federatedIdentity(tokens, state, lateness, form)
      : principalWithSecret(state, secretOf, form);
    const scope = form.get("scope") ?? "";
    const audience = audienceOf(scope);
    if (audience === undefined) {
      throw new Refusal(
        400,
        "invalid_scope",
        1002012,
        `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
      );
    }
    const access_token = await tokens.issueAzureToken(identity, audience);
    return { status: 200, body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token } };
  } catch (error) {
    if (error instanceof Refusal) return answerOf(error);
    throw error;
  }
}

function checkTenantAndGrant(tenant: string, form: URLSearchParams): void {
  if (tenant.toLowerCase() !== tenantId) {
    throw new Refusal(
      400,
      "invalid_request",
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
    );
  }
  const grant = form.get("grant_type");
  if (grant !== "client_credentials") {
    throw new Refusal(400, "unsupported_grant_type", 70003, `The app requested an unsupported grant type '${grant}'.`);
  }
}

function principalWithSecret(state: AzureState, secretOf: SecretOf, form: URLSearchParams): Identity {
  const clientId = form.get("client_id") ?? "";
  const principal = state.servicePrincipals.find((known) => known.clientId === clientId);
  if (principal === undefined && findManagedIdentity(state, clientId) === undefined) throw unknownClient(clientId);
  if (!form.has("client_secret")) {
    throw new Refusal(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  if (principal === undefined || form.get("client_secret") !== secretOf(principal)) {
    throw new Refusal(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not " +
        `the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  return principal;
}

/** What a JSON Web Token as an assertion is announced as (RFC 7523). */
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * The managed identity or application that trusts the one who issued the assertion: issuer, subject and audience are those of one of
 * its federated credentials, to the letter
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations).
 */
async function federatedIdentity(
  tokens: TokenIssuer,
  state: AzureState,
  lateness: number,
  form: URLSearchParams,
): Promise<Identity> {
  const clientId = form.get("client_id") ?? "";
  if (form.get("client_assertion_type") !== assertionType) {
    throw new Refusal(
      400,
      "invalid_request",
      900144,
      "The request body must contain the following parameter: 'client_assertion_type'.",
    );
  }
  const { objectId, credentials } = trustedBy(state, clientId);
  const assertion = await verifyAssertion(tokens, form.get("client_assertion") ?? "");

  if (credentials.length === 0) throw noCredentials(clientId);
  const sameIssuer = credentials.filter(({ issuer }) => issuer === assertion.issuer);
  if (sameIssuer.length === 0) throw noMatch(700211, "issuer", assertion.issuer);
  const sameSubject = sameIssuer.filter(({ subject }) => subject === assertion.subject);
  if (sameSubject.length === 0) throw noMatch(700213, "subject", assertion.subject);
  const trusted = sameSubject.filter(
    ({ audiences }) => Array.isArray(audiences) && audiences[0] === assertion.audience,
  );
  if (trusted.length === 0) throw noMatch(700212, "audience", assertion.audience);
  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#errors
  if (!trusted.some(({ lastModifiedAt }) => isKnown(lastModifiedAt, lateness))) {
    throw new Refusal(
      401,
      "invalid_client",
      70021,
      "No matching federated identity record found for presented assertion.",
    );
  }
  return { objectId, clientId };
}

/** A federated credential, and when it came to be as it is (ISO 8601). */
interface FederatedCredential {
  issuer: unknown;
  subject: unknown;
  audiences: unknown;
  lastModifiedAt: string;
}

/** Whom a managed identity or an application trusts. @throws Refusal if there is neither */
function trustedBy(state: AzureState, clientId: string): { objectId: string; credentials: FederatedCredential[] } {
  const managed = findManagedIdentity(state, clientId);
  if (managed !== undefined) {
    const credentials = resourcesOfType(state, `${managedIdentity}/federatedIdentityCredentials`)
      .filter(({ id }) => isWithin(id, managed.id))
      .map(({ properties: { issuer, subject, audiences }, systemData: { lastModifiedAt } }) => ({
        ...{ issuer, subject, audiences, lastModifiedAt },
      }));
    return { objectId: String(managed.properties.principalId), credentials };
  }
  const principal = state.servicePrincipals.find((known) => known.clientId === clientId);
  if (principal === undefined) throw unknownClient(clientId);
  const credentials = state.applicationCredentials
    .filter(({ appId }) => appId === clientId)
    .map(({ createdAt, ...credential }) => ({ ...credential, lastModifiedAt: createdAt }));
  return { objectId: principal.objectId, credentials };
}

const managedIdentity = "Microsoft.ManagedIdentity/userAssignedIdentities";

function findManagedIdentity(state: AzureState, clientId: string): ArmResource | undefined {
  return resourcesOfType(state, managedIdentity).find(({ properties }) => properties.clientId === clientId);
}

async function verifyAssertion(tokens: TokenIssuer, assertion: string) {
  try {
    return await tokens.verifyFederatedToken(assertion);
  } catch (error) {
    if (error instanceof TokenExpiredError) {
      throw new Refusal(
        401,
        "invalid_client",
        700024,
        `Client assertion is not within its valid time range. Expiry time of assertion ${error.expiredAt.toISOString()}.`,
      );
    }
    const reason = messageOf(error);
    throw new Refusal(401, "invalid_client", 50013, `Assertion failed signature validation. [Reason - ${reason}.]`);
  }
}

function unknownClient(clientId: string): Refusal {
  return new Refusal(
    400,
    "unauthorized_client",
    700016,
    `Application with identifier '${clientId}' was not found in the directory.`,
  );
}

function noCredentials(clientId: string): Refusal {
  return new Refusal(
    401,
    "invalid_client",
    70025,
    `The client '${clientId}' has no configured federated identity credentials.`,
  );
}

function noMatch(code: number, what: string, value: string): Refusal {
  return new Refusal(
    401,
    "invalid_client",
    code,
    `No matching federated identity record found for presented assertion ${what} '${value}'. The matching is done ` +
      "using a case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer " +
      "against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
  );
}

/**
 * The resource that a scope asks for. Resource Manager's is written with or without a slash at its end, and Azure DevOps
 * has no address but a number.
 */
function audienceOf(scope: string): string | undefined {
  if (scope === `${azureDevOpsAudience}/.default`) return azureDevOpsAudience;
  const resource = /^(https:\/\/\S+?|api:\/\/\S+?)\/*\/\.default$/.exec(scope)?.[1];
  return resource === undefined ? undefined : `${resource}/`;
}

function answerOf({ status, error, code, message }: Refusal): TokenAnswer {
  const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
  const timestamp = new Date().toISOString().replace("T", " ").replace(/\.\d+/, "");
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${message} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id,
      correlation_id,
    },
  };
}
