import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { noLogin } from "../image/azure-exchange";
import { type AzureTokens, type RegistryCredential, SignInRefusedError, signIn } from "../image/azure-sign-in";

/**
 * Signs in to the registry that an image is pushed to, as the Azure identity that runs Pulumi. A preview does not push:
 * one by an identity that has no role there goes on without.
 *
 * @throws UserError if the registry refuses the identity, or cannot be reached
 */
export async function registryLogin(
  loginServer: string,
  tenantId: string,
  tokens: AzureTokens,
  isPreview: boolean,
): Promise<RegistryCredential> {
  try {
    return await signIn(loginServer, tenantId, tokens, "push", { say: (line) => void pulumi.log.info(line) });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!isPreview || !(error instanceof SignInRefusedError)) throw new UserError(error.message);
    pulumi.log.warn(`${error.message} The preview goes on without; pulumi up needs it.`);
    return { address: loginServer, ...noLogin };
  }
}
