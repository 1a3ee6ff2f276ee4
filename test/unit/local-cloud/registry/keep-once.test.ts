import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { keepBlobOnce, keepOnce } from "../../../../local-cloud/registry/keep-once";
import { blobFile } from "../../../../local-cloud/registry/repository-files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keep-once-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const inodes = (files: string[]) => new Set(files.map((file) => statSync(file).ino));

test("a blob that BuildKit and two registries have is on the disk once", () => {
  const digest = `sha256:${"ab".repeat(32)}`;
  const storage = join(folder, "registries/mine");
  const files = [
    blobFile(join(folder, "public-registry"), digest),
    join(folder, "buildkit/runc-overlayfs/content/blobs/sha256", "ab".repeat(32)),
    blobFile(storage, digest),
  ].map((file) => write(file, "layer"));
  keepBlobOnce(folder, storage, digest);
  expect(inodes(files).size).toBe(1);
  expect(files.map((file) => readFileSync(file, "utf8"))).toEqual(["layer", "layer", "layer"]);
});

test("one that only its registry has stays as it is, also where BuildKit has never run", () => {
  const digest = `sha256:${"cd".repeat(32)}`;
  const file = write(blobFile(join(folder, "registry"), digest), "layer");
  keepBlobOnce(folder, join(folder, "registry"), digest);
  expect(readFileSync(file, "utf8")).toBe("layer");
});

test("a file that was cut short is no copy, and neither is replaced", () => {
  const files = [write(join(folder, "whole"), "layer"), write(join(folder, "cut"), "la")];
  keepOnce(files);
  expect(files.map((file) => readFileSync(file, "utf8"))).toEqual(["layer", "la"]);
});

test("on another file system both stay", () => {
  const elsewhere = mkdtempSync("/dev/shm/keep-once-");
  try {
    const files = [write(join(folder, "here"), "layer"), write(join(elsewhere, "there"), "layer")];
    expect(statSync(elsewhere).dev).not.toBe(statSync(folder).dev);
    keepOnce(files);
    expect(files.map((file) => statSync(file).nlink)).toEqual([1, 1]);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});
