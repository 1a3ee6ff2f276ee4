import * as z from "zod";

const claims = z.object({ iss: z.string(), scp: z.string().optional() });

/**
 * Whether an access token for Azure DevOps is no person's: that of a pipeline's run (System.AccessToken), or Microsoft
 * Entra's for an application or a managed identity, which has no scopes
 * (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference: `scp` is in tokens of users only).
 */
export function isApplicationToken(token: string, env: Record<string, string | undefined>): boolean {
  if (token === env.SYSTEM_ACCESSTOKEN) return true;
  const [, payload, signature] = token.split(".");
  if (payload === undefined || signature === undefined) return false;
  try {
    return claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString())).scp === undefined;
  } catch {
    return false;
  }
}
