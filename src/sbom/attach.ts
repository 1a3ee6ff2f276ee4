import { readText } from "../common/files";
import { readLock } from "../conda/lock-file";
import { attach } from "../image/referrer";
import type { Access } from "../image/registry-login";
import { cyclonedx, cyclonedxType } from "./cyclonedx";

export interface AttachOptions {
  access: Access;
  /** Digest of the image, or of its list of platforms. */
  digest: string;
  /** Paths of the lock files that it was built from, one for each platform. Those that are not there are left out. */
  lockFiles: string[];
}

/**
 * Pushes an SBOM of each platform's packages beside an image, by its lock file.
 *
 * @returns the platforms, as conda names them
 * @throws ImageError if the registry refuses, LockError if a lock cannot be read
 */
export async function attachSboms({ access, digest, lockFiles }: AttachOptions): Promise<string[]> {
  const platforms: string[] = [];
  for (const path of lockFiles) {
    const text = readText(path);
    if (text === undefined) continue;
    const lock = readLock(text, path);
    const content = cyclonedx(lock, { repository: access.repository, digest });
    const title = `sbom.${lock.platform}.cdx.json`;
    await attach(access, digest, {
      type: cyclonedxType,
      content,
      annotations: { "org.opencontainers.image.title": title },
    });
    platforms.push(lock.platform);
  }
  return platforms;
}
