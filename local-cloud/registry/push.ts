import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { type Duplex, pipeline, type Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { digestOf } from "../../src/image/digest";

/** The part of an image's configuration that containers run with (OCI image specification, `config`). */
export interface ImageConfig {
  /** `NAME=value` */
  Env?: string[];
  Cmd?: string[];
  Entrypoint?: string[];
  User?: string;
  WorkingDir?: string;
  /** What `RUN` runs a command with in an image that starts from this one; Docker's extension of the format. */
  Shell?: string[];
  Labels?: Record<string, string>;
}

const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/**
 * Makes an image of tarballs and pushes it to a registry that takes pushes without signing in, over plain HTTP. Layers
 * are compressed on their way and never held whole, neither in memory nor on disk. The same input makes the same
 * digest.
 *
 * @param address `host:port` of the registry.
 * @param layers tar files, lowest first, each plain or compressed with gzip.
 * @returns the manifest's digest (`sha256:…`).
 */
export async function pushTarballs(
  address: string,
  repository: string,
  tag: string,
  layers: string[],
  config: ImageConfig,
): Promise<string> {
  const base = `http://${address}/v2/${repository}`;
  const descriptors: Descriptor[] = [];
  const diffIds: string[] = [];
  for (const layer of layers) {
    const { descriptor, diffId } = await pushLayer(base, layer);
    descriptors.push(descriptor);
    diffIds.push(diffId);
  }
  const image = { architecture: "amd64", os: "linux", config, rootfs: { type: "layers", diff_ids: diffIds } };
  const configBlob = Buffer.from(JSON.stringify(image));
  const configDescriptor = { mediaType: mediaTypes.config, ...(await uploadBlob(base, [configBlob])) };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: configDescriptor,
      layers: descriptors,
    }),
  );
  await send(`${base}/manifests/${tag}`, "PUT", 201, manifest, mediaTypes.manifest);
  return digestOf(manifest);
}

/** `diffId` is the digest of the uncompressed tar, which is what an image's configuration lists. */
async function pushLayer(base: string, file: string): Promise<{ descriptor: Descriptor; diffId: string }> {
  const compressed = await isGzip(file);
  const tar = compressed ? through(createReadStream(file), createGunzip()) : createReadStream(file);
  const hash = createHash("sha256");
  for await (const chunk of tar) hash.update(chunk);
  const blob = compressed ? createReadStream(file) : through(createReadStream(file), createGzip({ level: 1 }));
  const descriptor = { mediaType: mediaTypes.layer, ...(await uploadBlob(base, blob)) };
  return { descriptor, diffId: `sha256:${hash.digest("hex")}` };
}

/** Uploads in three steps (OCI distribution specification, "Pushing a blob in chunks"), so that the digest may come last. */
async function uploadBlob(
  base: string,
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<Omit<Descriptor, "mediaType">> {
  const hash = createHash("sha256");
  let size = 0;
  async function* measured() {
    for await (const chunk of content) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  const upload = await send(`${base}/blobs/uploads/`, "POST", 202);
  const patched = await send(locationOf(upload), "PATCH", 202, measured(), "application/octet-stream");
  const digest = `sha256:${hash.digest("hex")}`;
  const end = new URL(locationOf(patched));
  end.searchParams.set("digest", digest);
  await send(end.href, "PUT", 201);
  return { digest, size };
}

async function send(
  url: string,
  method: string,
  expected: number,
  body?: Buffer | AsyncIterable<Buffer>,
  type?: string,
): Promise<Response> {
  const headers = type === undefined ? undefined : { "content-type": type };
  const response = await fetch(url, { method, headers, body, duplex: "half" });
  const text = await response.text();
  if (response.status !== expected) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
  return response;
}

function locationOf(response: Response): string {
  const location = response.headers.get("location");
  if (location === null) throw new Error(`${response.url} answered without a Location`);
  return new URL(location, response.url).href;
}

/** RFC 1952: a gzip file begins with 1f 8b. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.readUInt16BE() === 0x1f8b;
  } finally {
    await file.close();
  }
}

/** `from` through `to`; a failure of either ends both, and reaches whoever reads. */
function through(from: Readable, to: Duplex): Duplex {
  pipeline(from, to, () => {});
  return to;
}
