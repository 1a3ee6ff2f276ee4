import type { Organization } from "../common/organization";
import type { Caller } from "../members";
import { isProtected } from "../policy/build-policy";
import { refsMoved } from "../refs-moved";
import { noObject, type RefUpdate } from "./bare-repository";
import { gitError } from "./repository";
import type { Repository } from "./state";

/** Why a ref does not move, as the API calls it (`GitRefUpdateStatus`). */
type Refusal = "invalidRefName" | "rejectedByPolicy" | "staleOldObjectId" | "unresolvableToCommit" | "refNameConflict";

/** What both the API and `git push` say of it. */
export const rejectedByPolicy =
  "TF402455: Pushes to this branch are not permitted; you must use a pull request to update this branch.";

/** Why nobody, or not this caller, may move a ref; undefined if nothing is against it. */
export function refusalOf(
  organization: Organization,
  repository: Repository,
  name: string,
  caller: Caller | undefined,
): Extract<Refusal, "invalidRefName" | "rejectedByPolicy"> | undefined {
  const isOpen = /^refs\/(heads|tags|notes)\//.test(name);
  if (!isOpen || !organization.repositories.of(repository).isRefName(name)) return "invalidRefName";
  if (!caller?.bypassesPolicies && isProtected(organization, repository, name)) return "rejectedByPolicy";
  return undefined;
}

/**
 * Moves, makes or removes branches and tags, each if it still is where the caller believes it to be.
 *
 * @returns what came of each
 */
export function updateRefs(
  organization: Organization,
  repository: Repository,
  updates: readonly RefUpdate[],
  caller: Caller | undefined,
): ("succeeded" | Refusal)[] {
  const git = organization.repositories.of(repository);
  const ids = new Map(git.refs().map(({ name, id }) => [name, id]));
  const commits = new Map<string, boolean>([[noObject, true]]);
  const results = updates.map(({ name, oldObjectId, newObjectId }): "succeeded" | Refusal => {
    const refusal = refusalOf(organization, repository, name, caller);
    if (refusal !== undefined) return refusal;
    const isCommit = commits.get(newObjectId) ?? git.commit(newObjectId) !== undefined;
    commits.set(newObjectId, isCommit);
    if (!isCommit) return "unresolvableToCommit";
    return (ids.get(name) ?? noObject) === oldObjectId ? "succeeded" : "staleOldObjectId";
  });
  const possible = updates.filter((_, index) => results[index] === "succeeded");
  // All at once, as there may be thousands; where that fails, which of them it is shows one by one.
  if (possible.length > 0 && !git.update(...possible)) {
    for (const [index, update] of updates.entries()) {
      // Of "a" and "a/b" there can be only one.
      if (results[index] === "succeeded" && !git.update(update)) {
        const isStale = (git.ref(update.name) ?? noObject) !== update.oldObjectId;
        results[index] = isStale ? "staleOldObjectId" : "refNameConflict";
      }
    }
  }
  const moves = updates.filter((_, index) => results[index] === "succeeded");
  if (moves.length > 0) refsMoved(organization, { repository, moves, by: caller });
  return results;
}

/** The refusal of a branch that is not where the caller believes it to be. */
export function staleReference(name: string) {
  return gitError(
    409,
    "GitReferenceStaleException",
    `TF401028: The reference '${name}' has already been updated by another client. Please try again.`,
  );
}
