import { z } from "zod";
import { UserError } from "../toolchain/errors";
import { operator } from "./identity";
import type { Running } from "./status";

/** A user and password, as Docker takes them. */
export interface OperatorLogin {
  username: string;
  /** A refresh token of the registry: valid for some hours, and for this registry only. */
  password: string;
}

/** The user name that says "the password is a token": https://learn.microsoft.com/azure/container-registry/container-registry-authentication */
const tokenUser = "00000000-0000-0000-0000-000000000000";

/**
 * Signs in to one of the local cloud's Azure container registries as the operator, as `az acr login` does: the
 * operator's Azure token is exchanged for one of the registry's own.
 * @param loginServer `host:port` of the registry.
 * @throws UserError when it refuses.
 */
export async function operatorLogin({ azure }: Running, loginServer: string): Promise<OperatorLogin> {
  const entra = await post(`${azure.url}/${azure.tenantId}/oauth2/v2.0/token`, {
    grant_type: "client_credentials",
    client_id: operator.clientId,
    client_secret: operator.clientSecret,
    scope: "https://management.azure.com/.default",
  });
  const exchanged = await post(`http://${loginServer}/oauth2/exchange`, {
    grant_type: "access_token",
    service: loginServer,
    tenant: azure.tenantId,
    access_token: z.object({ access_token: z.string() }).parse(entra).access_token,
  });
  const { refresh_token } = z.object({ refresh_token: z.string() }).parse(exchanged);
  return { username: tokenUser, password: refresh_token };
}

async function post(url: string, form: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(form) });
  if (!response.ok) throw new UserError(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
