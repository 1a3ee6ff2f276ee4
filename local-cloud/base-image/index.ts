import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { dataPath } from "../package/files";
import { recipeOf } from "../package/recipes";
import type { ImageConfig } from "../registry/push";
import { makeDirectory, recipeHash } from "../toolchain/cache";
import type { Work } from "./inside";
import { makeRootFileSystem, packRootFileSystem } from "./root-file-system";

/** An image's only layer and its configuration, and what it takes to install more into the layer. */
export interface BaseImage {
  /** Path of the layer: the root file system as a tar file, compressed with gzip. */
  rootfs: string;
  config: ImageConfig;
  /** Path of pip as a runnable wheel; it is not in the image. */
  pipWheel: string;
  /** Changes whenever the image is another one. */
  recipe: string;
}

/**
 * Makes the image that stands in the local cloud's public registry for `mambaorg/micromamba`: Debian 12 with a real
 * solver and installer of conda packages under micromamba's name. It is made once per machine and kept in the cache;
 * after that this takes no time.
 *
 * @param cache the cache directory (local-cloud/toolchain/cache.ts).
 * @throws UserError when a program, root or the package registries are missing.
 */
export async function makeBaseImage(cache: string, work: Work): Promise<BaseImage> {
  const recipe = baseImageRecipe(process.arch);
  const directory = join(cache, `base-image-${recipe}`);
  if (!existsSync(directory)) await makeDirectory(directory, (partial) => fill(partial, work));
  return { rootfs: join(directory, rootfsName), pipWheel: join(directory, wheelName), config, recipe };
}

/** Changes when what the image of an architecture is made of does. */
export function baseImageRecipe(architecture: string): string {
  return recipeOf(`base-image ${architecture}`, () =>
    recipeHash(
      dataPath("base-image"),
      ["index.ts", "micromamba.py", "requirements.txt", "root-file-system.ts", "symbols.ts"],
      [architecture],
    ),
  );
}

const rootfsName = "rootfs.tar.gz";
const wheelName = "pip.whl";

async function fill(directory: string, work: Work): Promise<void> {
  const root = join(directory, "root");
  mkdirSync(root);
  await makeRootFileSystem(root, join(directory, wheelName), work);
  await packRootFileSystem(root, join(directory, rootfsName), work);
  rmSync(root, { recursive: true });
}

/**
 * What containers of the image run with: that of the published image, the parts included that a job container has to
 * undo (the entry point, the plain user, the shell of `RUN`), so that a Dockerfile that forgets to fails here too.
 */
const config: ImageConfig = {
  Env: [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "MAMBA_USER=mambauser",
    "MAMBA_USER_ID=57439",
    "MAMBA_USER_GID=57439",
    "LANG=C.UTF-8",
    "LC_ALL=C.UTF-8",
    "ENV_NAME=base",
    "MAMBA_ROOT_PREFIX=/opt/conda",
    "MAMBA_EXE=/bin/micromamba",
    "CONDA_OVERRIDE_CUDA=",
  ],
  Entrypoint: ["/usr/local/bin/_entrypoint.sh"],
  Cmd: ["/bin/bash"],
  User: "mambauser",
  WorkingDir: "/tmp",
  Shell: ["/usr/local/bin/_dockerfile_shell.sh"],
};
