import { randomUUID } from "node:crypto";
import { operator, type TokenIssuer, tenantId } from "../identity";

/** An answer of the token endpoint. */
export interface TokenAnswer {
  status: number;
  body: object;
}

/**
 * Entra ID's token endpoint, for the client credentials flow with a secret
 * (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow). The one client is the
 * operator; managed identities and federated credentials sign in another way.
 *
 * @param tenant from the path.
 * @param form the body's fields.
 */
export async function requestToken(tokens: TokenIssuer, tenant: string, form: URLSearchParams): Promise<TokenAnswer> {
  const clientId = form.get("client_id") ?? "";
  const scope = form.get("scope") ?? "";
  if (tenant.toLowerCase() !== tenantId) {
    return refuse(
      400,
      "invalid_request",
      90002,
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID.`,
    );
  }
  if (form.get("grant_type") !== "client_credentials") {
    const grant = form.get("grant_type");
    return refuse(400, "unsupported_grant_type", 70003, `The app requested an unsupported grant type '${grant}'.`);
  }
  if (clientId !== operator.clientId) {
    return refuse(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier '${clientId}' was not found in the directory.`,
    );
  }
  if (!form.has("client_secret")) {
    return refuse(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  if (form.get("client_secret") !== operator.clientSecret) {
    return refuse(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not " +
        `the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  const audience = audienceOf(scope);
  if (audience === undefined) {
    return refuse(
      400,
      "invalid_scope",
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const access_token = await tokens.issueAzureToken(operator, audience);
  return { status: 200, body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token } };
}

/** The resource that a scope asks for. Resource Manager's is written with or without a slash at its end. */
function audienceOf(scope: string): string | undefined {
  const resource = /^(https:\/\/\S+?|api:\/\/\S+?)\/*\/\.default$/.exec(scope)?.[1];
  return resource === undefined ? undefined : `${resource}/`;
}

function refuse(status: number, error: string, code: number, message: string): TokenAnswer {
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
