import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { loginIn, tokenExchange } from "../../src/image/azure-exchange";
import type { Running } from "../cloud/status";

/**
 * Signs in to one of the local cloud's Azure container registries as the operator, as `az acr login` does: the
 * operator's Azure token is exchanged for one of the registry's own.
 * @param loginServer `host:port` of the registry.
 * @throws UserError when it refuses.
 */
export async function operatorLogin(
  { azure }: Running,
  loginServer: string,
): Promise<{ username: string; password: string }> {
  const credentials = {
    grant_type: "client_credentials",
    client_id: azure.clientId,
    client_secret: azure.clientSecret,
    scope: "https://management.azure.com/.default",
  };
  const entra = await post(`${azure.url}/${azure.tenantId}/oauth2/v2.0/token`, new URLSearchParams(credentials));
  const { access_token } = z.object({ access_token: z.string() }).parse(JSON.parse(entra));
  const { url, body } = tokenExchange(loginServer, azure.tenantId, access_token);
  const login = loginIn(await post(url, body));
  if (login === undefined) throw new UserError(`${url} answered without a refresh_token`);
  return login;
}

async function post(url: string, body: URLSearchParams): Promise<string> {
  const response = await fetch(url, { method: "POST", body });
  const text = await response.text();
  if (!response.ok) throw new UserError(`${url} answered ${response.status}: ${text}`);
  return text;
}
