import { types } from "node:util";
import { registryUrl } from "../image/registry-url";

/** How to sign in to a registry, in the form that Docker and BuildKit take. */
export interface RegistryLogin {
  address: string;
  username: string;
  /** Secret. Valid for some hours, and for this registry only. */
  password: string;
}

/** The user name that says "the password is a token": https://learn.microsoft.com/azure/container-registry/container-registry-authentication */
const tokenUser = "00000000-0000-0000-0000-000000000000";

/** How long the registry may take to answer, in milliseconds. */
const timeout = 30_000;

/**
 * Signs in to an Azure container registry as the identity that an Azure access token belongs to, without the
 * registry's admin user: the token is exchanged for one of the registry's own.
 * https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 *
 * @param loginServer host (and port) of the registry
 * @param tenantId the Microsoft Entra tenant of the identity
 * @param accessToken Azure Resource Manager access token
 * @throws Error if the registry cannot be reached or refuses the token, with its reason
 */
export async function signIn(loginServer: string, tenantId: string, accessToken: string): Promise<RegistryLogin> {
  const response = await fetch(`${registryUrl(loginServer)}/oauth2/exchange`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "access_token",
      service: loginServer,
      tenant: tenantId,
      access_token: accessToken,
    }),
    signal: AbortSignal.timeout(timeout),
  }).catch((error: unknown) => {
    throw new Error(`cannot reach the container registry ${loginServer} to sign in: ${reasonOf(error)}`);
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(
      `the container registry ${loginServer} refused to sign in: ${response.status} ${text}. The identity that runs ` +
        "Pulumi needs a role on it that may push: AcrPush, or Container Registry Repository Writer.",
    );
  }
  const password = refreshTokenIn(text);
  if (!password) throw new Error(`the container registry ${loginServer} answered the sign-in without a refresh_token`);
  return { address: loginServer, username: tokenUser, password };
}

function refreshTokenIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("refresh_token" in body)) return undefined;
    return typeof body.refresh_token === "string" ? body.refresh_token : undefined;
  } catch {
    return undefined;
  }
}

/** Node's fetch hides why it failed in the error's cause. */
function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return types.isNativeError(error.cause) ? error.cause.message || error.cause.name : error.message;
}
