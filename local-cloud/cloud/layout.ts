import { join, resolve } from "node:path";
import { version as pulumiVersion } from "pulumi/package.json";
import { UsageError } from "../../src/common/errors";
import { variablesFile } from "../../src/common/local-cloud-variables";

/** The first port of the local cloud when none is named. */
export const defaultPort = 9480;

/** How many ports, from the base port on, belong to one local cloud. */
const portCount = 100;

/** The ports of one local cloud, all on 127.0.0.1. */
export interface Ports {
  azureDevOps: number;
  /** Entra ID's token endpoint, Azure Resource Manager and the metadata endpoint. */
  azure: number;
  /** The registry that stands for the internet's: holds the base image, pulls need no sign-in. */
  publicRegistry: number;
  buildkit: number;
  /** The conda channel. */
  channel: number;
  /** The switch for faults. */
  faults: number;
  /** The login servers of the Azure container registries, one port each, in the order of their creation. */
  registries: { first: number; last: number };
}

/** The port plan that begins at a base port. */
export function portsFrom(base: number): Ports {
  return {
    azureDevOps: base,
    azure: base + 1,
    publicRegistry: base + 2,
    buildkit: base + 3,
    channel: base + 4,
    faults: base + 5,
    registries: { first: base + 10, last: base + portCount - 1 },
  };
}

/**
 * Reads a base port as it is typed.
 * @throws UsageError when it is not a whole number, needs no privilege-bound port, or leaves no room for the plan.
 */
export function parsePort(text: string): number {
  const last = 65536 - portCount;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1024 && port <= last) return port;
  throw new UsageError(
    `the base port ${JSON.stringify(text)} (option --port) is not a whole number from 1024 to ${last}. ` +
      `The local cloud uses ${portCount} ports from it on; leave the option out for ${defaultPort}.`,
  );
}

/** Where everything of one local cloud is on disk. */
export interface Layout {
  /** Absolute path of the directory that holds all the rest. */
  directory: string;
  settings: string;
  /** Keeps all of it out of Git. */
  gitIgnore: string;
  /** Where the settings of the stack `local` were written. */
  stackSettings: string;
  processes: string;
  /** Where commands that are no part of the local cloud find it, while it runs. */
  variables: string;
  lock: string;
  keys: string;
  state: { azureDevOps: string; azure: string; registries: string };
  /** What is in the Git repositories of Azure DevOps, a directory each. */
  repositories: string;
  /** The Azure container registries' storage, a directory each. */
  registries: string;
  publicRegistry: string;
  pulumiHome: string;
  /** Where the Pulumi CLI is: the place in a PULUMI_HOME that the `pulumi` npm package and the Automation API know. */
  pulumiBin: string;
  /** Where `node` is, if the machine's own is too old for Pulumi. */
  nodeBin: string;
  /** Pulumi's file backend. */
  stacks: string;
  buildkit: string;
  /** Buildx's configuration: where docker-build finds the builder. */
  buildx: string;
  /** Docker's configuration, so that a person's own sign-ins are neither used nor changed. */
  docker: string;
  /** Docker's credential helper, which signs in to the local registries. */
  dockerBin: string;
  /** Lock files of the conda environment, solved from the local channel: the team's own are conda-forge's. */
  condaLocks: string;
  /** Programs of the agent's own machine. */
  agentPrograms: string;
  /** The runs of pipelines: what became of them, and their logs. */
  runs: string;
  logs: string;
}

/** The layout of a directory. */
export function layoutOf(directory: string): Layout {
  const root = resolve(directory);
  const state = (name: string) => join(root, "state", `${name}.json`);
  return {
    directory: root,
    settings: join(root, "settings.json"),
    gitIgnore: join(root, ".gitignore"),
    stackSettings: join(root, "stack-settings.json"),
    processes: join(root, "processes.json"),
    variables: join(root, variablesFile),
    lock: join(root, "lock"),
    keys: join(root, "keys.json"),
    state: { azureDevOps: state("azure-devops"), azure: state("azure"), registries: state("registries") },
    repositories: join(root, "repositories"),
    registries: join(root, "registries"),
    publicRegistry: join(root, "public-registry"),
    pulumiHome: join(root, "pulumi"),
    pulumiBin: join(root, "pulumi", "versions", pulumiVersion, "bin"),
    nodeBin: join(root, "node"),
    stacks: join(root, "stacks"),
    buildkit: join(root, "buildkit"),
    buildx: join(root, "buildx"),
    docker: join(root, "docker"),
    dockerBin: join(root, "docker", "bin"),
    condaLocks: join(root, "conda-locks"),
    agentPrograms: join(root, "agent-programs"),
    runs: join(root, "runs"),
    logs: join(root, "logs"),
  };
}
