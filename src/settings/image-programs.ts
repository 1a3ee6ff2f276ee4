import { repositoryOf } from "../common/repository";
import { checkCondaFiles } from "../conda/check";
import { programsOf } from "../conda/programs";
import { readDockerfile } from "../image/dockerfile";
import { type EnvironmentDefinition, lockFolderOf } from "../rules/environment-definition";
import { type ReadFile, readFileOf } from "./read-file";

/**
 * The programs that steps of pipelines are known to need (`az`, `sudo`) and that the image has, by its Dockerfile, its
 * conda file and its lock. Those of the base image are not known.
 */
export function programsInImage(
  {
    dockerfile,
    condaFile,
    lockFolder,
    platforms,
  }: Pick<EnvironmentDefinition, "dockerfile" | "condaFile" | "lockFolder" | "platforms">,
  readFile: ReadFile = readFileOf(repositoryOf()),
): string[] {
  const { files, ciLocks } = checkCondaFiles({
    ...{ ci: condaFile, training: [], scoring: [], readFile, platforms },
    lockFolder: (file) => lockFolderOf({ condaFile: file, lockFolder }),
  });
  return [...programsOf(files.ci, ciLocks), ...readDockerfile(readFile(dockerfile) ?? "").programs];
}
