import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * An access token for the local Azure DevOps that may do less than everything: it says its scopes, and proves by the
 * token that may do everything that it was made here.
 */
export function scopedToken(personalAccessToken: string, scopes: readonly string[]): string {
  const said = Buffer.from(scopes.join(" ")).toString("base64url");
  return `${said}.${createHmac("sha256", personalAccessToken).update(said).digest("base64url")}`;
}

/** The scopes of a token that `scopedToken` made; undefined for any other. */
export function scopesOf(token: string, personalAccessToken: string): string[] | undefined {
  const scopes = Buffer.from(token.split(".")[0] ?? "", "base64url")
    .toString()
    .split(" ");
  const [given, made] = [Buffer.from(token), Buffer.from(scopedToken(personalAccessToken, scopes))];
  return given.length === made.length && timingSafeEqual(given, made) ? scopes : undefined;
}
