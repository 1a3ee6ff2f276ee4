import type { Rule } from "./rule";

/** Schemes by which Azure Pipelines gets in without keeping a secret. */
const withoutSecret = ["WorkloadIdentityFederation", "ManagedServiceIdentity"];

/** https://learn.microsoft.com/azure/devops/pipelines/library/connect-to-azure */
export const connectionSecret: Rule = {
  name: "connection-secret",
  description: "A service connection to Azure or to a registry has no secret.",
  types: /^azuredevops:index\/serviceEndpoint(AzureEcr|AzureRM|DockerRegistry):/,
  *check({ serviceEndpointAuthenticationScheme: scheme = "ServicePrincipal", serviceEndpointName: name }) {
    if (withoutSecret.includes(String(scheme))) return;
    yield `the service connection ${name} signs in with a secret, which someone has to store and renew (scheme ${scheme}). ` +
      "Use workload identity federation (the setting serviceConnection.scheme, or serviceEndpointAuthenticationScheme). " +
      'Where the organization cannot, say so in the policy configuration: {"connection-secret": "advisory"}.';
  },
};
