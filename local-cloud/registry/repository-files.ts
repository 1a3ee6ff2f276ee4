import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** A tag, and what it leads to. */
export interface Tag {
  name: string;
  /** `sha256:…` */
  digest: string;
  created: Date;
}

/** A manifest, and what it says of its image. */
export interface Manifest {
  digest: string;
  mediaType: string;
  /** Bytes of its configuration and layers; 0 for a list of platforms. */
  imageSize: number;
  architecture: string | undefined;
  os: string | undefined;
  created: Date;
}

/** A manifest that refers to another one, as a registry lists it. */
export interface Referrer {
  mediaType: string;
  digest: string;
  /** Bytes of the manifest. */
  size: number;
  artifactType: string | undefined;
  annotations: Record<string, string> | undefined;
}

const sized = z.object({ digest: z.string(), size: z.number() });
const manifestForm = z.object({
  mediaType: z.string().optional(),
  config: sized.optional(),
  layers: z.array(sized).default([]),
});
const referrerForm = z.object({
  mediaType: z.string(),
  subject: z.object({ digest: z.string() }),
  artifactType: z.string().optional(),
  config: z.object({ mediaType: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const configForm = z.object({ architecture: z.string(), os: z.string() }).partial();

/** The file in which a registry process keeps a blob. */
export function blobFile(storage: string, digest: string): string {
  const hash = digest.slice("sha256:".length);
  return join(rootOf(storage), "blobs/sha256", hash.slice(0, 2), hash, "data");
}

function rootOf(storage: string): string {
  return join(storage, "docker/registry/v2");
}

/**
 * What a registry process has stored (distribution 3, driver `filesystem`): Azure's own API has no counterpart in it.
 * Repositories are folders, and one whose path goes on from another's lies inside that one's folder; what is a
 * repository's own is in `_manifests`, `_layers` and `_uploads`. Blobs are beside all repositories, and shared.
 */
export class RepositoryFiles {
  private readonly root: string;

  /** @param storage where the registry process keeps its content */
  constructor(private readonly storage: string) {
    this.root = rootOf(storage);
  }

  /** Paths of the repositories that have a manifest, sorted. */
  repositories(): string[] {
    const below = (path: string): string[] =>
      namesIn(join(this.root, "repositories", path))
        .filter((name) => !name.startsWith("_"))
        .flatMap((name) => {
          const each = path === "" ? name : `${path}/${name}`;
          return this.exists(each) ? [each, ...below(each)] : below(each);
        });
    return below("").sort();
  }

  exists(repository: string): boolean {
    return this.digests(repository).length > 0;
  }

  /** By name. */
  tags(repository: string): Tag[] {
    const folder = this.own(repository, "_manifests/tags");
    return namesIn(folder).flatMap((name) => {
      const link = readLink(join(folder, name, "current"));
      return link === undefined ? [] : [{ name, ...link }];
    });
  }

  /** By digest. */
  manifests(repository: string): Manifest[] {
    return this.digests(repository).flatMap((digest) => {
      const link = readLink(this.own(repository, `_manifests/revisions/${digest.replace(":", "/")}`));
      return link === undefined ? [] : [{ ...this.describe(digest), created: link.created }];
    });
  }

  /** The manifests whose `subject` is another one. */
  referrers(repository: string, subject: string): Referrer[] {
    return this.digests(repository).flatMap((digest) => {
      const text = this.blob(digest);
      const { data } = referrerForm.safeParse(JSON.parse(text));
      if (data?.subject.digest !== subject) return [];
      const { mediaType, config, artifactType = config?.mediaType, annotations } = data;
      return [{ mediaType, digest, size: Buffer.byteLength(text), artifactType, annotations }];
    });
  }

  deleteTag(repository: string, tag: string): void {
    rmSync(this.own(repository, `_manifests/tags/${tag}`), { recursive: true, force: true });
  }

  /** Deletes what is a repository's own, the manifests first: without them there is no such repository. */
  deleteRepository(repository: string): void {
    for (const name of ["_manifests", "_layers", "_uploads"]) {
      rmSync(this.own(repository, name), { recursive: true, force: true, maxRetries: 3 }); // a push may be adding files
    }
  }

  private digests(repository: string): string[] {
    const folder = this.own(repository, "_manifests/revisions/sha256");
    return namesIn(folder)
      .filter((hash) => existsSync(join(folder, hash, "link"))) // a deleted one leaves its folder
      .map((hash) => `sha256:${hash}`);
  }

  private describe(digest: string): Omit<Manifest, "created"> {
    const { mediaType, config, layers } = manifestForm.parse(JSON.parse(this.blob(digest)));
    const image = config && configForm.safeParse(JSON.parse(this.blob(config.digest))).data;
    return {
      digest,
      mediaType: mediaType ?? `application/vnd.oci.image.${config ? "manifest" : "index"}.v1+json`,
      imageSize: layers.reduce((sum, { size }) => sum + size, config?.size ?? 0),
      architecture: image?.architecture,
      os: image?.os,
    };
  }

  private blob(digest: string): string {
    return readFileSync(blobFile(this.storage, digest), "utf8");
  }

  private own(repository: string, path: string): string {
    return join(this.root, "repositories", repository, path);
  }
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** The digest that a folder's link leads to, and since when. */
function readLink(folder: string): { digest: string; created: Date } | undefined {
  const file = join(folder, "link");
  if (!existsSync(file)) return undefined;
  return { digest: readFileSync(file, "utf8"), created: statSync(file).mtime };
}
