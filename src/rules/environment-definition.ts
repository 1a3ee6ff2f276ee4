import { dirname, join, normalize, relative } from "node:path/posix";
import { defaultPlatform, type Platform } from "../common/platforms";

/** What the job container is built from. Paths are from the repository's root, with forward slashes. */
export interface EnvironmentDefinition {
  /** Path of the Dockerfile. */
  dockerfile: string;
  /** The folder whose files the build sees; `.` is the root. Default: the Dockerfile's folder. */
  buildContext?: string;
  /** Image that the Dockerfile starts from; what is built gets it with its digest (see `pinImage`). */
  baseImage: string;
  /** Path of the conda file whose packages are installed. It is in the build's context. */
  condaFile: string;
  /** Folder that lock files are kept in, each below it where its conda file is below the root. Default: beside it. */
  lockFolder?: string;
  /** Conda channel that the packages come from: a name or a URL. */
  condaChannel: string;
  /** What the image is built for: what jobs run on. Default: `linux/amd64` alone. */
  platforms?: Platform[];
}

/** What an image is built for. */
export function platformsOf({ platforms = [defaultPlatform] }: Pick<EnvironmentDefinition, "platforms">): Platform[] {
  return platforms;
}

type Context = Pick<EnvironmentDefinition, "dockerfile" | "buildContext">;

/** The folder whose files the build sees: https://docs.docker.com/build/concepts/context/ */
export function contextOf({ dockerfile, buildContext }: Context): string {
  if (buildContext === undefined) return dirname(dockerfile);
  return normalize(buildContext).replace(/(?<=.)\/$/, "");
}

/** A file's path as the build knows it: from its context. One that leads out of it begins with `..`. */
export function pathInContext(definition: Context, file: string): string {
  return relative(contextOf(definition), file);
}

/**
 * The build arguments, by their names.
 *
 * @param declared those that the Dockerfile declares: a build is given no others. Default: all
 */
export function buildArguments(definition: EnvironmentDefinition, declared?: Set<string>): Record<string, string> {
  const all = {
    BASE_IMAGE: definition.baseImage,
    CONDA_FILE: pathInContext(definition, definition.condaFile),
    CONDA_CHANNEL: definition.condaChannel,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => declared?.has(name) ?? true));
}

/**
 * The folder that has the conda file's lock, where locks are kept in one of their own: two conda files of one name have
 * different ones. Undefined where the lock is beside the conda file.
 */
export function lockFolderOf({
  condaFile,
  lockFolder,
}: Pick<EnvironmentDefinition, "condaFile" | "lockFolder">): string | undefined {
  return lockFolder && join(lockFolder, dirname(condaFile));
}
