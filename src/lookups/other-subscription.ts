import * as settings from "@pulumi/azure-native/config";
import { Provider } from "@pulumi/azure-native/provider";
import * as pulumi from "@pulumi/pulumi";

/** Settings of azure-native whose values no log and no state may show as they are. */
const secretSettings = ["clientCertificatePassword", "clientSecret", "oidcRequestToken", "oidcToken"];

/**
 * Azure in another subscription than the stack's: a provider that is signed in as the stack's own is. An explicit
 * provider takes no settings from the stack's configuration by itself.
 *
 * @param name logical name
 * @param subscriptionId of the same tenant
 */
export function azureIn(name: string, subscriptionId: string): Provider {
  const config = new pulumi.Config("azure-native");
  const others = Object.entries(Object.getOwnPropertyDescriptors(settings)).flatMap(([key, { get }]) =>
    secretSettings.includes(key) || get === undefined ? [] : [[key, get()]],
  );
  const secrets = secretSettings.map((key) => [key, config.getSecret(key)]);
  return new Provider(name, { ...Object.fromEntries([...others, ...secrets]), subscriptionId });
}
