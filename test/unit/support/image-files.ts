import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** Something in a layer: a file unless it says otherwise. */
export type TestEntry = { path: string; mode?: number } & (
  | { text?: string }
  | { directory: true }
  | { link: string }
  | { hardLink: string }
);

/** A tar file of entries, in their order. */
export async function tarOf(entries: TestEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const entry of entries) {
    const { path: name, mode = 0o755 } = entry;
    if ("directory" in entry) tar.entry({ name, mode, type: "directory" });
    else if ("link" in entry) tar.entry({ name, mode, type: "symlink", linkname: entry.link });
    else if ("hardLink" in entry) tar.entry({ name, mode, type: "link", linkname: entry.hardLink });
    else tar.entry({ name, mode }, entry.text ?? "");
  }
  tar.finalize();
  return buffer(Readable.from(tar));
}

export function sha256(content: Buffer | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The text in glibc that says its version, at a place where it spans two chunks of a stream. */
export function glibcText(version: string): string {
  return `${"\0".repeat(65_500)}GNU C Library (Debian GLIBC ${version}-9+deb12u1) stable release version ${version}.\0\n${"\0".repeat(70_000)}`;
}

/** A system with merged /usr, as Debian is now. */
export const debian: TestEntry[] = [
  { path: "./", directory: true },
  { path: "bin", link: "usr/bin" },
  { path: "sbin", link: "/usr/sbin" },
  { path: "lib", link: "usr/lib" },
  { path: "lib64", link: "usr/lib64" },
  { path: "etc/", directory: true },
  {
    path: "etc/passwd",
    mode: 0o644,
    text: "root:x:0:0:root:/root:/bin/bash\nadmin:x:0:0::/:\nmamba:x:1000:1000::/home/mamba:\n",
  },
  { path: "usr/", directory: true },
  ...["bash", "dash", "getent", "cut", "id", "su", "cat"].map((name) => ({ path: `usr/bin/${name}` })),
  { path: "usr/bin/sh", link: "dash" },
  ...["useradd", "groupadd", "usermod"].map((name) => ({ path: `usr/sbin/${name}` })),
  { path: "usr/lib/x86_64-linux-gnu/libc.so.6", text: glibcText("2.36") },
  { path: "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" },
  { path: "usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", mode: 0o644 },
  { path: "usr/lib/x86_64-linux-gnu/libstdc++.so.6", link: "libstdc++.so.6.0.30" },
  { path: "usr/lib64/ld-linux-x86-64.so.2", link: "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" },
];

/** A conda environment, as micromamba makes it. */
export function condaEnvironment(prefix: string): TestEntry[] {
  return [
    { path: `${prefix}/conda-meta/history`, mode: 0o644 },
    { path: `${prefix}/conda-meta/python-3.11.9-h955ad1f_0.json`, mode: 0o644, text: "{}" },
    { path: `${prefix}/bin/python3.11` },
    { path: `${prefix}/bin/python`, link: "python3.11" },
    { path: `${prefix}/lib/libstdc++.so.6`, mode: 0o644 },
  ];
}

export interface TestLayer {
  mediaType: string;
  content: Buffer;
}

/** A layer as BuildKit pushes it. */
export async function gzipLayer(entries: TestEntry[]): Promise<TestLayer> {
  return { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", content: gzipSync(await tarOf(entries)) };
}

export interface TestImage {
  layers: TestLayer[];
  config?: { Entrypoint?: string[] | null; User?: string; Env?: string[]; Labels?: Record<string, string> } | null;
  os?: string;
  architecture?: string;
  variant?: string;
}

/** An image in which a job can run: Debian, and the environment in a layer of its own. */
export async function goodImage(): Promise<TestImage & { config: NonNullable<TestImage["config"]> }> {
  return {
    layers: [await gzipLayer(debian), await gzipLayer(condaEnvironment("opt/environment"))],
    config: { Env: [`PATH=/opt/environment/bin:${defaultPath}`, "LANG=C.UTF-8"], User: "root" },
  };
}
