import { join } from "node:path/posix";
import { contextOf, type EnvironmentDefinition } from "../../rules/environment-definition";
import { readPlatforms } from "../platforms";

/**
 * The environment definition of a run's image, by the variables of the run. Its conda file is there as the build knows it.
 */
export function definitionOf(variables: NodeJS.ProcessEnv): EnvironmentDefinition {
  const { DOCKERFILE: dockerfile = "", BASEIMAGE = "", CONDAFILE = "", CONDACHANNEL = "" } = variables;
  const place = { dockerfile, buildContext: variables.BUILDCONTEXT || undefined };
  return {
    ...place,
    baseImage: BASEIMAGE,
    condaFile: join(contextOf(place), CONDAFILE),
    lockFolder: variables.LOCKFOLDER || undefined,
    condaChannel: CONDACHANNEL,
    platforms: readPlatforms(variables.PLATFORMS),
  };
}
