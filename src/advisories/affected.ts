import type { Affected } from "./osv";

/** Below zero if the first version comes before the second; undefined if one of them is no version. */
export type Compare = (one: string, other: string) => number | undefined;

/**
 * Whether an advisory's entry is about a version, by the algorithm of https://ossf.github.io/osv-schema/#evaluation: its list
 * of versions has it, or a range does. Ranges of commits say nothing of an installed package.
 *
 * @returns the version that ends the range, where there is one; undefined if the entry is not about this version
 */
export function findAffected(entry: Affected, version: string, compare: Compare): { fixed?: string } | undefined {
  for (const { type, events } of entry.ranges) {
    if (type === "GIT") continue;
    const atOrAbove = (other: string) => other === "0" || (compare(version, other) ?? -1) >= 0;
    const limits = events.flatMap(({ limit }) => limit ?? []);
    if (limits.length > 0 && !limits.some((limit) => !atOrAbove(limit))) continue;
    // The last event at or below the version counts.
    const past = events
      .flatMap(({ introduced, fixed, last_affected: last }) => [
        ...(introduced === undefined ? [] : [{ at: introduced, isAffected: true, isPast: atOrAbove(introduced) }]),
        ...(fixed === undefined ? [] : [{ at: fixed, isAffected: false, isPast: atOrAbove(fixed) }]),
        ...(last === undefined
          ? []
          : [{ at: last, isAffected: false, isPast: atOrAbove(last) && compare(version, last) !== 0 }]),
      ])
      .filter(({ isPast }) => isPast)
      .sort((one, other) => order(one.at, other.at, compare));
    if (!past.at(-1)?.isAffected) continue;
    const [fixed] = events
      .flatMap((event) => event.fixed ?? [])
      .filter((each) => !atOrAbove(each))
      .sort((one, other) => order(one, other, compare));
    return fixed === undefined ? {} : { fixed };
  }
  return entry.versions.some((each) => each === version || compare(each, version) === 0) ? {} : undefined;
}

/** Zero comes before every version. */
function order(one: string, other: string, compare: Compare): number {
  if (one === other) return 0;
  if (one === "0") return -1;
  if (other === "0") return 1;
  return compare(one, other) ?? 0;
}
