import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { cleanUpAgent, createAgent } from "../agent/agent";
import { type EquipmentParts, equipmentOf, writePrograms } from "../agent/equipment";
import { checkTask } from "../agent/tasks";
import type { Variables } from "../agent/variables";
import { isAllowed } from "../azure/authorization";
import { isPublic, takesManagementTokens } from "../azure/resource-types/registries";
import { createAzure } from "../azure/server";
import { azureForm, seedSubscriptions } from "../azure/state";
import { createAzureDevOps } from "../azuredevops/server";
import { openStores } from "../azuredevops/stores";
import { startBuildkit } from "../buildkit/buildkit";
import { serveChannel } from "../channel/serve";
import { faultControl } from "../faults/control";
import { Faults } from "../faults/faults";
import type { Service } from "../faults/rule";
import { pages } from "../pages/routes";
import type { ManagedProcess, ProcessRecord } from "../processes/process";
import { readContents } from "../registry/contents";
import { noRegistries, Registries, registriesForm } from "../registry/host";
import { startPublicRegistry } from "../registry/public";
import { checkedOutFiles } from "../repository/files";
import { authorIn } from "../repository/git";
import { Store } from "../state/store";
import type { Toolchain } from "../toolchain";
import { cacheDirectory } from "../toolchain/cache";
import { addressesOf, organization } from "./addresses";
import { signpostsOf } from "./environment";
import { azureDevOpsAudience, clientSecretOf, TokenIssuer, tenantId } from "./identity";
import { type Layout, layoutOf, portsFrom } from "./layout";
import { organizationUsers } from "./organization-users";
import type { CloudSettings } from "./settings";

/** What a local cloud is started with. */
export interface CloudOptions {
  /** Absolute path of its directory. */
  directory: string;
  settings: CloudSettings;
  /** Top folder of the repository that a new local cloud begins with. */
  repositoryRoot: string;
  toolchain: Pick<Toolchain, "buildkitd" | "buildctl" | "registry" | "runc">;
  /** Directory of the conda channel. */
  channel: string;
}

/** A local cloud that serves. */
export interface Cloud {
  /** The processes that it runs now. */
  processes(): ProcessRecord[];
  /** Ends everything, in good order. */
  stop(): Promise<void>;
}

/**
 * Starts every service of a local cloud, or none: what had started is ended again when one cannot.
 * @param onProcesses called with all processes whenever one was started or ended.
 * @throws UserError when a service cannot be started.
 */
export async function startCloud(
  options: CloudOptions,
  onProcesses: (processes: ProcessRecord[]) => void,
): Promise<Cloud> {
  const { directory, settings, repositoryRoot, toolchain } = options;
  const layout = layoutOf(directory);
  const ports = portsFrom(settings.port);
  const addresses = addressesOf(settings.port);

  const azureState = new Store(layout.state.azure, azureForm, seedSubscriptions);
  azureState.save(); // what the seed made up stays the same from here on
  const azureDevOps = await openStores(
    { organization: layout.state.azureDevOps, repositories: layout.repositories, runs: layout.runs },
    () => ({
      ...settings.repository,
      files: checkedOutFiles(repositoryRoot).files,
      author: authorIn(repositoryRoot),
    }),
  );
  const tokens = await TokenIssuer.open(layout.keys, `${addresses.azure}/${tenantId}/`);
  const faults = new Faults();
  const registries = new Registries({
    store: new Store(layout.state.registries, registriesForm, noRegistries),
    directory,
    executable: toolchain.registry,
    ports: ports.registries,
    tokens,
    isAllowed: (...asked) => isAllowed(azureState.data, faults.lateness(), ...asked),
    isPublic: (resourceId) => isPublic(azureState.data, resourceId),
    takesManagementTokens: (resourceId) => takesManagementTokens(azureState.data, resourceId),
    onProcesses: () => changed(),
    onFront: (name, front) => faults.guard(front, `registry:${name}`),
  });

  const own: ManagedProcess[] = [];
  const ends: (() => Promise<unknown>)[] = [() => registries.stop()];
  const processes = () => [...own.map(({ record }) => record), ...registries.processes()];
  const changed = () => onProcesses(processes());
  const stop = async () => {
    faults.remove(); // what it keeps waiting would keep its server from ending
    await Promise.all(ends.map((end) => end()));
  };
  const run = async (start: Promise<ManagedProcess>) => {
    const started = await start;
    own.push(started);
    ends.push(() => started.stop());
    changed();
  };
  const serve = async (server: FastifyInstance, port: number, service?: Service) => {
    if (service !== undefined) faults.guard(server.server, service);
    ends.push(() => server.close());
    await server.listen({ host: "127.0.0.1", port });
  };

  try {
    const { buildkitd, buildctl, registry, runc } = toolchain;
    await run(
      startPublicRegistry({
        directory,
        executable: registry,
        port: ports.publicRegistry,
        onFront: (front) => faults.guard(front, "publicRegistry"),
      }),
    );
    await run(startBuildkit({ directory, executable: buildkitd, runc, port: ports.buildkit }));
    await registries.start();
    await serve(faultControl(faults, settings.personalAccessToken), ports.faults);
    await serve(serveChannel(options.channel), ports.channel, "channel");
    await serve(
      createAzure({
        store: azureState,
        tokens,
        secretOf: (principal) => clientSecretOf(principal, settings.personalAccessToken),
        registries,
        lateness: () => faults.lateness(),
        metadata: { address: addresses.azureMetadata },
      }),
      ports.azure,
      "azure",
    );
    await cleanUpAgent(directory); // of a local cloud that was killed
    await writePrograms(layout.agentPrograms, addresses);
    const equipment = (variables: Variables) => equipmentOf(partsOf(layout, settings), variables);
    await serve(
      createAzureDevOps({
        stores: azureDevOps,
        agent: {
          execute: createAgent({ directory, runc, buildctl, buildkit: addresses.buildkit, equipment }),
          checkTask,
          sign: (about) => tokens.issueFederatedToken(about),
          tokenUrl: (tenant) => `${addresses.azure}/${tenant}/oauth2/v2.0/token`,
          addressOf: (loginServer) => addressOf(registries, loginServer),
        },
        pages: (app, contents) =>
          pages(app, { ...contents, registries: readContents(registries, tokens) }, addresses.azureDevOps),
        personalAccessToken: settings.personalAccessToken,
        entra: {
          objectIdOf: (token) =>
            tokens.verifyAzureToken(token, azureDevOpsAudience).then(
              ({ oid }) => oid,
              () => undefined,
            ),
          users: organizationUsers,
        },
        url: addresses.azureDevOps,
        organization,
        tenantId,
      }),
      ports.azureDevOps,
      "azureDevOps",
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { processes, stop };
}

/** What of a local cloud the agent's own machine has. */
function partsOf(layout: Layout, settings: CloudSettings): EquipmentParts {
  return {
    ...{ programs: layout.agentPrograms, pulumiHome: layout.pulumiHome, stacks: layout.stacks },
    npmCache: join(cacheDirectory(), "agent-tools", "npm"),
    environment: signpostsOf(settings),
  };
}

/** Where a registry answers whose name on the internet is known: what DNS says otherwise. */
function addressOf(registries: Registries, loginServer: string): string {
  const known = registries.list().find(({ name }) => `${name}.azurecr.io`.toLowerCase() === loginServer.toLowerCase());
  return known?.loginServer ?? loginServer;
}
