import { UserError } from "../../src/common/errors";
import { seedProject } from "../azuredevops/seed";
import { isRunning, type ProcessRecord } from "../processes/process";
import { readProcesses } from "../processes/processes";
import { addressAt, addressesOf } from "./addresses";
import { clientSecretOf, operator, subscriptionId, tenantId } from "./identity";
import type { Layout } from "./layout";
import { readRegistries } from "./port-plan";
import { type CloudSettings, readCloudSettings } from "./settings";

/** What `local-cloud status --json` prints. */
export type Status = Running | NotRunning;

/** A local cloud that does not run, or not as a whole. */
export interface NotRunning {
  running: false;
  directory: string;
  /** What is left of it. */
  processes: ProcessRecord[];
  /** What has ended without being told to. */
  ended: ProcessRecord[];
}

/** Addresses and identities of a local cloud that runs. */
export interface Running {
  running: true;
  directory: string;
  azureDevOps: {
    orgServiceUrl: string;
    personalAccessToken: string;
    project: string;
    repository: string;
    /** The repository's, without `refs/heads/`. */
    defaultBranch: string;
    /** Where Git clones the repository from; the token is the password of any user name. */
    remoteUrl: string;
    /** The project's page. */
    url: string;
  };
  azure: {
    url: string;
    tenantId: string;
    subscriptionId: string;
    /** The operator's. */
    clientId: string;
    clientSecret: string;
  };
  registry: {
    /** Login server of the first Azure container registry; the one that the next gets when there is none yet. */
    address: string;
    /** The registry that stands for the internet's. */
    public: string;
    /** All Azure container registries, in the order of their creation. */
    all: { name: string; loginServer: string }[];
  };
  buildkit: { address: string };
  channel: { url: string };
  /** The switch for faults; the personal access token is its bearer. */
  faults: { url: string };
  /** The supervisor first. */
  processes: ProcessRecord[];
}

/** The error of a command that needs a local cloud that runs. */
export function notRunningError({ directory }: Pick<Status, "directory">): UserError {
  return new UserError(
    `the local cloud in ${directory} does not run. Start it: \`npx local-cloud start\` or \`npx local-cloud up\`.`,
  );
}

/** The state of a local cloud. It runs when every process that it has started does. */
export function cloudStatus(layout: Layout): Status {
  const recorded = readProcesses(layout.processes);
  const processes = recorded.processes.filter(isRunning);
  const ended = recorded.processes.filter((record) => !isRunning(record));
  const settings = readCloudSettings(layout);
  if (settings === undefined || !recorded.ready || ended.length > 0) {
    return { running: false, directory: layout.directory, processes, ended };
  }
  return running(layout, settings, processes);
}

function running(layout: Layout, settings: CloudSettings, processes: ProcessRecord[]): Running {
  const addresses = addressesOf(settings.port);
  const all = readRegistries(layout).map(({ name, port }) => ({ name, loginServer: addressAt(port) }));
  return {
    running: true,
    directory: layout.directory,
    azureDevOps: {
      orgServiceUrl: addresses.orgServiceUrl,
      personalAccessToken: settings.personalAccessToken,
      project: seedProject,
      repository: settings.repository.name,
      defaultBranch: settings.repository.defaultBranch,
      remoteUrl: `${addresses.orgServiceUrl}/${seedProject}/_git/${encodeURIComponent(settings.repository.name)}`,
      url: `${addresses.orgServiceUrl}/${seedProject}`,
    },
    azure: {
      url: addresses.azure,
      tenantId,
      subscriptionId,
      clientId: operator.clientId,
      clientSecret: clientSecretOf(operator, settings.personalAccessToken),
    },
    registry: {
      address: all[0]?.loginServer ?? addresses.firstRegistry,
      public: addresses.publicRegistry,
      all,
    },
    buildkit: { address: addresses.buildkit },
    channel: { url: addresses.channel },
    faults: { url: addresses.faults },
    processes,
  };
}
