import { groupBy } from "../common/group-by";
import type { CondaFile, Dependency } from "./conda-file";
import { allOf, isImpossible } from "./constraint";
import type { CondaRule, Finding } from "./finding";

/** What a file's entries say that cannot be true of one environment: rules "impossible" and "duplicate". */
export function findContradictions({ path, dependencies }: CondaFile): Finding[] {
  return [...findImpossible(dependencies), ...findDuplicates(dependencies)].map(({ rule, dependency, message }) => {
    return { rule, file: path, line: dependency.line, package: dependency.name, message };
  });
}

interface Contradiction {
  rule: CondaRule;
  dependency: Dependency;
  message: string;
}

/** conda and pip put the entries of a package together: its version has to satisfy all of them. */
function findImpossible(dependencies: Dependency[]): Contradiction[] {
  return [...groupBy(dependencies, ({ source, name }) => `${source}:${name}`).values()].flatMap((entries) => {
    const together = allOf(entries.map(({ constraint }) => constraint));
    const last = entries.at(-1);
    if (last === undefined || !isImpossible(together)) return [];
    const alone = entries.find(({ constraint }) => isImpossible(constraint));
    const { name } = last;
    if (alone !== undefined) {
      return [{ rule: "impossible", dependency: alone, message: `no version of ${name} is ${alone.constraint.text}` }];
    }
    const lines = [...new Set(entries.map(({ line }) => line))];
    const where = lines.length > 1 ? ` (lines ${lines.join(" and ")})` : "";
    return [{ rule: "impossible", dependency: last, message: `no version of ${name} is ${together.text}${where}` }];
  });
}

/** Several packages of conda may belong to one project (`ray-core`, `ray-tune`), but not one of conda and one of pip. */
function findDuplicates(dependencies: Dependency[]): Contradiction[] {
  const projects = groupBy(dependencies, ({ project }) => project);
  return dependencies.flatMap((dependency) => {
    const [first] = projects.get(dependency.project) ?? [];
    if (first === undefined || first.source === dependency.source) return [];
    const { name, source } = dependency;
    const other = `as ${first.name} from ${first.source} in line ${first.line}`;
    return [
      { rule: "duplicate", dependency, message: `${name} from ${source} is listed ${other} already: list it once` },
    ];
  });
}
