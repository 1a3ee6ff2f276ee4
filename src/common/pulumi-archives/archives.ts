import { createHash } from "node:crypto";
import { messageOf, UserError } from "../errors";
import { request } from "../request";
import known from "./checksums.json";

/** What Pulumi publishes for one platform: https://www.pulumi.com/docs/iac/download-install/versions/ */
export interface Archive {
  name: string;
  url: string;
}

/** SHA-256 sums of archives, in hex, by the archives' names. */
export type Checksums = Readonly<Record<string, string>>;

/** Those of the CLI, at the version that package.json pins, for the platforms that Pulumi publishes archives for. */
export const knownChecksums: Checksums = known;

/** This machine, as `process.platform` and `process.arch` have it. */
export const thisPlatform = `${process.platform}-${process.arch}`;

const site = "https://get.pulumi.com/releases";

/** The archive of the CLI with its language hosts, for a platform as `thisPlatform` is written. */
export function cliArchive(version: string, platform = thisPlatform): Archive {
  const name = `pulumi-v${version}-${platform}.tar.gz`;
  return { name, url: `${site}/sdk/${name}` };
}

/** The archive of a resource plugin, which the CLI looks for under this name at GitHub, and then here. */
export function pluginArchive(plugin: string, version: string, platform = thisPlatform): Archive {
  // Go's word for it: https://go.dev/doc/install/source#environment
  const name = `pulumi-resource-${plugin}-v${version}-${platform.replace(/-x64$/, "-amd64")}.tar.gz`;
  return { name, url: `${site}/plugins/${name}` };
}

/** @throws UserError if it cannot be had */
export async function download({ url }: Archive, signal?: AbortSignal): Promise<Buffer> {
  try {
    const response = await request(url, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    signal?.throwIfAborted();
    throw new UserError(`${url} cannot be downloaded: ${messageOf(error)}`);
  }
}

/** @returns in hex */
export function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
