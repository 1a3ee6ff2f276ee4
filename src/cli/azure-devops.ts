import { types } from "node:util";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import * as z from "zod";
import { UserError } from "../common/errors";
import { proxyFor } from "../common/proxy";
import { tokenScopes } from "../common/token-scopes";

/**
 * Azure DevOps' official client, signed in.
 *
 * @param organizationUrl for example `https://dev.azure.com/contoso`
 * @throws UserError if there is no access token
 */
export function azureDevOps(organizationUrl: string, env: NodeJS.ProcessEnv): WebApi {
  return signedIn(organizationUrl, accessTokenOf(env), env);
}

/** Azure DevOps' official client, signed in with a token, through the proxy that the environment names. */
export function signedIn(organizationUrl: string, token: string, env: NodeJS.ProcessEnv): WebApi {
  // By itself it reads the variables in another way than everything else here.
  const proxy = proxyFor(new URL(organizationUrl), env);
  const { username, password, origin } =
    proxy === undefined ? { username: "", password: "", origin: "" } : new URL(proxy);
  return new WebApi(organizationUrl, getPersonalAccessTokenHandler(token), {
    proxy: {
      proxyUrl: origin,
      ...(username !== "" && {
        proxyUsername: decodeURIComponent(username),
        proxyPassword: decodeURIComponent(password),
      }),
    },
  });
}

/**
 * The access token for Azure DevOps: a person's, or that of the pipeline's run.
 *
 * @throws UserError if there is none
 */
export function accessTokenOf(env: NodeJS.ProcessEnv): string {
  const token = env.AZDO_PERSONAL_ACCESS_TOKEN || env.SYSTEM_ACCESSTOKEN;
  if (token) return token;
  throw new UserError(
    `there is no access token for Azure DevOps. Set AZDO_PERSONAL_ACCESS_TOKEN, with the scope ${tokenScopes.build.name}; ` +
      "in a pipeline, map SYSTEM_ACCESSTOKEN: $(System.AccessToken). For the local cloud, start it first: npx local-cloud start.",
  );
}

/**
 * Azure DevOps' API of pipelines and their runs.
 *
 * @throws UserError if it cannot be reached, or refuses the access token
 */
export function buildApi(organizationUrl: string, env: NodeJS.ProcessEnv): Promise<IBuildApi> {
  const client = azureDevOps(organizationUrl, env);
  return explained(`signing in to ${organizationUrl}`, buildNeeds, () => client.getBuildApi());
}

/** What a call of Azure DevOps' API needs. */
export interface Needs {
  /** Scope of the access token. */
  scope: string;
  /** What to do where the token is good, and its identity lacks a permission. */
  permission?: string;
}

/** For pipelines and their runs. */
export const buildNeeds: Needs = { scope: tokenScopes.build.name };

/** Names of errors that are ours: no service answers so. */
const defects = new Set(["TypeError", "RangeError", "ReferenceError", "ZodError"]);

/**
 * Makes a call, whose failure is then one that a person can do something about.
 *
 * @param doing what the call is for, for example `queueing a run`
 */
export async function explained<T>(doing: string, needs: Needs, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || !types.isNativeError(error) || defects.has(error.name)) throw error;
    throw new UserError(`${doing} failed: ${reasonOf(error, needs)}`);
  }
}

const refusal = z.object({
  customProperties: z.object({ ValidationResults: z.array(z.object({ message: z.string() })) }),
});

/** Why Azure DevOps did not do something: it says beside its message what is wrong. */
export function reasonOf(error: Error, { scope, permission }: Needs): string {
  const found = refusal.safeParse("result" in error ? error.result : undefined);
  if (found.success) {
    const messages = found.data.customProperties.ValidationResults.map(({ message }) => message);
    return [error.message, ...messages].join("\n  ");
  }
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status === 403 && permission !== undefined) return `${error.message} ${permission}`;
  if (status === 401 || status === 403 || status === 203) {
    const message = (error.message || String(status)).replace(/\.$/, "");
    return `${message}. The access token (AZDO_PERSONAL_ACCESS_TOKEN or SYSTEM_ACCESSTOKEN) is wrong, is out of date or lacks the scope ${scope}, or its identity is no user of the organization.`;
  }
  if (status !== undefined) return error.message;
  return `${"code" in error ? error.code : ""} ${error.message}`.trim();
}
