import { dependsOn } from "./depends";
import type { SolvedPackage } from "./rattler";

/**
 * Packages in an order in which they can be installed: each after those that it depends on, otherwise by name. Of
 * packages that depend on each other in a circle, the first by name comes first.
 */
export function installOrder(packages: SolvedPackage[]): SolvedPackage[] {
  const waiting = new Map(packages.toSorted(byName).map((one) => [one.name, one]));
  const needs = new Map(packages.map((one) => [one, dependsOn(one).filter((name) => name !== one.name)]));
  const unmet = (one: SolvedPackage) => needs.get(one)?.find((name) => waiting.has(name));
  const ordered: SolvedPackage[] = [];
  while (waiting.size > 0) {
    const left = [...waiting.values()];
    const ready = left.filter((one) => unmet(one) === undefined);
    const next = ready.length > 0 ? ready : firstOfCircle(left, (one) => waiting.get(unmet(one) ?? ""));
    for (const { name } of next) waiting.delete(name);
    ordered.push(...next);
  }
  return ordered;
}

/** Follows what is needed from the first package on: where nothing is ready, that leads into a circle. */
function firstOfCircle(left: SolvedPackage[], need: (one: SolvedPackage) => SolvedPackage | undefined) {
  const path: SolvedPackage[] = [];
  for (let one = left[0]; one !== undefined; one = need(one)) {
    if (path.includes(one)) return path.slice(path.indexOf(one)).sort(byName).slice(0, 1);
    path.push(one);
  }
  return left;
}

function byName(a: SolvedPackage, b: SolvedPackage): number {
  return a.name < b.name ? -1 : 1;
}
