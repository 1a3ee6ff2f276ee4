import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { UserError } from "../../src/common/errors";
import { isFree } from "./process";

/** A port and what the local cloud wants it for. */
export interface PortUse {
  port: number;
  purpose: string;
}

/**
 * Makes sure that every port is free before anything is started.
 * @throws UserError naming each busy port, what it is wanted for and the process that holds it.
 */
export async function requireFree(uses: PortUse[]): Promise<void> {
  const busy = await holdersOf(uses);
  if (busy.length === 0) return;
  throw new UserError(
    `ports of 127.0.0.1 that the local cloud needs are taken:\n  ${busy.join("\n  ")}\n` +
      "Nothing was started. End that process, or give the local cloud other ports with --port (100 from that number " +
      "on; a local cloud that exists keeps its ports: name another --directory as well).",
  );
}

/** For each busy port a phrase: `port 9480, for Azure DevOps: process 4711 (node server.js)`. */
export async function holdersOf(uses: PortUse[]): Promise<string[]> {
  const busy: string[] = [];
  for (const { port, purpose } of uses) {
    if (!(await isFree(port))) busy.push(`port ${port}, for ${purpose}: ${holder(port)}`);
  }
  return busy;
}

/** The process that listens on a port, for a message. */
function holder(port: number): string {
  const inodes = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeningInodes(readOrEmpty(table), port)),
  );
  const pid = entriesOf("/proc").find((entry) => /^\d+$/.test(entry) && holdsSocket(entry, inodes));
  if (pid === undefined) return "a process that cannot be seen from here";
  const command = readOrEmpty(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
  return `process ${pid} (${command.length > 100 ? `${command.slice(0, 100)}…` : command})`;
}

/**
 * The socket inodes that listen on a port, out of a table in the format of `/proc/net/tcp` (proc(5)): the local
 * address is the second field, `<address>:<port>` in hexadecimal; the state is the fourth, 0A for listening; the
 * inode is the tenth.
 */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const inode = fields[9];
    return fields[1]?.endsWith(suffix) && fields[3] === "0A" && inode !== undefined ? [inode] : [];
  });
}

function holdsSocket(pid: string, inodes: Set<string>): boolean {
  return entriesOf(`/proc/${pid}/fd`).some((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOrEmpty(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode !== undefined && inodes.has(inode);
  });
}

// What /proc shows may end while it is read, or belong to somebody else: then there is nothing to see.

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linkOrEmpty(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
