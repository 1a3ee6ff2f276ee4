import * as z from "zod";
import { registryUrl } from "./registry-url";

/** The user name that says "the password is a token": https://learn.microsoft.com/azure/container-registry/container-registry-authentication */
const tokenUser = "00000000-0000-0000-0000-000000000000";

/**
 * What to ask of an Azure container registry for one of its own tokens in exchange for an Azure token, which is how an
 * identity signs in without the registry's admin user: https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 *
 * @param loginServer host (and port) of the registry
 * @param tenantId the Microsoft Entra tenant of the identity
 * @param accessToken Azure Resource Manager access token
 */
export function tokenExchange(loginServer: string, tenantId: string, accessToken: string) {
  return {
    url: `${registryUrl(loginServer)}/oauth2/exchange`,
    method: "POST" as const,
    body: new URLSearchParams({
      grant_type: "access_token",
      service: loginServer,
      tenant: tenantId,
      access_token: accessToken,
    }),
  };
}

/** What a registry is not signed in to with. It differs from a login in nothing but the password. */
export const noLogin = { username: tokenUser, password: "" };

/**
 * The user and password, as Docker takes them, in the registry's answer; undefined if it has none. Secret: valid for
 * some hours, and for this registry only.
 */
export function loginIn(answer: string): { username: string; password: string } | undefined {
  try {
    const { refresh_token } = z.object({ refresh_token: z.string().min(1) }).parse(JSON.parse(answer));
    return { username: tokenUser, password: refresh_token };
  } catch {
    return undefined;
  }
}
