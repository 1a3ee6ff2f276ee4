import type { BrokenRule, ImageContent } from "./rule";
import { findPrograms } from "./search-path";

/**
 * What the agent runs in a job's container before the first step, as the image's user: microsoft/azure-pipelines-agent,
 * src/Agent.Worker/ContainerOperationProvider.cs. It uses Alpine's programs on Alpine, which is not glibc's anyway.
 */
const needed = ["sh", "getent", "cut", "id", "useradd", "groupadd", "usermod", "su", "cat"];

/** The programs that the agent prepares the container with are on the image's `PATH`. */
export function checkPrograms({ config, files }: ImageContent): BrokenRule[] {
  const missing = needed.filter((name) => findPrograms(files, config.path, name).length === 0);
  if (missing.length === 0) return [];
  const message =
    `the agent prepares a job's container with ${missing.join(", ")}, and the image has no such program on its PATH ` +
    `(${config.path}). Install what they are in (Debian: passwd, coreutils, login), or correct the PATH.`;
  return [{ rule: "programs", message }];
}

/** A program that a step of a pipeline runs. */
export interface NeededProgram {
  program: string;
  /** `path:line` of the step. */
  place: string;
}

/** What a pipeline's steps run is on the image's `PATH`, for every user. */
export function checkNeeded({ config, files }: ImageContent, needed: NeededProgram[]): BrokenRule[] {
  return needed.flatMap(({ program, place }): BrokenRule[] => {
    if (findPrograms(files, config.path, program)[0]?.forEverybody) return [];
    const message = `${place} runs ${program}, and the image has no such program on its PATH (${config.path}) that every user may run. Install it in the image, or move the step to a job without a container.`;
    return [{ rule: "programs", message }];
  });
}
