import type { ServiceEndpoint } from "azure-devops-node-api/interfaces/ServiceEndpointInterfaces";
import { TokenIssuer } from "../../../local-cloud/cloud/identity";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { azureDevOps } from "./far-side";
import { localCloud, localCloudDirectory } from "./local-cloud";
import { RegistryClient } from "./registry-client";

export async function endpointOf(id = ""): Promise<ServiceEndpoint> {
  return (await azureDevOps().getServiceEndpointApi()).getServiceEndpointDetails("mlops", id);
}

/** An Azure token as a run gets it: for the connection's identity, in exchange for Azure DevOps' token about it. */
export async function tokenOf(connectionId = ""): Promise<string> {
  const { url, tenantId } = localCloud().azure;
  const tokens = await TokenIssuer.open(layoutOf(localCloudDirectory()).keys, "");
  const parameters = (await endpointOf(connectionId)).authorization?.parameters ?? {};
  const response = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: parameters.serviceprincipalid ?? "",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await tokens.issueFederatedToken({
        issuer: parameters.workloadIdentityFederationIssuer ?? "",
        subject: parameters.workloadIdentityFederationSubject ?? "",
      }),
      scope: "https://management.azure.com/.default",
    }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

/** A registry as the identities see it that are behind connections: their ids are the principals. */
export const seenThrough = (loginServer: string) => new RegistryClient(loginServer, tokenOf);

/** Whether the identity behind a connection may do something in a repository: what the registry's token says. */
export async function may(
  loginServer: string,
  connectionId: string | undefined,
  repository: string,
): Promise<string[]> {
  const scope = `repository:${repository}:pull,push,delete,metadata_read,metadata_write`;
  const token = await seenThrough(loginServer).accessToken(connectionId ?? "", scope);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const [access] = claims.access as { actions: string[] }[];
  return access?.actions ?? [];
}

export const pulls = ["pull", "metadata_read"];
export const pushes = ["pull", "push", "metadata_read", "metadata_write"];

/** The pipelines that may use a connection; all of them if it is open to all. */
export async function usersOf(connectionId = ""): Promise<number[] | "all"> {
  const { orgServiceUrl } = localCloud().azureDevOps;
  const { result } = await azureDevOps().rest.get<{
    allPipelines?: { authorized: boolean };
    pipelines: { id: number; authorized: boolean }[];
  }>(`${orgServiceUrl}/mlops/_apis/pipelines/pipelinepermissions/endpoint/${connectionId}?api-version=7.1-preview.1`);
  if (result?.allPipelines?.authorized) return "all";
  return (result?.pipelines ?? []).flatMap(({ id, authorized }) => (authorized ? [id] : []));
}
