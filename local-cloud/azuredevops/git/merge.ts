import type { RepositoryContents } from "./contents";
import { type Commit, isSameEntry, type Tree } from "./objects";

/**
 * The files of two branches merged, or undefined where both changed one. Whole files are compared, not their lines: the
 * merge refuses more than Git's.
 */
export function mergedTree(contents: RepositoryContents, target: Commit, source: Commit): Tree | undefined {
  const base = mergeBase(contents, target, source)?.tree ?? {};
  const merged: Tree = {};
  for (const path of new Set([...Object.keys(target.tree), ...Object.keys(source.tree)])) {
    const [before, ours, theirs] = [base[path], target.tree[path], source.tree[path]];
    if (!isSameEntry(before, ours) && !isSameEntry(before, theirs) && !isSameEntry(ours, theirs)) return undefined;
    const kept = isSameEntry(before, ours) ? theirs : ours;
    if (kept !== undefined) merged[path] = kept;
  }
  return merged;
}

/** The newest commit that both have in their history; undefined where there is none. */
function mergeBase(contents: RepositoryContents, a: Commit, b: Commit): Commit | undefined {
  const known = new Set([...history(contents, a)].map(({ id }) => id));
  for (const commit of history(contents, b)) if (known.has(commit.id)) return commit;
  return undefined;
}

/** A commit and all before it, the nearest first. */
function* history(contents: RepositoryContents, start: Commit): Generator<Commit> {
  const seen = new Set([start.id]);
  const queue = [start];
  for (let commit = queue.shift(); commit; commit = queue.shift()) {
    yield commit;
    for (const id of commit.parents) {
      const parent = contents.commit(id);
      if (parent === undefined || seen.has(id)) continue;
      seen.add(id);
      queue.push(parent);
    }
  }
}
