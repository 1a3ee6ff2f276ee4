import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSuffix, families, otherPackages, repackaged, wrongPipNames } from "./aliases";
import { normalizeCondaName, normalizePipName } from "./normalize";
import { hasSame, readOther, readSame } from "./table";

export { normalizeCondaName, normalizePipName, repackaged };

const pipAliases = new Map([
  ...families.flatMap(({ project, pip }) => pip.map((name) => [name, project] as const)),
  ...wrongPipNames,
]);

const curated: ReadonlyMap<string, string | null> = new Map([
  ...families.flatMap(({ project, conda }) => conda.map((name) => [name, project] as const)),
  ...otherPackages,
]);

/**
 * The project that a conda package belongs to: PyPI's name of it (PEP 503), so that it equals what `projectOfPip` says
 * of the same software. A package that is known not to be the PyPI project of its name, such as the C program
 * `graphviz`, is a project of its own: `conda:graphviz`. A name that is not known, of a private channel for example, is
 * taken for the PyPI project of the same name.
 *
 * @param name in any case
 */
export function projectOfConda(name: string): string {
  const conda = normalizeCondaName(name);
  const known = curated.has(conda) ? curated.get(conda) : exceptions().get(conda);
  return known === null ? `conda:${conda}` : projectOfPip(known ?? conda);
}

/**
 * The project that a pip requirement asks for: its name by PEP 503, and one name for all by which PyPI offers the same
 * software (`opencv-python-headless` is `opencv-python`).
 *
 * @param name the requirement's name, in any spelling, without extras
 */
export function projectOfPip(name: string): string {
  const normalized = normalizePipName(name).replace(buildSuffix, "");
  return pipAliases.get(normalized) ?? normalized;
}

/** The name by which a project can be installed from PyPI; undefined if it is not known to have another. */
export function rightPipName(name: string): string | undefined {
  return wrongPipNames.get(normalizePipName(name));
}

/**
 * The name that conda-forge has for a package that is called as on PyPI; undefined if it is right, or not known to be
 * wrong.
 */
export function rightCondaName(name: string): string | undefined {
  const conda = normalizeCondaName(name);
  // Most names are right, and then the large table is not needed.
  if (isOnCondaForge(conda)) return undefined;
  const names = condaForgeNames(projectOfConda(conda));
  return names.includes(conda) ? undefined : names[0];
}

/** Whether conda-forge is known to have a package; it has others that are not Python's. */
export function isOnCondaForge(name: string): boolean {
  const conda = normalizeCondaName(name);
  return conda === "python" || curated.has(conda) || exceptions().has(conda) || hasSame(text(), conda);
}

/**
 * The names under which conda-forge offers a project, best first; empty if it does not, or not yet when
 * conda-forge.txt was made.
 *
 * @param project what `projectOfConda` or `projectOfPip` returned
 */
export function condaForgeNames(project: string): string[] {
  return [...(offers().get(project) ?? [])];
}

// Read when first asked for: not every command compares packages, and not every file has a pip section.
const text = once(() => readFileSync(join(__dirname, "conda-forge.txt"), "utf8"));
const exceptions = once(() => readOther(text()));

/** The names on conda-forge, by project: those of `families` in their order, then its own, then the others. */
const offers = once(() => {
  const names = new Map(families.map(({ project, conda }) => [project, [...conda]]));
  const add = (conda: string, project: string) => {
    if (curated.has(conda)) return;
    const key = pipAliases.get(project) ?? project;
    const list = names.get(key);
    if (list === undefined) names.set(key, [conda]);
    else list.push(conda);
  };
  for (const conda of readSame(text())) add(conda, normalizePipName(conda));
  for (const [conda, project] of exceptions()) if (project !== null) add(conda, project);
  return names;
});

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
