import { UserError } from "../common/errors";
import { asArgument } from "../common/name-of";
import type { OwnOutputs } from "./own-outputs";

/**
 * Makes sure that a service connection can be made, before anything is.
 *
 * With the scheme `servicePrincipal` Azure DevOps registers an application in Microsoft Entra as whoever asks for the
 * connection. A run's own token belongs to nobody there: Azure DevOps answers TF14045 and leaves a connection that has
 * failed (terraform-provider-azuredevops issue 598). Nor can it act in the place of an application: Microsoft Entra's
 * on-behalf-of flow is for users only (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow).
 *
 * @param own what the stack put out when it was last up: a connection that is there is not made again
 * @param isApplicationToken whether Azure DevOps is reached with the token of a pipeline's run, or of an application
 * @param where what names it
 * @throws UserError if it cannot
 */
export function requireCreatable(
  { name, scheme }: { name: string; scheme: "workloadIdentityFederation" | "servicePrincipal" },
  own: OwnOutputs,
  isApplicationToken: boolean,
  where = asArgument("serviceConnection"),
): void {
  const isThere = own.serviceConnection?.id !== undefined && own.serviceConnection.name === name;
  if (scheme !== "servicePrincipal" || !isApplicationToken || isThere) return;
  throw new UserError(
    `the service connection ${JSON.stringify(name)} (${where}) does not exist yet, and a pipeline ` +
      "cannot make it with the scheme servicePrincipal: Azure DevOps registers its application in Microsoft Entra as " +
      "whoever asks. Run `pulumi up` once yourself, as someone who may register applications, or set " +
      "serviceConnection.scheme to workloadIdentityFederation.",
  );
}
