import * as z from "zod";
import { loginIn, tokenExchange } from "../../src/image/azure-exchange";
import { send } from "../../src/image/http";
import { type RegistryLogin, refusalOf } from "../../src/image/registry-login";
import type { Connection, RunContext } from "./run";

/** A registry, and how to sign in to it. Secret. */
export interface SignedIn {
  /** Host and port. */
  loginServer: string;
  login: Extract<RegistryLogin, { password: string }>;
}

/**
 * Signs in to a container registry as a service connection's identity, as the agent and Docker@2 do: Azure DevOps' token
 * about the connection → Entra ID's for the identity → the registry's.
 *
 * @throws Error with the reason of whoever refuses
 */
export async function signInThrough(
  connection: Connection,
  { tokenUrl }: Pick<RunContext, "tokenUrl">,
): Promise<SignedIn> {
  const { name, scheme, loginServer, tenantId, clientId, resourceId } = connection;
  if (connection.type.toLowerCase() !== "dockerregistry" || loginServer === undefined) {
    throw new Error(
      `The service connection ${name} is of the type ${connection.type}, and not one to a container registry.`,
    );
  }
  if (clientId === undefined || scheme !== federation) throw otherScheme(name, scheme);
  // The agent's words: GetAccessTokenUsingWorkloadIdentityFederation in its ContainerOperationProvider.
  if (resourceId === undefined) throw new Error("Could not read activeDirectoryServiceEndpointResourceId");
  const entra = await send(tokenUrl(tenantId), {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await connection.federatedToken(),
      scope: `${resourceId}/.default`,
    }),
  });
  const entraText = await entra.text();
  if (entra.status !== 200) {
    throw new Error(
      `Entra ID gives the service connection ${name} no token for the identity ${clientId}: ${descriptionIn(entraText)}`,
    );
  }
  const access_token = z.object({ access_token: z.string() }).parse(JSON.parse(entraText)).access_token;
  const { url, ...request } = tokenExchange(loginServer, tenantId, access_token);
  const exchange = await send(url, request);
  if (exchange.status !== 200) {
    throw new Error(
      `The registry ${loginServer} does not let in the identity ${clientId} of the service connection ${name} ` +
        `(${await refusalOf(exchange)}). It needs a role on the registry: AcrPull to pull, AcrPush to push as well.`,
    );
  }
  const login = loginIn(await exchange.text());
  if (login === undefined) throw new Error(`The registry ${loginServer} answered the sign-in without a refresh_token.`);
  return { loginServer, login };
}

/** Who a connection to Azure signs in as, and the proof of it. Secret. */
export interface AzureIdentity extends Pick<Connection, "id" | "tenantId" | "subscriptionId" | "environment"> {
  clientId: string;
  /** A token of Azure DevOps about the connection: valid for ten minutes. */
  federatedToken: string;
}

/** The identity of a service connection to Azure. @throws Error with the reason why it has none here */
export async function azureIdentity(connection: Connection): Promise<AzureIdentity> {
  const { id, name, type, scheme, tenantId, clientId, subscriptionId, environment } = connection;
  if (type.toLowerCase() !== "azurerm") {
    throw new Error(`The service connection ${name} is of the type ${type}, and not one to Azure.`);
  }
  if (clientId === undefined || scheme !== federation) throw otherScheme(name, scheme);
  const federatedToken = await connection.federatedToken();
  return { id, tenantId, clientId, subscriptionId, environment, federatedToken };
}

/** The one authentication scheme of service connections that runs here sign in with. */
const federation = "WorkloadIdentityFederation";

function otherScheme(name: string, scheme: string): Error {
  return new Error(
    `The service connection ${name} has the authentication scheme ${scheme}. The local cloud's agent signs in with ` +
      `${federation} only.`,
  );
}

function descriptionIn(text: string): string {
  try {
    return z.object({ error_description: z.string() }).parse(JSON.parse(text)).error_description;
  } catch {
    return text;
  }
}
