import { basename, join } from "node:path/posix";
import dockerignore from "@balena/dockerignore";
import { imagePlatform } from "../conda/check";
import { lockPath } from "../conda/lock-file";
import { buildContext, type EnvironmentDefinition, pathInContext } from "../rules/environment-definition";
import type { ReadFile } from "./read-file";

/** Where the conda file's lock file is, if there is one. */
export function lockFile({ condaFile, lockFolder }: EnvironmentDefinition): string {
  return lockPath(condaFile, imagePlatform, lockFolder);
}

/** What is wrong with a file, and the setting that names it. */
export interface Problem {
  setting: keyof EnvironmentDefinition;
  problem: string;
}

/** What is wrong with the files of the environment definition: the build needs all of them, and has to see them. */
export function definitionProblems(definition: EnvironmentDefinition, readFile: ReadFile): Problem[] {
  const { dockerfile, condaFile, lockFolder } = definition;
  const problems: Problem[] = [];
  const expect = (setting: Problem["setting"], problem: string | undefined) => {
    if (problem !== undefined) problems.push({ setting, problem });
  };
  const missing = (file: string) =>
    readFile(file) === undefined ? `${JSON.stringify(file)} does not exist` : undefined;

  expect("dockerfile", missing(dockerfile));
  expect("condaFile", missing(condaFile) ?? contextProblem(definition, condaFile, readFile));
  const lock = lockFile(definition);
  const hasLock = readFile(lock) !== undefined;
  if (lockFolder === undefined) expect("condaFile", hasLock ? contextProblem(definition, lock, readFile) : undefined);
  else expect("lockFolder", hasLock ? undefined : noLock(lockFolder, lock));
  return problems;
}

function noLock(lockFolder: string, lock: string): string {
  return (
    `${JSON.stringify(lockFolder)} has no ${basename(lock)}: ` +
    "write it by `npx job-container check conda --solve`, or leave the setting out"
  );
}

/** Why the build would not see a file, or undefined if it does. */
function contextProblem(definition: EnvironmentDefinition, file: string, readFile: ReadFile): string | undefined {
  const { dockerfile } = definition;
  const context = buildContext(definition);
  const path = pathInContext(definition, file);
  if (path.startsWith("..")) {
    return `${JSON.stringify(file)} must be in ${context}, the Dockerfile's folder: the build sees no other`;
  }
  // The one that belongs to the Dockerfile goes before the folder's:
  // https://docs.docker.com/build/concepts/context/#filename-and-location
  for (const ignoreFile of [`${dockerfile}.dockerignore`, join(context, ".dockerignore")]) {
    const patterns = readFile(ignoreFile);
    if (patterns === undefined) continue;
    return dockerignore().add(patterns).ignores(path)
      ? `${JSON.stringify(file)} is kept out of the build by ${ignoreFile}: add the line "!${path}" at its end`
      : undefined;
  }
  return undefined;
}
