import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { type AzureTokens, registryAudience } from "../image/azure-sign-in";

/** The tokens of the identity that runs Pulumi, for a registry to exchange. They are not marked as secrets by themselves. */
export async function azureTokens(opts: pulumi.InvokeOptions): Promise<AzureTokens> {
  const [registry, { token }] = await Promise.all([
    // Not every way to sign in to Azure gives tokens for others than Resource Manager.
    authorization.getClientToken({ endpoint: registryAudience }, opts).then(
      (result) => result.token,
      () => undefined,
    ),
    authorization.getClientToken({}, opts),
  ]);
  return { registry, resourceManager: token };
}
