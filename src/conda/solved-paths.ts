import { lockPath } from "./lock-file";
import { imagePlatform } from "./platform";

/** What Azure Machine Learning runs jobs and endpoints on, as conda names it: the platform of the job container too. */
export const azureMlPlatform = imagePlatform;

/** How the name of a file for Azure Machine Learning ends. */
export const azureMlEnding = ".azureml.yml";

/** Where the file for Azure Machine Learning is: beside the lock that it is made of, and called like it. */
export function azureMlEnvironmentPath(lock: string): string {
  return lock.replace(/\.lock$/, azureMlEnding);
}

/**
 * The paths of a conda file of training or scoring, and of what is made of it: locks, and the file for Azure Machine
 * Learning, where locks are beside their conda files.
 *
 * @param platforms as conda names them
 */
export function environmentPaths(condaFile: string, platforms: string[]): string[] {
  const locks = platforms.map((platform) => lockPath(condaFile, platform));
  const forAzureMl = platforms.includes(azureMlPlatform)
    ? [azureMlEnvironmentPath(lockPath(condaFile, azureMlPlatform))]
    : [];
  return [condaFile, ...locks, ...forAzureMl];
}
