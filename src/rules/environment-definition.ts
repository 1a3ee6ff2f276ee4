import { dirname, relative } from "node:path/posix";

/** What the job container is built from. Paths are from the repository's root, with forward slashes. */
export interface EnvironmentDefinition {
  /** Path of the Dockerfile. Its folder is the build's context. */
  dockerfile: string;
  /** Image that the Dockerfile starts from; what is built gets it with its digest (see `pinImage`). */
  baseImage: string;
  /** Path of the conda file whose packages are installed. It is in the Dockerfile's folder. */
  condaFile: string;
  /** Folder of the conda file's lock file. Default: the conda file's own. */
  lockFolder?: string;
  /** Conda channel that the packages come from: a name or a URL. */
  condaChannel: string;
}

/** The folder whose files the build sees: https://docs.docker.com/build/concepts/context/ */
export function buildContext({ dockerfile }: Pick<EnvironmentDefinition, "dockerfile">): string {
  return dirname(dockerfile);
}

/** A file's path as the build knows it: from its context. One that leads out of it begins with `..`. */
export function pathInContext(definition: Pick<EnvironmentDefinition, "dockerfile">, file: string): string {
  return relative(buildContext(definition), file);
}
