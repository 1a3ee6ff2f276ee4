import { groupBy } from "../../common/group-by";
import { CondaVersion } from "../conda-entry/version";
import type { CondaFile, Dependency } from "../conda-file";
import type { Finding } from "../finding";
import { dependsOn } from "./depends";
import type { SolvedPackage } from "./rattler";

/** A file and its solution. */
export interface Solved {
  file: CondaFile;
  /** As conda names it. */
  platform: string;
  packages: SolvedPackage[];
}

/**
 * The packages that solutions for one platform have in different versions: rule "solution". Each is compared with the
 * first solution that has the package. What only one of them has is no matter here: a package that is listed in one file
 * and missing in the other is found without a solution.
 *
 * @param all CI's first
 */
export function compareSolutions(all: Solved[]): Finding[] {
  return [...groupBy(all, ({ platform }) => platform).values()].flatMap((solutions) => {
    const first = new Map<string, { record: SolvedPackage; solved: Solved }>();
    return solutions.flatMap((other) =>
      other.packages.flatMap((theirs): Finding[] => {
        const known = first.get(theirs.name);
        if (known === undefined) first.set(theirs.name, { record: theirs, solved: other });
        if (known === undefined || isSameVersion(known.record.version, theirs.version)) return [];
        return [difference(known.record, known.solved, theirs, other)];
      }),
    );
  });
}

/** 1.0 and 1.00 are one version. */
export function isSameVersion(one: string, two: string): boolean {
  return one === two || CondaVersion.parse(one).compare(CondaVersion.parse(two)) === 0;
}

function difference(ours: SolvedPackage, own: Solved, theirs: SolvedPackage, other: Solved): Finding {
  const { name } = ours;
  const here = listedFor(name, own);
  const there = listedFor(name, other);
  const because = here === undefined || here.name === name ? "" : ` (which ${here.name} needs)`;
  return {
    rule: "solution",
    file: own.file.path,
    line: here?.line ?? 1,
    package: name,
    message:
      `on ${own.platform}, ${name}${because} is solved to ${ours.version} here and to ${theirs.version} in ` +
      `${other.file.path}: pin one version in both, for example ${name}=${theirs.version}`,
    related: { file: other.file.path, line: there?.line ?? 1 },
  };
}

/** The listed package that brings a package into a solution: itself, or the nearest that needs it. */
function listedFor(name: string, { file, packages }: Solved): Dependency | undefined {
  const listed = new Map(
    file.dependencies.flatMap((one) => (one.source === "conda" ? [[one.name, one] as const] : [])),
  );
  const reached = new Set([name]);
  for (const reachedName of reached) {
    const dependency = listed.get(reachedName);
    if (dependency !== undefined) return dependency;
    for (const record of packages) if (dependsOn(record).includes(reachedName)) reached.add(record.name);
  }
  return undefined;
}
