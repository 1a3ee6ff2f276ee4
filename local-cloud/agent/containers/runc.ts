import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** A part of the agent's file system in view of a container. */
export interface Mount {
  source: string;
  destination: string;
  readOnly: boolean;
}

/** Whom a process in a container runs as, and what it may. */
export interface Identity {
  uid: number;
  gid: number;
  /** Linux capabilities (capabilities(7)); none: also not by a program with the setuid bit. */
  capabilities: readonly string[];
}

export interface ContainerOptions {
  /** The `runc` program. */
  runc: string;
  /** A directory of the container's own; `root` in it is its root file system. */
  directory: string;
  /** Unique on this machine. */
  id: string;
  /** Under the root of the control group hierarchies. */
  cgroup: string;
  hostname: string;
  /** What keeps it running. */
  command: string[];
  environment: string[];
  identity: Identity;
  mounts: Mount[];
}

/** A command in a running container. */
export interface Command {
  args: string[];
  /** `NAME=value` */
  environment: string[];
  directory: string;
  identity: Identity;
  signal: AbortSignal;
  /** Told each line of its output. */
  line: (text: string) => void;
}

/** What Docker gives a container that asks for nothing: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities */
export const dockerCapabilities = [
  "CAP_AUDIT_WRITE",
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_MKNOD",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_RAW",
  "CAP_SETFCAP",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYS_CHROOT",
];

/** A container that runs, whatever steps do in it, until it is removed. */
export class Container {
  private constructor(private readonly options: ContainerOptions) {}

  /** @throws Error with what runc said if it cannot be started. */
  static async start(options: ContainerOptions): Promise<Container> {
    const { directory, id } = options;
    writeFileSync(join(directory, "config.json"), JSON.stringify(configuration(options)));
    const log = join(directory, "log");
    const output = openSync(log, "w");
    const code = await exitOf(options, ["run", "--detach", "--bundle", directory, id], output);
    closeSync(output);
    if (code !== 0) throw new Error(`The container could not be started: ${readFileSync(log, "utf8").trim()}`);
    return new Container(options);
  }

  /**
   * Runs a command in it to its end.
   *
   * An abort interrupts all that the command has started, as the agent does: SIGINT, after 7.5 seconds SIGTERM, after
   * another 2.5 SIGKILL.
   *
   * @returns the exit code.
   */
  async exec(command: Command): Promise<number> {
    const { directory, id, runc } = this.options;
    const file = join(directory, `process-${randomUUID()}.json`); // Not arguments: everybody on the machine can read those.
    // runc copies standard output and waits for its end, which does not come while something in the background has it.
    const args = ["sh", "-c", 'exec "$@" >&3 2>&3 3>&-', "sh", ...command.args];
    writeFileSync(file, JSON.stringify(processOf(args, command)), { mode: 0o600 });
    const child = spawn(runc, [...stateOf(this.options), "exec", "--preserve-fds", "1", "--process", file, id], {
      env: { PATH: env.PATH },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    const inputs = child.stdio.slice(1).filter((input) => input instanceof Readable);
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(code ?? 137));
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    for (const input of inputs) createInterface({ input }).on("line", command.line);
    let over = false;
    const interrupt = async () => {
      for (const [name, milliseconds] of [
        ["SIGINT", 7500],
        ["SIGTERM", 2500],
        ["SIGKILL", 0],
      ] as const) {
        if (over) return;
        await this.signal(name);
        await Promise.race([ended, sleep(milliseconds, undefined, { ref: false })]);
      }
    };
    command.signal.addEventListener("abort", interrupt);
    if (command.signal.aborted) void interrupt();
    try {
      const code = await ended;
      over = true;
      // The same goes for the third one.
      await Promise.race([closed, sleep(5000, undefined, { ref: false })]);
      return code;
    } finally {
      over = true;
      command.signal.removeEventListener("abort", interrupt);
      for (const input of inputs) input.destroy();
      rmSync(file, { force: true });
    }
  }

  /** Ends all that runs in it. */
  async remove(): Promise<void> {
    await exitOf(this.options, ["delete", "--force", this.options.id]);
  }

  /** Sends a signal to all processes but the one that keeps the container running. */
  private async signal(name: NodeJS.Signals): Promise<void> {
    const { id } = this.options;
    const init = Number(JSON.parse(await textOf(this.options, ["state", id])).pid);
    const pids: unknown = JSON.parse(await textOf(this.options, ["ps", "--format", "json", id]));
    for (const pid of Array.isArray(pids) ? pids.map(Number) : []) {
      if (pid === init) continue;
      try {
        process.kill(pid, name);
      } catch {
        // It ended in this moment.
      }
    }
  }
}

function stateOf({ directory }: ContainerOptions): string[] {
  const state = join(directory, "state");
  mkdirSync(state, { recursive: true });
  return ["--root", state];
}

function exitOf(
  options: ContainerOptions,
  args: string[],
  output: number | "ignore" = "ignore",
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.runc, [...stateOf(options), ...args], {
      env: { PATH: env.PATH },
      stdio: ["ignore", output, output],
    });
    child.once("error", reject);
    child.once("exit", resolve);
  });
}

async function textOf(options: ContainerOptions, args: string[]): Promise<string> {
  const child = spawn(options.runc, [...stateOf(options), ...args], {
    env: { PATH: env.PATH },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return Buffer.concat(chunks).toString("utf8");
}

/** https://github.com/opencontainers/runtime-spec/blob/main/config.md#posix-process */
function processOf(
  args: string[],
  { environment, directory, identity }: Pick<Command, "environment" | "directory" | "identity">,
) {
  const { uid, gid, capabilities } = identity;
  // A process that is not root's has none of them at work; a setuid program (sudo) can get those of the bounding set.
  const effective = uid === 0 ? capabilities : [];
  return {
    terminal: false,
    user: { uid, gid },
    args,
    env: environment,
    cwd: directory,
    capabilities: { bounding: capabilities, effective, permitted: effective },
    noNewPrivileges: capabilities.length === 0,
  };
}

/**
 * The container as runc is told of it. Steps run on the machine's own network, since the registries and the channel of
 * the local cloud are on its loopback.
 */
function configuration(options: ContainerOptions) {
  const { command, cgroup, hostname, id, identity, environment, mounts } = options;
  return {
    ociVersion: "1.0.2",
    process: processOf(command, { environment, directory: "/", identity }),
    root: { path: "root", readonly: false },
    hostname,
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755"] },
      {
        destination: "/dev/pts",
        type: "devpts",
        source: "devpts",
        options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
      },
      { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "noexec", "nodev", "mode=1777"] },
      { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
      { destination: "/sys", type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"] },
      ...mounts.map(({ source, destination, readOnly }) => ({
        destination,
        type: "bind",
        source,
        options: ["rbind", "rprivate", readOnly ? "ro" : "rw"],
      })),
    ],
    linux: {
      cgroupsPath: `/${cgroup}/${id}`,
      namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })),
      resources: { devices: [{ allow: false, access: "rwm" }] },
      maskedPaths: [
        "/proc/kcore",
        "/proc/keys",
        "/proc/latency_stats",
        "/proc/timer_list",
        "/proc/sched_debug",
        "/sys/firmware",
      ],
      readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
  };
}
