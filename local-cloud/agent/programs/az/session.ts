import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type AzContext, AzError } from "./command";

const sessionForm = z.strictObject({
  tenantId: z.string(),
  clientId: z.string(),
  /** What the service principal proved who it is with. */
  assertion: z.string(),
  subscriptions: z.array(z.strictObject({ id: z.string(), name: z.string(), state: z.string() })),
  /** Id of the one that commands are about. */
  subscription: z.string(),
  /** Access tokens by their scopes; `expires` in seconds since 1970. */
  tokens: z.record(z.string(), z.strictObject({ accessToken: z.string(), expires: z.number() })),
});

/** Who is signed in, as az keeps it. */
export type Session = z.output<typeof sessionForm>;

const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });
const refusal = z.object({ error_description: z.string() });
const metadata = z.object({
  resourceManager: z.string(),
  authentication: z.object({ audiences: z.array(z.string()) }),
});

function sessionFile({ configDirectory }: AzContext): string {
  return join(configDirectory, "session.json");
}

/** @throws AzError in the Azure CLI's words if nobody is signed in */
export function readSession(context: AzContext): Session {
  if (!existsSync(sessionFile(context))) throw new AzError("Please run 'az login' to setup account.");
  return sessionForm.parse(JSON.parse(readFileSync(sessionFile(context), "utf8")));
}

export function writeSession(context: AzContext, session: Session): void {
  mkdirSync(context.configDirectory, { recursive: true, mode: 0o700 });
  writeFileSync(sessionFile(context), JSON.stringify(session), { mode: 0o600 });
}

export function removeSession(context: AzContext): void {
  rmSync(sessionFile(context), { force: true });
}

/** Where Resource Manager is, and whom tokens for it are for. */
export async function endpointsOf({ address }: AzContext): Promise<{ resourceManager: string; audience: string }> {
  const response = await fetch(`${address}/metadata/endpoints?api-version=2022-09-01`);
  const { resourceManager, authentication } = metadata.parse(await response.json());
  return { resourceManager: resourceManager.replace(/\/$/, ""), audience: authentication.audiences[0] ?? "" };
}

/**
 * An access token of the session's, which it keeps as long as it is valid.
 *
 * @throws AzError with Entra ID's reason
 */
export async function tokenFor(context: AzContext, session: Session, scope: string) {
  const known = session.tokens[scope];
  const now = Math.floor(Date.now() / 1000);
  if (known !== undefined && known.expires > now + 300) return known;
  const response = await fetch(`${context.address}/${session.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: session.clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: session.assertion,
      scope,
    }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new AzError(refusal.parse(answer).error_description);
  const { access_token, expires_in } = tokenAnswer.parse(answer);
  const token = { accessToken: access_token, expires: now + expires_in };
  session.tokens[scope] = token;
  return token;
}
