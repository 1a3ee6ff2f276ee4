import { portsFrom } from "./layout";

/** The Azure DevOps organization of every local cloud. */
export const organization = "sandbox";

/** Name of the conda channel, which is its path on the server: every channel's address ends with its name. */
export const channelName = "conda-forge";

/** The addresses at which a local cloud answers. */
export function addressesOf(basePort: number) {
  const ports = portsFrom(basePort);
  const at = (port: number) => `127.0.0.1:${port}`;
  return {
    /** Azure DevOps, without the organization. */
    azureDevOps: `http://${at(ports.azureDevOps)}`,
    orgServiceUrl: `http://${at(ports.azureDevOps)}/${organization}`,
    /** The host of Azure's metadata endpoint, as ARM_METADATA_HOSTNAME takes it. */
    azureMetadata: at(ports.azure),
    azure: `http://${at(ports.azure)}`,
    /** The login server that the first container registry gets. */
    firstRegistry: at(ports.registries.first),
    publicRegistry: at(ports.publicRegistry),
    buildkit: `tcp://${at(ports.buildkit)}`,
    channel: `http://${at(ports.channel)}/${channelName}`,
  };
}
