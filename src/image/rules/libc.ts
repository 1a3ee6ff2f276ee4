import type { Platform } from "../../common/platforms";
import type { FileTree } from "../file-tree";
import type { BrokenRule, ImageContent } from "./rule";

/** Where the dynamic loaders are: a program names its loader by this path, and no search finds it elsewhere. */
const machines: Record<Platform, { loader: string; musl: string; folder: string }> = {
  "linux/amd64": {
    loader: "/lib64/ld-linux-x86-64.so.2",
    musl: "/lib/ld-musl-x86_64.so.1",
    folder: "x86_64-linux-gnu",
  },
  "linux/arm64": {
    loader: "/lib/ld-linux-aarch64.so.1",
    musl: "/lib/ld-musl-aarch64.so.1",
    folder: "aarch64-linux-gnu",
  },
};

/** glibc of the system that Node's own binaries are built on: https://github.com/nodejs/node/blob/main/BUILDING.md */
const oldest = { major: 2, minor: 28 };

const why = "The Node that the agent mounts into the container, and conda's packages, would not start.";
const advice =
  "Base the image on a current distribution with glibc, such as Debian 12, Ubuntu 22.04 or Red Hat UBI 8, or newer ones.";

/** glibc, new enough for the agent's Node, and the C++ library that this Node loads. */
export function checkLibc({ platform, files }: ImageContent): BrokenRule[] {
  const { loader, musl, folder } = machines[platform];
  const libc = findLibrary(files, folder, "libc.so.6");
  const broken = (what: string): BrokenRule[] => [{ rule: "libc", message: `${what}. ${why} ${advice}` }];
  if (libc === undefined || files.resolve(loader)?.node.kind !== "file") {
    if (files.resolve(musl)) return broken(`the image has the C library musl (${musl}), as Alpine has, and not glibc`);
    return broken(`the image has no glibc: there is no ${libc === undefined ? "libc.so.6" : loader}`);
  }

  const version = libc.node.kind === "file" ? libc.node.text : undefined;
  if (version === undefined) return broken(`${libc.path} is no glibc whose version could be read`);
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
    return broken(`the image's glibc is ${version}, older than ${oldest.major}.${oldest.minor}`);
  }
  if (findLibrary(files, folder, "libstdc++.so.6")) return [];
  const message =
    "there is no libstdc++.so.6 in the image's library folders, and the Node that the agent mounts into the container " +
    "loads it. Install it (Debian: libstdc++6; Red Hat: libstdc++); a conda environment's own is not found.";
  return [{ rule: "libc", message }];
}

/** A library in the folders that the loader searches by itself, on Debian's kind of systems and on Red Hat's. */
function findLibrary(files: FileTree, folder: string, name: string) {
  for (const place of [`/lib/${folder}`, `/usr/lib/${folder}`, "/lib64", "/usr/lib64", "/lib", "/usr/lib"]) {
    const found = files.resolve(`${place}/${name}`);
    if (found?.node.kind === "file") return found;
  }
  return undefined;
}
