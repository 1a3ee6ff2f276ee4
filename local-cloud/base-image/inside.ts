import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { UserError } from "../../src/common/errors";
import { run } from "../../src/common/run";
import { findProgram } from "../toolchain/packages";
import type { PartContext } from "../toolchain/part";

/** What a long piece of work is done with: it can be stopped, and says a line at a time what it is doing. */
export type Work = Pick<PartContext, "detail" | "signal">;

/** Work that only the end of this process stops. */
export function unstopped(detail: Work["detail"] = () => {}): Work {
  return { detail, signal: new AbortController().signal };
}

/**
 * Namespaces for mounts and processes, which end with this process, however it ends: no mount stays, no process goes on
 * unattended. Files are made readable to all, whatever this machine's habit.
 */
const isolation = [
  ...["--pdeathsig", "KILL"],
  ...["unshare", "--mount", "--pid", "--fork", "--kill-child"],
  ...["sh", "-c", 'umask 022; exec "$0" "$@"'],
];

/**
 * Runs a command on this machine in namespaces of its own.
 * @throws UserError with the last lines of its output when the exit code is not 0.
 */
export async function runIsolated(command: string[], work: Work, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { code, lines } = await run("setpriv", [...isolation, ...command], {
    env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
    signal: work.signal,
    line: work.detail,
  });
  if (code === 0) return;
  const said = lines.slice(-6).map((line) => `    ${line}`);
  throw new UserError(
    [
      `A step towards the local cloud's base image and conda channel failed (${code}):`,
      `    ${command.join(" ")}`,
      ...said,
      "It needs root, permission to mount, and the package registries. Fix that and run the command again.",
    ].join("\n"),
  );
}

/** Runs a command in a root file system as a container of it would see it: no file of this machine is in view. */
export async function runInside(root: string, command: string[], work: Work): Promise<void> {
  await runIsolated([requireProgram("chroot"), root, ...command], work, insideEnvironment);
}

/**
 * Runs pip in a root file system, so that wheels fit its Python, with this machine's way to the package index: its
 * `/etc` (name resolution, certificates, pip.conf) and home directory are in view, read-only, while pip runs. The
 * file system itself gets no pip.
 *
 * @param wheel pip's own wheel, which is runnable as it is; a path on this machine.
 */
export async function runPip(root: string, wheel: string, args: string[], work: Work): Promise<void> {
  const script = `
    mount --bind -o ro /etc "$0/etc"
    mount --bind -o ro "$1" "$0/root"
    mount --bind /dev "$0/dev"
    mount -t tmpfs pip "$0/mnt"
    cp "$2" "$0/mnt/pip.whl"
    shift 2
    exec chroot "$0" python3 /mnt/pip.whl/pip --no-cache-dir --disable-pip-version-check "$@"`;
  const home = existsSync(homedir()) ? homedir() : "/root";
  await runIsolated(["sh", "-ec", script, root, home, wheel, ...args], work, {
    ...insideEnvironment,
    PIP_ROOT_USER_ACTION: "ignore",
    PIP_PROGRESS_BAR: "off",
  });
}

/** @returns the full path of a program. @throws UserError when it is not there. */
export function requireProgram(name: string): string {
  const found = findProgram(name, process.env);
  if (found !== undefined) return found;
  throw new UserError(`${name} is not on PATH, and the local cloud's base image needs it: apt-get install ${name}`);
}

const insideEnvironment = {
  HOME: "/root",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
};
