import { UserError } from "../common/errors";

/**
 * Makes sure that a service connection leads to a registry: the azuredevops provider writes `<name>.azurecr.io` into every
 * connection to a container registry (`expandServiceEndpointAzureCR`), and the agent and Docker@2 go by that alone. A
 * registry with a domain name label is `<name>-<hash>.azurecr.io`, and other clouds than the public one have other ends.
 *
 * @param loginServer the registry's, as Azure has it
 * @param where what names the registry, for example `setting registry`. Default: nothing
 * @throws UserError if it is one of Azure's and another than the connection would have
 */
export function requireUsualServer(registryName: string, loginServer: string, where?: string): void {
  const usual = `${registryName.toLowerCase()}.azurecr.io`;
  if (loginServer.toLowerCase() === usual || !/\.azurecr\.\w+$/i.test(loginServer)) return;
  throw new UserError(
    `the container registry ${JSON.stringify(registryName)}${where === undefined ? "" : ` (${where})`} has the login server ${loginServer}, and a ` +
      `service connection that is created here always leads to ${usual}: jobs would pull from a registry that does not ` +
      "exist. Use a registry without a domain name label (az acr create --dnl-scope Unsecure), in the public Azure cloud.",
  );
}
