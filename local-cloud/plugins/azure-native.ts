import { AzureClient, readAzureConfig } from "./azure-native/client";
import { invoke } from "./azure-native/functions";
import { resourceOperations } from "./azure-native/resources";
import { NotImplemented } from "./provider";
import { serve } from "./serve";

/**
 * Stands in for the azure-native provider, which cannot be had without Pulumi's download site: the resource types and
 * functions that the program uses, translated to Resource Manager calls as azure-native translates them.
 */
let client: AzureClient | undefined;
let location: string | undefined;

function connect(): AzureClient {
  if (client === undefined) throw new NotImplemented("the azure-native plugin is not configured");
  return client;
}

serve({
  name: "azure-native",
  version: "3.28.0",
  async configure(config) {
    client = new AzureClient(await readAzureConfig(config, process.env));
    location = config.location;
  },
  invoke: (token, args) => invoke(connect(), token, args),
  resources: resourceOperations(connect, () => location),
});
