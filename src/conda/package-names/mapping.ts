import { normalizePipName } from "./normalize";
import type { Table } from "./table";

/**
 * What parselmouth publishes of a channel: by the conda package's name, the PyPI projects whose files
 * (`*.dist-info`) are in it, or null where there are none.
 */
export type Mapping = Record<string, string[] | null>;

/** Decides which project each package belongs to. Packages about which nothing is known, or nothing clear, are left out. */
export function tableFrom(mapping: Mapping): Table {
  const packages = Object.entries(mapping);
  const found = packages.flatMap(([conda, projects]): [string, string][] => {
    const project = projectAmong(conda, (projects ?? []).map(normalizePipName));
    return project === undefined ? [] : [[conda, project]];
  });
  const own = new Set(found.filter(hasItsName).map(([, project]) => project));
  const table = found.filter((entry) => !isVendored(entry, own));

  const names = new Map<string, string[]>();
  for (const [conda, project] of table) names.set(project, [...(names.get(project) ?? []), normalizePipName(conda)]);
  const empty = packages.flatMap(([conda, projects]): [string, string | null][] => {
    const project = normalizePipName(conda);
    const others = names.get(project);
    return projects === null && others !== undefined ? [[conda, isWhole(project, others) ? project : null]] : [];
  });

  const all = [...table, ...empty];
  return {
    same: all.filter(hasItsName).map(([conda]) => conda),
    other: new Map(all.filter((entry) => !hasItsName(entry))),
  };
}

function hasItsName([conda, project]: [string, string | null]): boolean {
  return normalizePipName(conda) === project;
}

/**
 * Of the projects in one package, the one that it is made of; the others are copies for its own use. Where both
 * `msgpack` and `msgpack-python` are in `msgpack-python`, the project was renamed to the shorter of the two.
 */
function projectAmong(conda: string, projects: string[]): string | undefined {
  const name = normalizePipName(conda);
  const wanted = [name.replace(/^(python|py)-|-(python|py)$/, ""), name];
  return wanted.find((candidate) => projects.includes(candidate)) ?? (projects.length === 1 ? projects[0] : undefined);
}

/** Whether the project in a package is only a copy: another package has the project's name, and this one's is unlike it. */
function isVendored([conda, project]: [string, string], own: Set<string>): boolean {
  const name = normalizePipName(conda);
  return own.has(project) && !name.includes(project) && !project.includes(name);
}

/**
 * Whether an empty package of a project's name stands for the whole project, rather than for a C library or a program
 * of that name: the files are in a package of the same name in another spelling, or in its `-base` or `-core`.
 */
function isWhole(project: string, others: string[]): boolean {
  return others.some((name) => [project, `${project}-base`, `${project}-core`].includes(name));
}
