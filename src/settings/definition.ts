import { basename, join, relative } from "node:path/posix";
import dockerignore from "@balena/dockerignore";
import { lockPath } from "../conda/lock-file";
import { condaPlatform } from "../conda/platform";
import { readDockerfile } from "../image/dockerfile";
import {
  contextOf,
  type EnvironmentDefinition,
  lockFolderOf,
  pathInContext,
  platformsOf,
} from "../rules/environment-definition";
import { ignoreFileOf } from "./build-context";
import type { Checkout, ReadFile } from "./read-file";

/** Where the conda file's lock files are, one for each platform, if there are any. */
export function lockFiles(definition: EnvironmentDefinition): string[] {
  return platformsOf(definition).map((platform) =>
    lockPath(definition.condaFile, condaPlatform(platform), lockFolderOf(definition)),
  );
}

/** What is wrong with a file, and the setting that names it. */
export interface Problem {
  setting: keyof EnvironmentDefinition;
  problem: string;
}

/** What is wrong with the files of the environment definition: the build needs all of them, and has to see them. */
export function definitionProblems(
  definition: EnvironmentDefinition,
  { readFile, projectFolder }: Checkout,
): Problem[] {
  const { dockerfile, condaFile, lockFolder } = definition;
  const problems: Problem[] = [];
  const expect = (setting: Problem["setting"], problem: string | undefined) => {
    if (problem !== undefined) problems.push({ setting, problem });
  };
  const missing = (file: string) => {
    if (readFile(file) !== undefined) return undefined;
    const there = join(projectFolder, file);
    const instead = readFile(there) === undefined ? "" : `: paths are from the repository's root, so it is ${there}`;
    return `${JSON.stringify(file)} does not exist${instead}`;
  };
  // A Dockerfile that is not told the conda file takes it in its own way.
  const isGiven = readDockerfile(readFile(dockerfile) ?? "").arguments.has("CONDA_FILE");
  const context = (file: string) => (isGiven ? contextProblem(definition, file, readFile) : undefined);

  expect("dockerfile", missing(dockerfile));
  expect("condaFile", missing(condaFile) ?? context(condaFile));
  const locks = lockFiles(definition);
  const hasLock = (lock: string) => readFile(lock) !== undefined;
  const present = locks.find(hasLock);
  for (const lock of locks) {
    if (lockFolder === undefined) expect("condaFile", hasLock(lock) ? context(lock) : undefined);
    else if (!hasLock(lock)) expect("lockFolder", noLock(lockFolder, lock, readFile));
    // The image for this platform would be made without a lock, and nobody would see it.
    if (lockFolder === undefined && present !== undefined && !hasLock(lock)) {
      expect("platforms", `${JSON.stringify(definition.platforms)}: there is ${present} and no ${lock}: ${howToLock}`);
    }
  }
  return problems;
}

const howToLock = "write it by `npx job-container check conda --solve`";

function noLock(lockFolder: string, lock: string, readFile: ReadFile): string {
  const missing = `${JSON.stringify(lockFolder)} has no ${relative(lockFolder, lock)}: `;
  // Where locks were before they were told apart by their conda files' folders.
  const former = join(lockFolder, basename(lock));
  if (readFile(former) !== undefined) return `${missing}move ${former} there (git mv)`;
  return `${missing}${howToLock}, or leave the setting out`;
}

/** Why the build would not see a file, or undefined if it does. */
function contextProblem(definition: EnvironmentDefinition, file: string, readFile: ReadFile): string | undefined {
  const path = pathInContext(definition, file);
  if (path.startsWith("..")) {
    const context = contextOf(definition);
    return definition.buildContext === undefined
      ? `${JSON.stringify(file)} must be in ${context}, the Dockerfile's folder: the build sees no other, unless you set buildContext`
      : `${JSON.stringify(file)} must be in ${context}, as buildContext says: the build sees no other folder`;
  }
  const ignoreFile = ignoreFileOf(definition, readFile);
  if (ignoreFile === undefined) return undefined;
  return dockerignore()
    .add(readFile(ignoreFile) ?? "")
    .ignores(path)
    ? `${JSON.stringify(file)} is kept out of the build by ${ignoreFile}: add the line "!${path}" at its end`
    : undefined;
}
