import type { Organization } from "./common/organization";
import { noObject, type RefUpdate } from "./git/bare-repository";
import type { Repository } from "./git/state";
import type { Caller } from "./members";
import { prepareMerge } from "./pull-requests/merge";

/** Refs of a repository that lead elsewhere now. */
export interface RefsMoved {
  repository: Repository;
  moves: readonly RefUpdate[];
  /** Who moved them. */
  by: Caller | undefined;
}

/**
 * What follows when refs have moved, whichever way: by `git push`, by the REST API, or when a pull request was completed.
 * Called once for all that moved together.
 */
export function refsMoved(organization: Organization, moved: RefsMoved): void {
  const { repository, moves, by } = moved;
  const git = organization.repositories.of(repository);
  const branches = moves.filter(({ name }) => name.startsWith("refs/heads/"));
  const [made] = branches.filter(({ newObjectId }) => newObjectId !== noObject);
  // The first branch of a repository is its default one.
  if (made !== undefined && git.defaultBranch() === undefined) git.setDefaultBranch(made.name);
  const has = (wanted: string) => branches.some(({ name }) => name === wanted);
  const active = organization.state.pullRequests.filter(
    ({ repositoryId, status }) => repositoryId === repository.id && status === "active",
  );
  for (const pullRequest of active) {
    if (has(pullRequest.sourceRefName) || has(pullRequest.targetRefName)) prepareMerge(git, pullRequest);
  }
  organization.triggers.pushed(moved);
  for (const pullRequest of active) {
    if (has(pullRequest.sourceRefName)) organization.triggers.opened(pullRequest, by);
  }
}
