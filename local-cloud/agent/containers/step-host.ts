import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SignedIn } from "../connection";
import type { Builder } from "../docker/buildctl";
import { Workspace } from "../workspace";
import { agentNode } from "./agent-node";
import { pullImage, resolveUser } from "./image";
import { agentUser, makeHome, makeMachine } from "./machine";
import { type Command, Container, type ContainerOptions, dockerCapabilities, type Identity, type Mount } from "./runc";

/** A program that does nothing, as long as it is let: what the agent keeps a container running with. */
const idle = ["-e", "setInterval(function(){}, 24 * 60 * 60 * 1000);"];

/** `directory` is empty, and the job's own. */
export type StepHostOptions = Pick<ContainerOptions, "runc" | "directory" | "id" | "cgroup">;

/** What a job's container is made of. */
export interface JobContainerImage {
  /** As the YAML has it, macros expanded. */
  image: string;
  signedIn: SignedIn | undefined;
  environment: Record<string, string>;
  builder: Builder;
  signal: AbortSignal;
  line: (text: string) => void;
}

/** Where a job's steps run: the agent's machine or a container. */
export interface StepHost {
  workspace: Workspace;
  /** Runs a command as the agent's user. @returns its exit code */
  exec(command: Omit<Command, "identity" | "environment"> & { environment: Record<string, string> }): Promise<number>;
  /** Puts a folder before all others of the PATH of what runs from now on. */
  prependPath(folder: string): void;
  remove(): Promise<void>;
}

/** The name of the cgroup of a local cloud's agent: two never meet. */
export function agentCgroup(directory: string): string {
  return `job-container-agent-${createHash("sha256").update(directory).digest("hex").slice(0, 12)}`;
}

/** What the agent's own machine has beside this machine's programs. */
export interface MachineEquipment {
  /** Where steps find it. Folders that are missing are made, those in the home for the agent's user. */
  mounts: Mount[];
  environment: Record<string, string>;
  /** Folders of programs, which come first on the PATH. */
  path: string[];
}

