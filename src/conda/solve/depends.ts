import type { SolvedPackage } from "./rattler";

/** The names of the packages that a package depends on, without what they must be like. */
export function dependsOn({ depends }: Pick<SolvedPackage, "depends">): string[] {
  return depends.flatMap((specification) => /^[^\s[<>=!~;]+/.exec(specification)?.[0].toLowerCase() ?? []);
}
