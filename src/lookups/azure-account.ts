import * as authorization from "@pulumi/azure-native/authorization";
import type * as pulumi from "@pulumi/pulumi";
import { providersOf, through } from "./context";

/**
 * Asks who runs Pulumi in Azure, and in which subscription.
 *
 * Nothing else has to be known for it, so it is asked first of all: the engine starts one provider at a time, each when
 * it is first asked, and this one starts while the program is still loading. Whoever waits for the answer meets what is
 * wrong with it; until then it is no unhandled rejection, for wrong settings are said before it.
 *
 * @param opts whose explicit provider is asked. Default: the one that the stack's configuration makes
 */
export function askAccount(opts: pulumi.ComponentResourceOptions = {}): Promise<authorization.GetClientConfigResult> {
  const account = authorization.getClientConfig(through({ providers: providersOf(opts) }, "azure-native"));
  account.catch(() => {});
  return account;
}
