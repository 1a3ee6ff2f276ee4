import { groupBy } from "../common/group-by";
import type { CondaFile, Dependency } from "./conda-file";
import { allOf, type Constraint } from "./constraint";

/** A project that a file asks for: all of its entries, since conda and pip put them together. */
export interface Package {
  file: CondaFile;
  project: string;
  /** The entry that says most of it, to be shown. */
  entry: Dependency;
  entries: Dependency[];
  constraint: Constraint;
}

/** What a file asks for, by project. What every machine has (`__glibc`) is nothing that is installed. */
export function packagesOf(file: CondaFile): Map<string, Package> {
  const installed = file.dependencies.filter(({ name }) => !isVirtual(name));
  return new Map(
    [...groupBy(installed, ({ project }) => project)].flatMap(([project, entries]): [string, Package][] => {
      const entry = entries.find(({ constraint }) => constraint.text !== "") ?? entries[0];
      if (entry === undefined) return [];
      return [[project, { file, project, entry, entries, constraint: allOf(entries.map((one) => one.constraint)) }]];
    }),
  );
}

/** Whether a name is that of a virtual package, by which conda asks for a property of the machine. Source: CEP 30. */
export function isVirtual(name: string): boolean {
  return name.startsWith("__");
}
