import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { types } from "node:util";
import * as zlib from "node:zlib";
import { type Extract, extract, type Header } from "tar-stream";
import { messageOf } from "../common/errors";
import { ImageError } from "./error";
import { directory, type FileTree } from "./file-tree";
import type { Descriptor } from "./repository";

/** Something in a tar file. */
type Entry = Extract extends AsyncIterable<infer Each> ? Each : never;

/** Begins a name that takes away what the layers below have (OCI image specification, layer.md, "Whiteouts"). */
const whiteout = ".wh.";
const opaqueWhiteout = ".wh..wh..opq";

const anybodyMayExecute = 0o111;

/** Files whose text the rules read: the users, and where a virtual environment begins. */
const textFiles = /(^|\/)(etc\/passwd|pyvenv\.cfg)$/;
const textLimit = 1024 * 1024;

/** glibc itself: its own version is in its text. Before glibc 2.34 `libc.so.6` was a link to `libc-2.31.so`. */
const glibc = /(^|\/)libc(\.so\.6|-[\d.]+\.so)$/;
/** What is between is short, so that a text that begins often and never ends takes no longer than any other. */
const glibcVersion = /GNU C Library [^\n\0]{0,200}?version (\d{1,9}\.\d{1,9})/;

/** Files that matter although nobody may execute them: the C libraries, C++'s, and their loaders. */
const libraries = /(^|\/)(ld-(linux|musl)-|libc[.-]|libstdc\+\+\.so)[^/]*$/;

/** What conda and pip leave of each package: their names say which. */
const records = /(^|\/)(conda-meta\/[^/]+\.json|[^/]+\.dist-info\/METADATA)$/;

/**
 * Applies a layer to a file system, in one pass over what comes. Of its files only those are kept that the rules can
 * ask for: executable ones, libraries, records of packages, and the text of a few.
 *
 * @param number of the layer, from 1 for the lowest
 * @throws ImageError if it cannot be unpacked
 */
export async function applyLayer(
  tree: FileTree,
  number: number,
  { mediaType, digest }: Descriptor,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  tree.begin();
  const tar = extract();
  const unpacking = pipeline([Readable.from(content), ...decompressor(mediaType), tar]);
  const reading = (async () => {
    for await (const entry of tar) await apply(tree, number, entry);
  })();
  try {
    await Promise.all([unpacking, reading]);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const reason = messageOf(error);
    throw new ImageError(
      `the layer ${digest} cannot be unpacked: ${reason}. Try again; if it stays so, push the image again.`,
    );
  }
}

function decompressor(mediaType: string): NodeJS.ReadWriteStream[] {
  if (/[.+]tar$/.test(mediaType)) return [];
  if (/[.+]tar[.+]gzip$/.test(mediaType)) return [zlib.createGunzip()];
  if (!/[.+]tar[.+]zstd$/.test(mediaType)) {
    throw new ImageError(`the image has a layer of the type ${mediaType}, which is neither gzip, zstd nor plain tar.`);
  }
  if (!("createZstdDecompress" in zlib)) {
    throw new ImageError(
      `the image's layers are compressed with zstd, which Node ${process.version} cannot read. Use Node 22.15 or newer, ` +
        "or build the image with gzip.",
    );
  }
  return [zlib.createZstdDecompress()];
}

async function apply(tree: FileTree, layer: number, entry: Entry): Promise<void> {
  const { header } = entry;
  const name = header.name.replace(/\/+$/, "");
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (base === opaqueWhiteout) tree.clearBelow(name.slice(0, -base.length), layer);
  else if (base.startsWith(`${whiteout}${whiteout}`)) {
    // aufs' own bookkeeping, which is in no container.
  } else if (base.startsWith(whiteout)) {
    tree.removeBelow(name.slice(0, -base.length) + base.slice(whiteout.length), layer);
  } else if (header.type === "directory") tree.add(name, directory(layer, header.mode));
  else if (header.type === "symlink") tree.add(name, { kind: "link", target: header.linkname, layer });
  else if (header.type === "link") {
    const target = tree.at(header.linkname, layer);
    if (target === undefined) tree.remove(name, layer);
    else if (target.kind !== "directory") tree.add(name, { ...target, layer });
  } else if (isKept(header, name)) {
    const text = await textOf(name, header, entry);
    tree.add(name, { kind: "file", mode: header.mode, layer, text });
  } else tree.remove(name, layer);
  entry.resume();
}

function isKept({ type, mode }: Header, name: string): boolean {
  const isFile = type === "file" || type === "contiguous-file";
  return (
    isFile && ((mode & anybodyMayExecute) !== 0 || [textFiles, libraries, records].some((kept) => kept.test(name)))
  );
}

/** The text of a file that is read as text; of glibc, its version. */
async function textOf(name: string, { size }: Header, entry: Entry): Promise<string | undefined> {
  if (textFiles.test(name) && size <= textLimit) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytesOf(entry)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  }
  if (!glibc.test(name)) return undefined;
  let version: string | undefined;
  let tail = "";
  for await (const chunk of bytesOf(entry)) {
    if (version !== undefined) continue;
    const text = tail + Buffer.from(chunk).toString("latin1");
    version = glibcVersion.exec(text)?.[1];
    tail = text.slice(-256);
  }
  return version;
}

/** tar-stream's types leave open what an entry is made of. */
async function* bytesOf(entry: Entry): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of entry) {
    if (!types.isUint8Array(chunk)) throw new TypeError("a tar entry is made of bytes");
    yield chunk;
  }
}
