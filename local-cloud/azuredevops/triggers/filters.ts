import type { Filter } from "../../pipelines/triggers";
import { wildcard, wildcardPath } from "../common/wildcard";

const branches = "refs/heads/";

/** The filter with full names of refs. @param prefix of those that are not full: `refs/heads/` or `refs/tags/` */
export function refFilter({ include, exclude }: Filter, prefix = branches): Filter {
  const full = (pattern: string) => (pattern.startsWith("refs/") ? pattern : prefix + pattern);
  return { include: include.map(full), exclude: exclude.map(full) };
}

/** A definition's own filters: `+main`, `-docs`. */
export function signedFilter(filters: readonly string[]): Filter {
  const of = (sign: string) => filters.filter((each) => each.startsWith(sign)).map((each) => each.slice(1));
  return { include: of("+"), exclude: of("-") };
}

/** Nothing included, but something excluded: all that is left is included. */
export function withImpliedInclude(filter: Filter, all: string): Filter {
  return filter.include.length === 0 && filter.exclude.length > 0 ? { ...filter, include: [all] } : filter;
}

/**
 * Whether a filter lets a ref in: first what is included, then without what is excluded. A `*` stands for any
 * characters, slashes too. https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#wildcards
 */
export function matchesRef({ include, exclude }: Filter, ref: string): boolean {
  const matches = (patterns: readonly string[]) => patterns.some((pattern) => wildcard(pattern).test(ref));
  return matches(include) && !matches(exclude);
}

/**
 * Whether a filter lets one of some paths in. A folder's path stands for all that is in it. The order does not matter:
 * what is excluded can be included again by a path that leads deeper.
 * https://learn.microsoft.com/azure/devops/pipelines/repos/azure-repos-git#paths
 *
 * @param paths with a slash before them
 */
export function matchesPaths(filter: Filter, paths: readonly string[]): boolean {
  const { include, exclude } = withImpliedInclude(filter, "/");
  const rules = [
    ...include.map((pattern) => ({ pattern: fromRoot(pattern), takes: true })),
    ...exclude.map((pattern) => ({ pattern: fromRoot(pattern), takes: false })),
  ]
    // Of two that lead equally deep, the one that excludes counts.
    .sort((a, b) => b.pattern.length - a.pattern.length || Number(a.takes) - Number(b.takes))
    .map(({ pattern, takes }) => ({ takes, expression: wildcardPath(pattern) }));
  return paths.some((path) => rules.find(({ expression }) => expression.test(path))?.takes === true);
}

/** "/docs" for "docs", "/docs" and "docs/"; nothing for the root. */
function fromRoot(path: string): string {
  const parts = path.split("/").filter(Boolean);
  return parts.map((part) => `/${part}`).join("");
}
