import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Mount } from "./runc";

/** The user that agents run as on Microsoft's machines. */
export const agentUser = { name: "vsts", uid: 1001, gid: 1001, home: "/home/vsts" };

/** What of this machine the agent's machine has: its programs, and what these look up. */
const shared = ["/usr", "/etc/alternatives", "/etc/ssl", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/localtime"];

/** The certificates that this machine trusts, which Node has a list of its own instead of. */
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** What programs need to be told to trust whom this machine trusts. */
export function trustOfMachine(): Record<string, string> {
  return existsSync(certificates) ? { NODE_EXTRA_CA_CERTS: certificates } : {};
}

/** Makes the folders in the agent's home that something is mounted into, for the agent's user. */
export function makeHome(root: string, destinations: readonly string[]): void {
  for (const destination of destinations) {
    const below = relative(agentUser.home, dirname(destination));
    if (below.startsWith("..")) continue;
    let folder = join(root, agentUser.home);
    for (const name of below.split("/").filter((each) => each !== "")) {
      folder = join(folder, name);
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      chownSync(folder, agentUser.uid, agentUser.gid);
    }
  }
}

/** Where programs and libraries are beside `/usr`; on Debian links into it. */
const roots = ["/bin", "/sbin", "/lib", "/lib64"];

/**
 * Makes the root file system of a machine as an agent of Microsoft's has one: a home and a work folder of its own, and
 * this machine's programs, read-only. No home, no settings and no temporary file of this machine is in it.
 *
 * @param root an empty directory
 * @returns what has to be mounted there
 */
export function makeMachine(root: string): Mount[] {
  const { name, uid, gid, home } = agentUser;
  for (const path of ["etc", "proc", "dev", "sys", "tmp", "var/tmp", "run", home]) {
    mkdirSync(join(root, path), { recursive: true, mode: 0o755 });
  }
  // Not by mkdir's mode, from which this process's umask is taken.
  for (const path of ["tmp", "var/tmp"]) chmodSync(join(root, path), 0o1777);
  chownSync(join(root, home), uid, gid);
  const files = {
    passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${uid}:${gid}::${home}:/bin/bash\n`,
    group: `root:x:0:\n${name}:x:${gid}:\n`,
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, "etc", file), text);
  const mounted = [...shared];
  for (const path of roots.filter((each) => existsSync(each))) {
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), join(root, path));
    else mounted.push(path);
  }
  return mounted
    .filter((path) => existsSync(path))
    .map((path) => ({ source: path, destination: path, readOnly: true }));
}
