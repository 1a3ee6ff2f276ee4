import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BaseImage } from "../base-image";
import { runInside, runIsolated, runPip, type Work } from "../base-image/inside";
import { dataPath } from "../package/files";
import { makeDirectory, recipeHash } from "../toolchain/cache";
import type packages from "./packages.json";

/**
 * Makes the conda channel that stands for conda-forge in the local cloud: `python` (the base image's), pip, pytest
 * and flake8 as they are on PyPI, and stand-ins for the large libraries. What there is, is in packages.json: of some
 * libraries two versions, and a TensorFlow that cannot be installed beside the newer numpy. It is made once per machine,
 * with the base image's own Python, and kept in the cache.
 *
 * @param cache the cache directory (local-cloud/toolchain/cache.ts).
 * @returns the channel's directory, with `noarch/repodata.json` and the platform's beside it.
 * @throws UserError when root or the package registries are missing.
 */
export async function makeChannel(cache: string, image: BaseImage, work: Work): Promise<string> {
  const recipe = recipeHash(dataPath("channel"), recipeFiles, [image.recipe]);
  const directory = join(cache, `channel-${recipe}`);
  if (!existsSync(directory)) await makeDirectory(directory, (partial) => fill(partial, image, work));
  return directory;
}

const recipeFiles = ["make_channel.py", "packages.json", "requirements.txt"];

async function fill(directory: string, image: BaseImage, work: Work): Promise<void> {
  const root = join(directory, "root");
  mkdirSync(root);
  work.detail("unpacking the base image");
  await runIsolated(["tar", "--extract", "--file", image.rootfs, "--directory", root], work);
  work.detail("downloading wheels");
  const wheels = ["--only-binary=:all:", "--no-deps", "--dest=/tmp/wheels", ...wheelRequirements()];
  await runPip(root, image.pipWheel, ["download", ...wheels], work);
  for (const file of recipeFiles) cpSync(dataPath(`channel/${file}`), join(root, "tmp", file));
  const library = ["--only-binary=:all:", "--no-deps", "--target=/tmp/library", "--requirement=/tmp/requirements.txt"];
  await runPip(root, image.pipWheel, ["install", ...library], work);
  work.detail("packing conda packages");
  const script = ["/tmp/make_channel.py", "/tmp/packages.json", "/tmp/wheels", "/tmp/channel"];
  await runInside(root, ["python3", ...script], work);
  cpSync(join(root, "tmp/channel"), directory, { recursive: true });
  rmSync(root, { recursive: true });
}

function wheelRequirements(): string[] {
  const table: typeof packages = JSON.parse(readFileSync(dataPath("channel/packages.json"), "utf8"));
  return table.wheels.map(({ name, version }) => `${name}==${version}`);
}
