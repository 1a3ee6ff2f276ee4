import { defaultPlatform, type Platform } from "../common/platforms";

const names = { "linux/amd64": "linux-64", "linux/arm64": "linux-aarch64" } as const satisfies Record<Platform, string>;

/** A platform of images as conda names it. */
export function condaPlatform(platform: Platform) {
  return names[platform];
}

/** The platform of the job container unless a stack says otherwise, as conda names it. */
export const imagePlatform = condaPlatform(defaultPlatform);
