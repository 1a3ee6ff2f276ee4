import { groupBy } from "../common/group-by";
import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import type { Lock } from "./lock-file";
import { projectOfConda } from "./package-names";
import { isSameVersion } from "./solve/compare-solutions";
import { solveCommand } from "./solved-file";

/** A file and its lock. */
export interface Locked {
  file: CondaFile;
  lock: Lock;
}

/**
 * The packages that locks for one platform have in different versions, whether from conda or from pip: rule "solution".
 * Each is compared with the first lock that has the package.
 *
 * @param all CI's first
 */
export function compareLocks(all: Locked[]): Finding[] {
  return [...groupBy(all, ({ lock }) => lock.platform).values()].flatMap((locks) => {
    const first = new Map<string, Locked & { version: string }>();
    return locks.flatMap((other) =>
      [...versionsOf(other.lock)].flatMap(([project, version]): Finding[] => {
        const known = first.get(project);
        if (known === undefined) first.set(project, { ...other, version });
        if (known === undefined || isSameVersion(known.version, version)) return [];
        return [difference(project, known, { ...other, version })];
      }),
    );
  });
}

/** By the project's name, which conda's package and pip's have in common. What pip installs is there last. */
function versionsOf({ packages, pip }: Lock): Map<string, string> {
  return new Map([
    ...packages.map(({ name, version }) => [projectOfConda(name), version] as const),
    ...pip.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version] as const])),
  ]);
}

function difference(project: string, here: Locked & { version: string }, there: Locked & { version: string }): Finding {
  const lineIn = ({ file }: Locked) => file.dependencies.find((each) => each.project === project)?.line ?? 1;
  return {
    rule: "solution",
    file: here.file.path,
    line: lineIn(here),
    package: project,
    message:
      `on ${here.lock.platform}, ${project} is locked in ${here.version} here and in ${there.version} in ` +
      `${there.file.path}: solve again (\`${solveCommand}\`), or pin one version in both`,
    related: { file: there.file.path, line: lineIn(there) },
  };
}
