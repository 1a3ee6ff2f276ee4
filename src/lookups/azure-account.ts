import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { providersOf, through } from "./context";
import { startProvider } from "./start-provider";

/**
 * Asks who runs Pulumi in Azure, and in which subscription.
 *
 * Nothing else has to be known for it, so it is asked first of all, and the providers that are asked next start with it
 * while the program is still loading: the engine starts one at a time, and its own must not stand behind the others.
 * Whoever waits for the answer meets what is wrong with it; until then it is no unhandled rejection, for wrong settings
 * are said before it.
 *
 * @param opts whose explicit providers are asked. Default: those that the stack's configuration makes
 */
export function askAccount(opts: pulumi.ComponentResourceOptions = {}): Promise<authorization.GetClientConfigResult> {
  const providers = providersOf(opts);
  startProvider("pulumi");
  const account = authorization.getClientConfig(through({ providers }, "azure-native"));
  account.catch(() => {});
  startProvider("azuredevops", providers.azuredevops);
  return account;
}
