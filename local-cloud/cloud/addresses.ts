import { portsFrom } from "./layout";

/** The Azure DevOps organization of every local cloud. */
export const organization = "local";

/** Name of the conda channel, which is its path on the server: every channel's address ends with its name. */
export const channelName = "conda-forge";

/** Host and port of one of a local cloud's services, and so the login server of the registry on that port. */
export function addressAt(port: number): string {
  return `127.0.0.1:${port}`;
}

/** The addresses at which a local cloud answers. */
export function addressesOf(basePort: number) {
  const ports = portsFrom(basePort);
  return {
    /** Azure DevOps, without the organization. */
    azureDevOps: `http://${addressAt(ports.azureDevOps)}`,
    orgServiceUrl: `http://${addressAt(ports.azureDevOps)}/${organization}`,
    /** The host of Azure's metadata endpoint, as ARM_METADATA_HOSTNAME takes it. */
    azureMetadata: addressAt(ports.azure),
    azure: `http://${addressAt(ports.azure)}`,
    /** The login server that the first container registry gets. */
    firstRegistry: addressAt(ports.registries.first),
    publicRegistry: addressAt(ports.publicRegistry),
    buildkit: `tcp://${addressAt(ports.buildkit)}`,
    channel: `http://${addressAt(ports.channel)}/${channelName}`,
    /** The switch for faults. */
    faults: `http://${addressAt(ports.faults)}/faults`,
  };
}
