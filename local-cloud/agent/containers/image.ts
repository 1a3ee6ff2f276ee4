import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Platform } from "../../../src/common/platforms";
import { type ContainerConfig, readImage } from "../../../src/image/manifest";
import { parseReference } from "../../../src/image/reference";
import { Repository } from "../../../src/image/repository";
import type { SignedIn } from "../connection";
import { type Builder, build } from "../docker/buildctl";

/** An image, unpacked. */
export interface PulledImage {
  /** Registry, repository and digest. */
  name: string;
  digest: string;
  config: ContainerConfig;
}

export interface PullOptions {
  /** `[host[:port]/]repository[:tag][@digest]` */
  image: string;
  /** Undefined: as anybody. */
  signedIn: SignedIn | undefined;
  /** An existing directory for what is needed while it is pulled. */
  directory: string;
  /** An empty directory: the root file system. */
  root: string;
  builder: Builder;
  signal: AbortSignal;
}

/**
 * Pulls an image and unpacks it. That it may be pulled is asked of the registry in any case, before BuildKit, which may
 * have its layers already, unpacks them.
 *
 * @throws Error with the reason; ImageError if it is the image or the registry
 */
export async function pullImage(options: PullOptions): Promise<PulledImage> {
  const { image, signedIn, directory, root, builder, signal } = options;
  const { registry, repository: path, version } = parseReference(image);
  const repository = new Repository({ registry, repository: path, ...(signedIn && { login: signedIn.login }) });
  const { digest } = await repository.manifest(version);
  const found = await readImage(repository, digest, platform);
  if ("others" in found)
    throw new Error(`${image} is for ${found.others.join(", ")}, and the agent runs on ${platform}.`);

  const name = `${registry}/${path}@${digest}`;
  mkdirSync(join(directory, "pull"));
  writeFileSync(join(directory, "pull", "Dockerfile"), `FROM ${name}\n`);
  const tar = spawn("tar", ["--extract", "--numeric-owner", "--preserve-permissions", "--directory", root], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const said: string[] = [];
  tar.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")));
  const unpacked = new Promise((resolve, reject) => tar.once("error", reject).once("close", resolve));
  tar.stdin.on("error", () => {}); // its exit code tells
  const code = await build(builder, {
    args: [
      "--local",
      `dockerfile=${join(directory, "pull")}`,
      "--local",
      `context=${join(directory, "pull")}`,
      "--output",
      "type=tar,dest=-",
    ],
    directory: join(directory, "pull", "docker"),
    logins: signedIn ? [signedIn] : [],
    signal,
    line: (text) => said.push(text),
    output: tar.stdin,
  });
  const status = await unpacked;
  signal.throwIfAborted();
  if (code !== 0 || status !== 0) throw new Error(`${name} could not be unpacked: ${said.slice(-5).join("\n")}`);
  return { name, digest, config: found.config };
}

const platform: Platform = process.arch === "arm64" ? "linux/arm64" : "linux/amd64";

/**
 * The user and group that an image's `USER` means, looked up in its root file system as Docker does.
 *
 * @param user `name`, `uid`, `name:group` or `uid:gid`; empty for root
 * @throws Error if there is no such user
 */
export function resolveUser(root: string, user: string): { uid: number; gid: number } {
  const [name = "", group] = user.split(":");
  const entry = entries(join(root, "etc/passwd")).find(([each, , uid]) => each === (name || "root") || uid === name);
  const uid = /^\d+$/.test(name) ? Number(name) : Number(entry?.[2] ?? (name === "" ? 0 : Number.NaN));
  if (Number.isNaN(uid)) throw new Error(`unable to find user ${name}: no matching entries in passwd file`);
  if (group === undefined) return { uid, gid: Number(entry?.[3] ?? 0) };
  const gid = /^\d+$/.test(group) ? group : entries(join(root, "etc/group")).find(([each]) => each === group)?.[2];
  if (gid === undefined) throw new Error(`unable to find group ${group}: no matching entries in group file`);
  return { uid, gid: Number(gid) };
}

function entries(file: string): string[][] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.split(":"));
  } catch {
    return []; // An image may have no such file.
  }
}