/** The agent's own machine. */
export async function startMachine(options: StepHostOptions, equipment?: MachineEquipment): Promise<StepHost> {
  const { directory, id, cgroup, runc } = options;
  const { root, work } = makeDirectories(directory);
  const workspace = new Workspace(work, `${agentUser.home}/work`);
  const identity = { uid: agentUser.uid, gid: agentUser.gid, capabilities: [] };
  const environment = {
    ...equipment?.environment,
    PATH: [...(equipment?.path ?? []), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
    HOME: agentUser.home,
    USER: agentUser.name,
    LANG: "C.UTF-8",
  };
  const equipped = equipment?.mounts ?? [];
  const own = makeMachine(root);
  makeHome(
    root,
    equipped.map(({ destination }) => destination),
  );
  const mounts = [...own, ...equipped, ...agentMounts(work, workspace.inside), ...network("/etc/hosts")];
  const container = await Container.start({
    ...{ runc, directory, id, cgroup, mounts, identity },
    hostname: "local-cloud",
    command: [agentNode, ...idle],
    environment: pairs(environment),
  });
  return hostOf(container, workspace, environment, identity);
}

/**
 * A container, prepared as the agent does: kept running by the agent's Node, with a user like the agent's own.
 *
 * @throws Error in the agent's words, or with the registry's reason
 */
export async function startContainer(options: StepHostOptions, image: JobContainerImage): Promise<StepHost> {
  const { directory, id, cgroup, runc } = options;
  const { line, signal } = image;
  const { root, work } = makeDirectories(directory);
  line(`##[command]docker pull ${image.image}`);
  const pulled = await pullImage({ ...image, directory, root });
  line(`Digest: ${pulled.digest}`);
  line(`Status: Downloaded ${pulled.name}`);

  const workspace = new Workspace(work, "/__w");
  const { config } = pulled;
  const environment = { ...variablesOf(config.environment), PATH: config.path, ...image.environment, TF_BUILD: "True" };
  const ownUser: Identity = { ...resolveUser(root, config.user), capabilities: dockerCapabilities };
  line(`##[command]docker create ${pulled.name}`);
  const container = await Container.start({
    ...{ runc, directory, id, cgroup, environment: pairs(environment) },
    hostname: id.slice(0, 12),
    command: [...config.entrypoint, agentNode, ...idle],
    identity: ownUser,
    mounts: [...agentMounts(work, workspace.inside), ...network(containerHosts(directory))],
  });
  try {
    const run = async (...args: string[]) => {
      const lines: string[] = [];
      line(`##[command]docker exec ${args.join(" ")}`);
      const command = { args, environment: pairs(environment), directory: "/", identity: ownUser, signal };
      const said = (text: string) => {
        lines.push(text);
        line(text);
      };
      return { code: await container.exec({ ...command, line: said }), lines };
    };
    const expectOk = async (...args: string[]) => {
      const { code, lines } = await run(...args);
      if (code !== 0) throw new Error(`Docker exec fail with exit code ${code}: ${args.join(" ")}`);
      return lines;
    };
    await expectOk("sh", "-c", "command -v bash");
    line(`Try to create a user with UID '${agentUser.uid}' inside the container.`);
    const [known] = await expectOk("bash", "-c", `getent passwd ${agentUser.uid} | cut -d: -f1`);
    const user = known || `${agentUser.name}_azpcontainer`;
    if (!known) await expectOk("useradd", "-m", "-u", `${agentUser.uid}`, user);
    line(`Grant user '${user}' SUDO privilege and allow it run any command without authentication.`);
    await expectOk("groupadd", "azure_pipelines_sudo");
    await expectOk("usermod", "-a", "-G", "azure_pipelines_sudo", user);
    // The agent does not look at what comes of this one: an image need have neither su nor sudo.
    await run("su", "-c", "echo '%azure_pipelines_sudo ALL=(ALL:ALL) NOPASSWD:ALL' >> /etc/sudoers");
    // `docker exec -u <uid>` looks the group up.
    const { gid } = resolveUser(root, `${agentUser.uid}`);
    return hostOf(container, workspace, environment, { uid: agentUser.uid, gid, capabilities: dockerCapabilities });
  } catch (error) {
    await container.remove();
    throw error;
  }
}

function hostOf(container: Container, workspace: Workspace, own: Record<string, string>, identity: Identity): StepHost {
  let first: string[] = [];
  return {
    workspace,
    exec: ({ environment, ...command }) => {
      const all = { ...own, ...environment };
      const path = [...first, ...(all.PATH ? [all.PATH] : [])].join(":");
      return container.exec({ ...command, identity, environment: pairs({ ...all, PATH: path }) });
    },
    prependPath: (folder) => {
      first = [folder, ...first.filter((each) => each !== folder)];
    },
    remove: () => container.remove(),
  };
}

function makeDirectories(directory: string): { root: string; work: string } {
  const [root, work] = [join(directory, "root"), join(directory, "work")];
  for (const path of [root, work]) mkdirSync(path, { mode: 0o755 });
  return { root, work };
}

/** The work folder, and the agent's Node. */
function agentMounts(work: string, inside: string): Mount[] {
  return [
    { source: work, destination: inside, readOnly: false },
    { source: process.execPath, destination: agentNode, readOnly: true },
  ];
}

/** How names are resolved: as on this machine, but for the names that are in a file. */
function network(hosts: string): Mount[] {
  const resolution = "/etc/resolv.conf";
  return Object.entries({ "/etc/hosts": hosts, [resolution]: resolution })
    .filter(([, source]) => existsSync(source))
    .map(([destination, source]) => ({ source, destination, readOnly: true }));
}

/** Writes the names that Docker gives every container. */
function containerHosts(directory: string): string {
  const hosts = join(directory, "hosts");
  writeFileSync(hosts, "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
  return hosts;
}

function variablesOf(environment: string[]): Record<string, string> {
  return Object.fromEntries(
    environment.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );
}

function pairs(environment: Record<string, string>): string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
