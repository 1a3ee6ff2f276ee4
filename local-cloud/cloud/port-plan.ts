import type { PortUse } from "../processes/listeners";
import { noRegistries, type RegistryEntry, registriesForm } from "../registry/host";
import { Store } from "../state/store";
import { type Layout, portsFrom } from "./layout";

/** The Azure container registries of a local cloud, running or not, in the order of their creation. */
export function readRegistries(layout: Layout): RegistryEntry[] {
  return new Store(layout.state.registries, registriesForm, noRegistries).data.registries;
}

/** Every port that a local cloud listens on once it is up; the first registry's counts before that registry exists. */
export function portPlan(basePort: number, registries: Pick<RegistryEntry, "name" | "port">[]): PortUse[] {
  const ports = portsFrom(basePort);
  const first = { port: ports.registries.first, purpose: "the first Azure container registry" };
  return [
    { port: ports.azureDevOps, purpose: "Azure DevOps" },
    { port: ports.azure, purpose: "Azure Resource Manager" },
    { port: ports.publicRegistry, purpose: "the public registry" },
    { port: ports.buildkit, purpose: "BuildKit" },
    { port: ports.channel, purpose: "the conda channel" },
    { port: ports.faults, purpose: "the switch for faults" },
    ...(registries.length === 0
      ? [first]
      : registries.map(({ name, port }) => ({ port, purpose: `the Azure container registry ${name}` }))),
  ];
}
