import * as z from "zod";
import { azureDevOpsAudience, clientSecretOf, type ServicePrincipal } from "../../../local-cloud/cloud/identity";
import { localCloud } from "./local-cloud";

const answer = z.object({ access_token: z.string() });

/** What a step of a pipeline has in its environment that signs in as this identity, in Azure and in Azure DevOps. */
export async function environmentAs(principal: ServicePrincipal): Promise<Record<string, string>> {
  const { azure, azureDevOps } = localCloud();
  const secret = clientSecretOf(principal, azureDevOps.personalAccessToken);
  const response = await fetch(`${azure.url}/${azure.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: principal.clientId,
      client_secret: secret,
      scope: `${azureDevOpsAudience}/.default`,
    }),
  });
  const { access_token } = answer.parse(await response.json());
  return { ARM_CLIENT_ID: principal.clientId, ARM_CLIENT_SECRET: secret, AZDO_PERSONAL_ACCESS_TOKEN: access_token };
}
