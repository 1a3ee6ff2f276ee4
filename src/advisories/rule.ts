import { compare as comparePip } from "@renovatebot/pep440";
import { groupBy } from "../common/group-by";
import { CondaVersion } from "../conda/conda-entry/version";
import { normalizePipName } from "../conda/package-names";
import { isVersion } from "../conda/pip-entry/specifier";
import type { BrokenRule, ImageContent } from "../image/rules/rule";
import { type Compare, findAffected } from "./affected";
import { type InstalledPackage, installedPackages } from "./installed";
import type { Advisory, Affected } from "./osv";

const compareConda: Compare = (one, other) => {
  try {
    return CondaVersion.parse(one).compare(CondaVersion.parse(other));
  } catch {
    return undefined;
  }
};

/** How each ecosystem orders versions. OSV has none for conda: a team's own advisories may call it `conda`. */
const orders: Record<InstalledPackage["ecosystem"], Compare> = {
  PyPI: (one, other) => (isVersion(one) && isVersion(other) ? comparePip(one, other) : undefined),
  conda: compareConda,
};

/** A rule for images: nothing is known against what is installed in them. */
export function advisoryRule(advisories: Advisory[]): (image: ImageContent) => BrokenRule[] {
  const all = advisories.flatMap((advisory) => advisory.affected.map((entry) => ({ advisory, entry })));
  const entries = groupBy(all, ({ entry }) => keyOf(entry.package));
  return ({ files }) =>
    installedPackages(files).flatMap((one) => {
      const told = new Map<string, BrokenRule>();
      for (const { advisory, entry } of entries.get(`${one.ecosystem} ${one.name}`) ?? []) {
        const found = findAffected(entry, one.version, orders[one.ecosystem]);
        if (found !== undefined) told.set(advisory.id, broken(advisory, entry, one, found.fixed));
      }
      return [...told.values()];
    });
}

/** As installed packages are looked up by; empty for what is in no ecosystem that an image has packages of. */
function keyOf(named: Affected["package"]): string {
  if (named?.ecosystem === "PyPI") return `PyPI ${normalizePipName(named.name)}`;
  return named?.ecosystem === "conda" ? `conda ${named.name.toLowerCase()}` : "";
}

function broken(
  { id, summary, severity, database_specific: more }: Advisory,
  entry: Affected,
  { name, version }: InstalledPackage,
  fixed: string | undefined,
): BrokenRule {
  const grade = more?.severity ?? [...entry.severity, ...severity][0]?.score;
  const message = [
    `${id}: ${name} ${version}`,
    fixed === undefined ? "no fixed version is known" : `fixed in ${fixed}`,
    ...(grade === undefined ? [] : [`severity ${grade}`]),
  ].join(", ");
  return {
    rule: "advisory",
    message: summary === undefined ? message : `${message}: ${summary}`,
    advisory: { id, package: name, version, ...(fixed && { fixed }), ...(grade && { severity: grade }) },
  };
}
