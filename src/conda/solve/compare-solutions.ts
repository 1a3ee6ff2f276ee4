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
 * The packages that CI's solution has in another version than a solution for the same platform that the model is
 * trained or scored in: rule "solution". What only one of them has is no matter here: a package that is listed in one
 * file and missing in the other is found without a solution.
 */
export function compareSolutions(ci: Solved, others: Solved[]): Finding[] {
  const own = new Map(ci.packages.map((record) => [record.name, record]));
  return others
    .filter(({ platform }) => platform === ci.platform)
    .flatMap((other) =>
      other.packages.flatMap((theirs): Finding[] => {
        const ours = own.get(theirs.name);
        return ours === undefined || isSameVersion(ours, theirs) ? [] : [difference(ours, ci, theirs, other)];
      }),
    );
}

/** 1.0 and 1.00 are one version. */
function isSameVersion(one: SolvedPackage, two: SolvedPackage): boolean {
  return one.version === two.version || CondaVersion.parse(one.version).compare(CondaVersion.parse(two.version)) === 0;
}

function difference(ours: SolvedPackage, ci: Solved, theirs: SolvedPackage, other: Solved): Finding {
  const { name } = ours;
  const here = listedFor(name, ci);
  const there = listedFor(name, other);
  const because = here === undefined || here.name === name ? "" : ` (which ${here.name} needs)`;
  return {
    rule: "solution",
    file: ci.file.path,
    line: here?.line ?? 1,
    package: name,
    message:
      `on ${ci.platform}, ${name}${because} is solved to ${ours.version} here and to ${theirs.version} in ` +
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
