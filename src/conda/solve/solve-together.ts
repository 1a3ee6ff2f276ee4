import type { CondaFile } from "../conda-file";
import { dependsOn } from "./depends";
import type { SolvedPackage } from "./rattler";
import { type SolveOptions, solveFile } from "./solve";

/**
 * Solves files as if they were one, and gives each what it needs of that. So a package has one version in all of them,
 * also where only one of them says which.
 *
 * @returns the packages of each file, in the files' order; undefined if their channels differ, or if there is no solution
 */
export async function solveTogether(files: CondaFile[], options: SolveOptions): Promise<SolvedPackage[][] | undefined> {
  const [first] = files;
  if (first === undefined || files.some((file) => channelsOf(file) !== channelsOf(first))) return undefined;
  const dependencies = files.flatMap((file) => file.dependencies);
  const { packages } = await solveFile({ ...first, dependencies }, options);
  return packages && files.map((file) => neededBy(file, packages));
}

function channelsOf({ channels }: CondaFile): string {
  return JSON.stringify(channels.map(({ name }) => name));
}

/** Of a solution, what a file asks for, and all that this depends on: a solution of its own. */
function neededBy({ dependencies }: CondaFile, packages: SolvedPackage[]): SolvedPackage[] {
  const known = new Map(packages.map((one) => [one.name, one]));
  const needed = new Set(dependencies.map(({ source, name }) => (source === "pip" ? "pip" : name)));
  for (const name of needed) {
    const one = known.get(name);
    for (const dependency of one === undefined ? [] : dependsOn(one)) needed.add(dependency);
  }
  return packages.filter(({ name }) => needed.has(name));
}
