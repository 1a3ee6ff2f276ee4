import type { Connection } from "../../agent/run";
import { sameName } from "../common/naming";
import { sharedAs } from "../common/project-sharing";
import type { ServiceEndpoint } from "./state";

/** Signs a token about a service connection, for Entra ID to exchange. */
export type SignFederated = (about: { issuer: string; subject: string }) => Promise<string>;

/**
 * Azure Resource Manager's resource, which the service adds as `activeDirectoryServiceEndpointResourceId` to the data of a
 * connection to a registry of Azure: nobody sends it, and no answer of the API has it, but in the logs of runs such a
 * connection has its cloud's authority all the same (microsoft/azure-pipelines-tasks, issue 20929).
 */
const resourceManager = "https://management.azure.com/";

/**
 * A service connection as a run gets it: Azure DevOps proves with a token of its own what the run may act as.
 *
 * @param addressOf where a registry is reached whose login server is known: on the internet a matter of DNS
 */
export function connectionOf(
  endpoint: ServiceEndpoint,
  projectId: string,
  sign: SignFederated,
  addressOf: (loginServer: string) => string,
): Connection {
  const { id, type, scheme, parameters, data } = endpoint;
  const { name } = sharedAs(endpoint, projectId);
  const value = (wanted: string) => Object.entries(parameters).find(([key]) => sameName(key, wanted))?.[1];
  const loginServer = value("loginServer");
  return {
    id,
    name,
    type,
    scheme,
    loginServer: loginServer === undefined ? undefined : addressOf(loginServer),
    tenantId: value("tenantId") ?? "",
    clientId: value("serviceprincipalid"),
    resourceId: data.registrytype === "ACR" ? resourceManager : undefined,
    subscriptionId: data.subscriptionId || undefined,
    environment: data.environment || undefined,
    federatedToken: async () => {
      const issuer = value("workloadIdentityFederationIssuer");
      const subject = value("workloadIdentityFederationSubject");
      if (issuer === undefined || subject === undefined) {
        throw new Error(
          `The service connection ${name} has the authentication scheme ${scheme}. The local Azure DevOps runs pipelines ` +
            "with connections of the scheme WorkloadIdentityFederation only.",
        );
      }
      return sign({ issuer, subject });
    },
  };
}

/**
 * Authorization parameters that the agent shows in logs. Every other one it takes for a secret, the login server and the
 * identity's client id among them: `MaskingUtil.IsEndpointAuthorizationParametersSecret` in microsoft/azure-pipelines-agent.
 */
const shown = [
  ...["idToken", "role", "scope", "tenantId", "issuedAt", "expiresAt", "audience", "authenticationType"],
  ...["authorizationType", "accessTokenType", "accessTokenFetchingMethod", "useWindowsSecurity", "unsecured"],
  ...["oauthAccessTokenIsSupplied", "completeCallbackPayload", "acceptUntrustedCerts"],
];

/** What the agent masks of a service connection in the logs of a job that names it. */
export function maskedOf(
  { parameters, secrets }: ServiceEndpoint,
  addressOf: (loginServer: string) => string,
): string[] {
  return Object.entries({ ...parameters, ...secrets }).flatMap(([name, value]) => {
    if (value === "" || shown.some((each) => sameName(each, name))) return [];
    return sameName(name, "loginServer") ? [value, addressOf(value)] : [value];
  });
}
