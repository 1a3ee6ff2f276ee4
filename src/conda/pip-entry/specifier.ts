import { compare, parse, valid } from "@renovatebot/pep440";
import type { Constraint } from "../constraint";

/** A comparison with a version, for example `>=1.2`. */
export interface Specifier {
  operator: string;
  /** With `.*` behind it if it is a series. */
  version: string;
}

/** Whether a text is a version: https://packaging.python.org/en/latest/specifications/version-specifiers/ */
export function isVersion(text: string): boolean {
  return valid(text) !== null;
}

/** Why a specifier is none, or undefined if it is one. */
export function specifierProblem({ operator, version }: Specifier): string | undefined {
  const shown = `"${operator}${version}"`;
  if (operator === "===") return undefined;
  const series = /^(.*)\.\*$/s.exec(version)?.[1];
  const named = parse(series ?? version);
  if (named === null) return `${shown} is not a version specifier (PEP 440)`;
  const { release, pre, post, dev, local } = named;
  if (series !== undefined && (!/^[!=]=$/.test(operator) || [pre, post, dev, local].some(Boolean))) {
    return `${shown} is not a version specifier (PEP 440): ".*" stands behind == or != and a release`;
  }
  if (local && !/^[!=]=$/.test(operator)) {
    return `${shown} is not a version specifier (PEP 440): a local version (+…) stands behind == or !=`;
  }
  if (operator === "~=" && release.length < 2) {
    return `${shown} is not a version specifier (PEP 440): behind ~= stands a version of two numbers or more`;
  }
  return undefined;
}

/**
 * Whether a specifier admits a version, pre-releases included. The library only parses and orders versions: what it
 * says of specifiers differs from PyPA's `packaging` 26, whose rules these are (`==2.0.*` admits 2, as PEP 440 pads zeros).
 *
 * @param version one by PEP 440
 */
export function admits({ operator, version: named }: Specifier, version: string): boolean {
  switch (operator) {
    case "===":
      return version.toLowerCase() === named.toLowerCase();
    case "==":
      return isEqual(version, named);
    case "!=":
      return !isEqual(version, named);
    case "~=":
      return compare(publicOf(version), named) >= 0 && isInSeries(version, releaseOf(named).slice(0, -1), named);
    case "<=":
      return compare(publicOf(version), named) <= 0;
    case ">=":
      return compare(publicOf(version), named) >= 0;
    case "<":
      // 2.0rc1 comes before 2.0, and is not meant by <2.0.
      return compare(version, isPrerelease(named) ? named : `${named}.dev0`) < 0;
    case ">":
      return compare(version, named) > 0 && isMeantAbove(version, named);
    default:
      return false;
  }
}

function isEqual(version: string, named: string): boolean {
  const series = /^(.*)\.\*$/s.exec(named)?.[1];
  if (series !== undefined) return isInSeries(version, releaseOf(series), series);
  // Without a local version, any build of the version is meant.
  return compare(named.includes("+") ? version : publicOf(version), named) === 0;
}

function isInSeries(version: string, series: number[], named: string): boolean {
  const release = releaseOf(version);
  return (
    parse(version)?.epoch === parse(named)?.epoch && series.every((number, index) => (release[index] ?? 0) === number)
  );
}

/** Whether a version that is above another is more than a build (2.0+cpu) or a post-release (2.0.post1) of it. */
function isMeantAbove(version: string, named: string): boolean {
  const { epoch = 0, release = [], pre, post, dev } = parse(named) ?? {};
  const before = `${epoch}!${release.join(".")}${(pre ?? []).join("")}`;
  if (dev) return compare(version, `${before}${(post ?? []).join("")}.dev${Number(dev[1]) + 1}`) >= 0;
  if (post) return compare(version, `${before}.post${Number(post[1]) + 1}.dev0`) >= 0;
  const own = parse(version);
  return compare(`${own?.epoch}!${own?.release.join(".")}${(own?.pre ?? []).join("")}`, before) !== 0;
}

function isPrerelease(version: string): boolean {
  const { pre, dev } = parse(version) ?? {};
  return Boolean(pre || dev);
}

function releaseOf(version: string): number[] {
  return parse(version)?.release ?? [];
}

function publicOf(version: string): string {
  return version.split("+")[0] ?? version;
}

const anything: Constraint = { text: "", versions: [], pinned: false, accepts: isVersion };

/** @param specifiers all of which must hold */
export function pipConstraint(specifiers: Specifier[]): Constraint {
  if (specifiers.length === 0) return anything;
  return {
    text: specifiers.map(({ operator, version }) => operator + version).join(","),
    versions: specifiers.map(({ version }) => version.replace(/\.\*$/, "")),
    pinned: specifiers.some(({ operator }) => /^(?:===?|~=)$/.test(operator)),
    accepts: (version) =>
      (isVersion(version) || specifiers.every(({ operator }) => operator === "===")) &&
      specifiers.every((specifier) => admits(specifier, version)),
  };
}
