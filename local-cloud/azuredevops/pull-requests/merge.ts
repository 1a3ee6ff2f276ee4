import { type BareRepository, noObject, type Ref } from "../git/bare-repository";
import type { PullRequest } from "./state";

/** The branches of a pull request as they are now, and the commit that merges them. */
export interface Standing {
  source: string | undefined;
  target: string | undefined;
  /** Undefined where they conflict, or one is gone. */
  merge: string | undefined;
}

/** What runs of a pull request check out: the commit that merges its branches. */
export function mergeRefOf({ id }: PullRequest): string {
  return `refs/pull/${id}/merge`;
}

/** How a pull request stands. */
export function standingOf(git: BareRepository, pullRequest: PullRequest): Standing {
  const { source, target, merge } = refsOf(git, pullRequest);
  return { source: source?.id, target: target?.id, merge: isOf(merge, target, source) ? merge?.id : undefined };
}

/** Merges a pull request's branches ahead of its completion, unless that was done or they conflict. */
export function prepareMerge(git: BareRepository, pullRequest: PullRequest): void {
  const { source, target, merge } = refsOf(git, pullRequest);
  if (source === undefined || target === undefined || isOf(merge, target, source)) return;
  const tree = git.mergedTree(target.id, source.id);
  if (tree === undefined) return;
  const [from, into] = [source, target].map(({ name }) => name.replace("refs/heads/", ""));
  const message = `Merge pull request ${pullRequest.id} from ${from} into ${into}`;
  const newObjectId = git.commitTree(tree, [target.id, source.id], message);
  git.update({ name: mergeRefOf(pullRequest), oldObjectId: merge?.id ?? noObject, newObjectId });
}

function refsOf(git: BareRepository, pullRequest: PullRequest) {
  const names = [pullRequest.sourceRefName, pullRequest.targetRefName, mergeRefOf(pullRequest)] as const;
  const refs = git.refs(...names);
  const [source, target, merge] = names.map((wanted) => refs.find(({ name }) => name === wanted));
  return { source, target, merge };
}

function isOf(merge: Ref | undefined, target: Ref | undefined, source: Ref | undefined): boolean {
  return merge !== undefined && merge.parents[0] === target?.id && merge.parents[1] === source?.id;
}
