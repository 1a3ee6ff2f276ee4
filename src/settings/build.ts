import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { localPath, pathFromRoot, type Repository, repositoryOf } from "../common/repository";
import { readDockerfile } from "../image/dockerfile";
import { contextOf, type EnvironmentDefinition, lockFolderOf } from "../rules/environment-definition";
import { filteredDockerfile, ignoreFileOf, leftInContext, seesMore } from "./build-context";
import { lockFiles } from "./definition";
import { readFileOf } from "./read-file";

/** The files of a build as the engine takes them: from the folder that the program runs in. */
export interface BuildFiles {
  /** The folder whose files the build sees. */
  context: string;
  /** The Dockerfile, or the copy of it that the build takes. */
  dockerfile: string;
  /** Takes the place of the Dockerfile's stage `lock`. */
  lockFolder?: string;
  /** Those that the build takes, one for each platform; not all need be there. Default: none. */
  lockFiles?: string[];
  /** Names of the build arguments that the Dockerfile declares. Default: all that there are. */
  arguments?: Set<string>;
}

/** Where copies of Dockerfiles are kept, in the folder that the program runs in. */
const copies = ".job-container";

/**
 * Finds the files that the image is built from, and says what is to be known of them before it is built: what the
 * agent will not take, what is in the build and should not be, whether the next build would make the same image.
 */
export function findBuildFiles(definition: EnvironmentDefinition, repository = repositoryOf()): BuildFiles {
  const dockerfile = readDockerfile(readFileOf(repository)(definition.dockerfile) ?? "");
  for (const warning of warnings(definition, dockerfile, repository)) pulumi.log.warn(warning);
  const lockFolder = lockFolderOf(definition);
  const copy = filteredDockerfile(repository, definition, join(repository.folder, copies));
  return {
    context: localPath(repository, contextOf(definition)),
    dockerfile: localPath(repository, copy === undefined ? definition.dockerfile : pathFromRoot(repository, copy)),
    ...(lockFolder !== undefined && { lockFolder: localPath(repository, lockFolder) }),
    ...(dockerfile.takesLock && { lockFiles: lockFiles(definition).map((path) => localPath(repository, path)) }),
    arguments: dockerfile.arguments,
  };
}

function warnings(
  definition: EnvironmentDefinition,
  { takesLock, refusals }: ReturnType<typeof readDockerfile>,
  repository: Repository,
): string[] {
  const { dockerfile } = definition;
  const said = refusals.map(({ line, message }) => `${dockerfile}:${line}: no job could run in the image. ${message}.`);
  if (!takesLock) {
    said.push(
      `${dockerfile} takes no lock file, so two builds of it may install different versions: copy the lock from the ` +
        "stage or context `lock`, as docs/environment.md says, or pin every version in it.",
    );
  }
  const ignoreFile = ignoreFileOf(definition, readFileOf(repository));
  const left =
    ignoreFile === undefined || !seesMore(repository, definition)
      ? []
      : leftInContext(repository, definition, readFileOf(repository)(ignoreFile) ?? "");
  if (left.length > 0) {
    said.push(
      `the build sees ${left.join(", ")}, which ${ignoreFile} does not keep out: they are large or secret, and every ` +
        `change of them builds the image anew. Add a line for each (${left.map((name) => `**/${name}`).join(", ")}).`,
    );
  }
  return said;
}
