import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BaseImage } from "../base-image";
import { runIsolated, runPip, type Work } from "../base-image/inside";
import { dataPath } from "../package/files";
import { removeWheels } from "../toolchain/build-caches";
import { makeDirectory, recipeHash } from "../toolchain/cache";
import { fetchWheels, listedWheels } from "./wheels";

/**
 * Makes the conda channel that stands for conda-forge in the local cloud: `python` (the base image's), and what
 * packages.json lists, converted from the wheels on PyPI. Of some libraries there are two versions; TensorFlow is a
 * stand-in that cannot be installed beside the newer numpy. It is made once per machine, with the base image's own
 * Python, and kept in the cache.
 *
 * @param cache the cache directory (local-cloud/toolchain/cache.ts).
 * @param keepWheels leaves the wheels that were downloaded there, for who makes it often
 * @returns the channel's directory, with `noarch/repodata.json` and the platform's beside it.
 * @throws UserError when root or the package registries are missing.
 */
export async function makeChannel(cache: string, image: BaseImage, work: Work, keepWheels = false): Promise<string> {
  const recipe = recipeHash(dataPath("channel"), recipeFiles, [image.recipe]);
  const directory = join(cache, `channel-${recipe}`);
  if (existsSync(directory)) return directory;
  await makeDirectory(directory, (partial) => fill(partial, cache, image, work));
  if (!keepWheels) removeWheels(cache);
  return directory;
}

const recipeFiles = ["make_channel.py", "packages.json", "requirements.txt"];

async function fill(directory: string, cache: string, image: BaseImage, work: Work): Promise<void> {
  const root = join(directory, "root");
  mkdirSync(root);
  work.detail("unpacking the base image");
  await runIsolated(["tar", "--extract", "--file", image.rootfs, "--directory", root], work);
  await fetchWheels(listedWheels(), { cache, root, pipWheel: image.pipWheel }, work);
  for (const file of recipeFiles) cpSync(dataPath(`channel/${file}`), join(root, "tmp", file));
  const library = ["--only-binary=:all:", "--no-deps", "--target=/tmp/library", "--requirement=/tmp/requirements.txt"];
  await runPip(root, image.pipWheel, ["install", ...library], work);
  await convert(root, work);
  cpSync(join(root, "tmp/channel"), directory, { recursive: true });
  rmSync(root, { recursive: true });
}

/** In memory: a wheel's files are written three times on the way, and there are 20,000 of them. */
async function convert(root: string, work: Work): Promise<void> {
  const inMemory = `
    mount -t tmpfs conversion "$0/mnt"
    exec chroot "$0" env --ignore-environment PATH=/usr/bin:/bin HOME=/root TMPDIR=/mnt "$@"`;
  const script = ["/tmp/make_channel.py", "/tmp/packages.json", "/tmp/wheels", "/tmp/channel"];
  await runIsolated(["sh", "-ec", inMemory, root, "python3", ...script], work);
}
