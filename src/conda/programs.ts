import type { CondaFile } from "./conda-file";
import type { Lock } from "./lock-file";

/** The packages, of conda-forge and of PyPI, that bring a program which steps of pipelines run. */
const packages: Record<string, string> = { "azure-cli": "az" };

/** The programs that steps of pipelines are known to need and that an environment brings. */
export function programsOf(file: CondaFile | undefined, locks: Lock[]): string[] {
  const names = [
    ...(file?.dependencies ?? []).map(({ project }) => project),
    ...locks.flatMap(({ packages, pip }) => [...packages, ...pip].map(({ name }) => name)),
  ];
  return [...new Set(names.flatMap((name) => packages[name] ?? []))];
}
