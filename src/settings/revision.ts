import { types } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { messageOf } from "../common/errors";
import { type Git, git } from "../common/git";
import { repositoryOf } from "../common/repository";
import type { EnvironmentDefinition } from "../rules/environment-definition";
import { lockFiles } from "./definition";

/** The commit that files are from, or why that is not known. */
export type Revision = { commit: string; unknown?: never } | { commit?: never; unknown: string };

/**
 * The commit that the environment definition is from: Dockerfile, conda file and lock file. Says why if it is not known.
 */
export async function readRevision(definition: EnvironmentDefinition): Promise<string | undefined> {
  const { commit, unknown } = await findRevision([
    definition.dockerfile,
    definition.condaFile,
    ...lockFiles(definition),
  ]);
  if (unknown !== undefined) {
    pulumi.log.warn(
      `the commit of the environment definition is not known, and the image will not say it: ${unknown}. From where it ` +
        "is known, another image is made of the same files.",
    );
  }
  return commit;
}

/**
 * Finds the commit that last changed any of these files, which says more of them than the commit that is checked out.
 *
 * @param files paths from the repository's root; one that does not exist does not matter
 */
export async function findRevision(files: string[], git: Git = gitAtRoot): Promise<Revision> {
  try {
    const [log, changes] = await Promise.all([
      git("log", "--max-count=1", "--format=%H%d", "--", ...files),
      git("--no-optional-locks", "status", "--porcelain", "--", ...files),
    ]);
    const [commit, ...decorations] = log.trim().split(/[\s(),]+/);
    if (changes.trim() !== "") return { unknown: `${changedFiles(changes)} not as committed` };
    if (!commit) return { unknown: "they are in no commit" };
    // Where a shallow clone ends, every file looks as if it had been changed there.
    if (decorations.includes("grafted")) {
      return { unknown: "the clone is too shallow to tell: fetch more of its history (in a pipeline, fetchDepth: 0)" };
    }
    return { commit };
  } catch (error) {
    return { unknown: reasonOf(error) };
  }
}

/** Paths that git is given are from its folder. */
const gitAtRoot: Git = (...args) => git("-C", repositoryOf().root, ...args);

function changedFiles(changes: string): string {
  const files = changes.split("\n").flatMap((line) => line.slice(3).trim() || []);
  return `${files.join(", ")} ${files.length === 1 ? "is" : "are"}`;
}

/** What git said, or why it said nothing. */
function reasonOf(error: unknown): string {
  const said = types.isNativeError(error) && "stderr" in error ? String(error.stderr).trim() : "";
  return said.replace(/^fatal: /, "") || `git cannot be run: ${messageOf(error)}`;
}
