/** Which versions of a package an environment accepts. */
export interface Constraint {
  /** As its ecosystem writes it, for example `0.22.*` or `>=1.2,<2`; empty where every version will do. */
  text: string;
  /** The versions that `text` names. */
  versions: string[];
  /** Whether it fixes a version or a series of releases (`==1.5.2`, `1.5.*`), rather than leave it open. */
  pinned: boolean;
  /** Whether it accepts a version; false for what is no version in its ecosystem. */
  accepts: (version: string) => boolean;
}

/** The constraint of a package that is listed several times: a version must satisfy all of them. */
export function allOf(constraints: Constraint[]): Constraint {
  const [only, ...others] = constraints;
  if (only !== undefined && others.length === 0) return only;
  return {
    text: [...new Set(constraints.flatMap(({ text }) => text || []))].join(","),
    versions: constraints.flatMap(({ versions }) => versions),
    pinned: constraints.some(({ pinned }) => pinned),
    accepts: (version) => constraints.every(({ accepts }) => accepts(version)),
  };
}

/** Whether there is no version that satisfies the constraint. */
export function isImpossible(constraint: Constraint): boolean {
  // Most accept a version that they name, and every package is asked. Of many entries the last ones ask for most.
  const { versions, accepts } = constraint;
  return !versions.toReversed().some(accepts) && ![...new Set(witnesses(constraint))].some(accepts);
}

/** Whether a constraint leaves no choice but that among the releases of a series, however it is written. */
export function isPinned(constraint: Constraint): boolean {
  return constraint.pinned || seriesOf(constraint) !== undefined;
}

/** The series of releases (`3.11`) that all accepted ones belong to; undefined if they belong to several. */
export function seriesOf(constraint: Constraint): string | undefined {
  const series = new Set<string>();
  for (const version of new Set(witnesses(constraint))) {
    if (!isRelease(version, constraint) || !constraint.accepts(version)) continue;
    const { epoch, segments } = releaseOf(version) ?? { epoch: "", segments: [] };
    series.add(epoch + [...segments, 0].slice(0, 2).join("."));
    if (series.size > 1) return undefined;
  }
  return [...series][0];
}

/**
 * How two constraints on one package relate: `conflict` if no version satisfies both; `open` if one pins the package
 * and the other accepts a release that the pin does not, with which one that is; `agree` otherwise.
 */
export type Relation = { kind: "conflict" } | { kind: "open"; open: "first" | "second" } | { kind: "agree" };

export function relate(first: Constraint, second: Constraint): Relation {
  if (first.text === second.text) return { kind: "agree" };
  const all = [...new Set(witnesses(first, second))];
  if (!all.some((version) => first.accepts(version) && second.accepts(version))) return { kind: "conflict" };
  const releases = all.filter((version) => isRelease(version, first, second));
  const exceeds = (one: Constraint, other: Constraint) =>
    isPinned(other) && releases.some((version) => one.accepts(version) && !acceptsBuildOf(other, version));
  if (exceeds(first, second)) return { kind: "open", open: "first" };
  if (exceeds(second, first)) return { kind: "open", open: "second" };
  return { kind: "agree" };
}

/** Whether a constraint accepts a release or, where it names one, a local version of it: `2.4.1+cu121` is built from 2.4.1. */
function acceptsBuildOf({ accepts, versions }: Constraint, release: string): boolean {
  const locals = versions.flatMap((version) => /\+.*$/.exec(version) ?? []);
  return accepts(release) || locals.some((local) => accepts(release + local));
}

/**
 * Versions by which constraints can be told apart: those that they name, and their neighbours on every level. A
 * constraint only ever changes its mind at a version that it names or at the end of that version's series, so a version
 * that satisfies several constraints exists if and only if one of these does.
 */
function* witnesses(...constraints: Constraint[]): Generator<string> {
  const named = constraints.flatMap(({ versions }) => versions);
  yield* named;
  yield* ["0", "999999"];
  for (const version of named) {
    // The next one of a release candidate or a day: 2.0rc2, 2.0.dev20240102.
    yield version.replace(/\d+$/, (number) => String(Number(number) + 1));
    const { epoch, segments } = releaseOf(version) ?? { epoch: "", segments: [] };
    for (let length = 1; length <= segments.length; length++) {
      const prefix = segments.slice(0, length);
      const last = prefix.pop() ?? 0;
      for (const neighbour of [last - 1, last, last + 1].filter((segment) => segment >= 0)) {
        const text = `${epoch}${[...prefix, neighbour].join(".")}`;
        yield* ["", ".0", ".1", ".999999", ".0.1", "a0", "rc1", ".dev0", ".post1"].map((suffix) => text + suffix);
      }
    }
  }
}

/** The numbers that a version begins with, and its epoch. */
function releaseOf(version: string): { epoch: string; segments: number[] } | undefined {
  const [, epoch = "", release = ""] = /^(\d+!)?(\d+(?:\.\d+)*)/.exec(version) ?? [];
  return release === "" ? undefined : { epoch, segments: release.split(".").map(Number) };
}

/**
 * Whether a version is a release as precise as people write them: three numbers, or as many as a constraint names.
 * `1.5.2` and `1.5.2.*` are one pin, because nobody releases a 1.5.2.1; `1.5` and `1.5.*` are not.
 */
function isRelease(version: string, ...constraints: Constraint[]): boolean {
  if (!/^(?:\d+!)?\d+(?:\.\d+)*$/.test(version)) return false;
  const named = constraints.flatMap(({ versions }) => versions.map((name) => releaseOf(name)?.segments.length ?? 0));
  return (releaseOf(version)?.segments.length ?? 0) <= Math.max(3, ...named);
}
