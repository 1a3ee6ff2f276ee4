import { createHash } from "node:crypto";

/** The digest by which a registry knows content: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export function digestOf(content: string | Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
