import { join, relative } from "node:path";
import { findPipelines } from "../../pipeline-files/find-pipelines";

/** The pipelines of a repository. */
export interface FoundPipelines {
  /** Those that have a job in a container. */
  withContainer: string[];
  withoutContainer: string[];
}

/**
 * Finds the pipelines among a repository's files, and tells those apart whose jobs run in a container. One that cannot be
 * read counts as without.
 *
 * @param paths from the repository root
 */
export function findPipelinesIn(root: string, paths: string[]): FoundPipelines {
  const found: FoundPipelines = { withContainer: [], withoutContainer: [] };
  for (const [index, file] of findPipelines(paths.map((path) => relative("", join(root, path)))).entries()) {
    const path = paths[index];
    if (path === undefined || file.kind === "other") continue;
    const { users, containers } = file.kind === "pipeline" ? file.pipeline : { users: new Map(), containers: [] };
    const hasContainer = users.size > 0 || containers.some(({ alias }) => alias === undefined);
    (hasContainer ? found.withContainer : found.withoutContainer).push(path);
  }
  return found;
}
