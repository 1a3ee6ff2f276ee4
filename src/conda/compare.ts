import { canBothMatch } from "./builds";
import type { CondaFile, Dependency, UnreadEntry } from "./conda-file";
import { type Constraint, isImpossible, isPinned, relate } from "./constraint";
import type { CondaRule, Finding } from "./finding";
import { addition, channelsLacking, replacement } from "./offer-fix";
import { otherPlatform } from "./other-platforms";
import { repackaged, rightPipName } from "./package-names";
import { type Package, packagesOf } from "./packages";
import { comparableUrl } from "./pip-entry/link";
import { channelUrls } from "./solve/channels";

/**
 * Compares the environment that CI tests in with those that the model is trained and scored in: CI should have what
 * they have, in the same versions. What only CI needs is its own affair.
 *
 * @param condaChannel the channel that takes conda-forge's place
 */
export function compareEnvironments(ci: CondaFile, others: CondaFile[], condaChannel?: string): Finding[] {
  return new Comparison(ci, others, condaChannel).findings();
}

class Comparison {
  private readonly tested: Map<string, Package>;
  private readonly needed: Map<string, Package>[];
  /** What may be among the entries of CI that could not be read. */
  private readonly unknown = new Map<UnreadEntry, Package[]>();

  constructor(
    private readonly ci: CondaFile,
    private readonly others: CondaFile[],
    private readonly condaChannel?: string,
  ) {
    this.tested = packagesOf(ci);
    this.needed = others.map(packagesOf);
  }

  findings(): Finding[] {
    const compared = this.needed.flatMap((packages) => [...packages.values()].flatMap((other) => this.compare(other)));
    const python = this.others.flatMap((other) => unlistedPython(this.tested.get("python"), other));
    return [...compared, ...[...this.unknown].map(([entry, packages]) => this.notKnown(entry, packages)), ...python];
  }

  private compare(other: Package): Finding[] {
    const { project } = other;
    // Needed to install the others, and by no model.
    if (project === "pip") return [];
    const own = this.tested.get(project);
    const unread = unreadEntryOf(project, this.ci);
    // An entry that names it is a finding itself.
    if (unread?.projects !== undefined) return [];
    const all = this.needed.flatMap((packages) => packages.get(project) ?? []);
    if (own !== undefined) return this.different(own, other, all);
    if (otherPlatform(other.entry) !== undefined) return [];
    if (unread === undefined) return [this.missing(other, all)];
    this.unknown.set(unread, [...(this.unknown.get(unread) ?? []), other]);
    return [];
  }

  private missing(other: Package, all: Package[]): Finding {
    const { entry } = other;
    const right = entry.source === "pip" ? rightPipName(entry.name) : undefined;
    const needed = right ?? entry.name;
    const channels = channelsLacking(other, this.ci, this.condaChannel);
    const from = channels.length === 0 ? "" : `, and its channel if that is ${channels.join(" or ")}`;
    return {
      rule: entry.project === "python" ? "python" : "missing",
      ...placeOf(other),
      package: entry.name,
      message: `${needed} is needed here and missing in ${this.ci.path}: add it there (${right ?? entry.text})${from}`,
      ...addition(this.ci, other, all, this.condaChannel),
    };
  }

  private notKnown({ text, line }: UnreadEntry, packages: Package[]): Finding {
    const [first] = packages;
    const shown = packages.map((one) => `${one.entry.name} (${one.file.path}:${one.entry.line})`).join(", ");
    return {
      rule: "unread",
      file: this.ci.path,
      line,
      ...(first && { related: placeOf(first) }),
      message: `whether ${shown} ${packages.length === 1 ? "is" : "are"} missing here is not known, because ${text} is not read`,
    };
  }

  private different(own: Package, other: Package, all: Package[]): Finding[] {
    const version = isElsewhere(own, other) ? differentUrls(own, other) : differentVersions(own, other, all);
    return [version, this.differentBuilds(own, other), this.differentChannels(own, other)].flatMap((one) => one ?? []);
  }

  private differentBuilds(own: Package, other: Package): Finding | undefined {
    for (const { build: here } of own.entries) {
      for (const { build: there } of other.entries) {
        if (here === undefined || there === undefined || canBothMatch(here, there)) continue;
        return conflict(own, other, `is the build ${here} here and ${there}`, "and no build is both: use one in both");
      }
    }
    return undefined;
  }

  private differentChannels(own: Package, other: Package): Finding | undefined {
    const urlsOf = (channel: string) => channelUrls(channel, this.condaChannel);
    for (const { channel: here } of own.entries) {
      for (const { channel: there } of other.entries) {
        if (here === undefined || there === undefined || urlsOf(here).some((url) => urlsOf(there).includes(url)))
          continue;
        return conflict(own, other, `comes from ${here} here and from ${there}`, "take it from one channel in both");
      }
    }
    return undefined;
  }
}

/** The entry of a file that is not read and may name a project. What pip installs is never Python. */
function unreadEntryOf(project: string, { unread }: CondaFile): UnreadEntry | undefined {
  const possible = unread.filter(({ source }) => source === "conda" || project !== "python");
  return possible.find(({ projects }) => projects?.includes(project)) ?? possible.find(({ projects }) => !projects);
}

/** A file that lists no Python gets the newest that its packages can have. */
function unlistedPython(own: Package | undefined, file: CondaFile): Finding[] {
  const [first] = file.dependencies;
  if (own === undefined || !isPinned(own.constraint) || first === undefined) return [];
  if (file.dependencies.some(({ project }) => project === "python") || unreadEntryOf("python", file)) return [];
  const pinned = `${shown(own)} in ${own.file.path}:${own.entry.line}`;
  const message = `python is not listed here, so any version will do, and is pinned to ${pinned}: list it here as well`;
  return [
    { rule: "python", file: file.path, line: first.line, related: placeOf(own), package: own.entry.name, message },
  ];
}

function differentVersions(own: Package, other: Package, all: Package[]): Finding | undefined {
  // A finding of its own.
  if (isImpossible(own.constraint) || isImpossible(other.constraint)) return undefined;
  const [first, second] = comparable(own, other);
  const relation = relate(first, second);
  if (relation.kind === "agree") return undefined;
  const rule = (otherwise: CondaRule): CondaRule => (own.entry.project === "python" ? "python" : otherwise);
  const here = shown(own);
  if (relation.kind === "conflict") {
    const finding = conflict(
      own,
      other,
      `is ${here} here and ${shown(other)}`,
      "and no version is both: use one in both",
    );
    return { ...finding, rule: rule("conflict"), ...replacement(own, all) };
  }
  if (relation.open === "first") {
    const there = `${shown(other)} in ${other.file.path}:${other.entry.line}`;
    const message = `${own.entry.name} is ${here} here and pinned to ${there}: pin it here as well`;
    const finding = { ...placeOf(own), related: placeOf(other), package: own.entry.name, message };
    return { rule: rule("unpinned"), ...finding, ...replacement(own, all) };
  }
  const pinned = `${here} in ${own.file.path}:${own.entry.line}`;
  const message = `${other.entry.name} is ${shown(other)} here and pinned to ${pinned}: pin it here as well`;
  return {
    rule: rule("unpinned"),
    ...placeOf(other),
    related: placeOf(own),
    package: other.entry.name,
    message,
  };
}

/** Their constraints, on the versions of the software itself where PyPI and conda number it differently. */
function comparable(own: Package, other: Package): [Constraint, Constraint] {
  const differ = own.entry.source !== other.entry.source && repackaged.has(own.entry.project);
  const constraintOf = ({ entry, constraint }: Package) =>
    differ && entry.source === "pip" ? withoutPackaging(constraint) : constraint;
  return [constraintOf(own), constraintOf(other)];
}

/** A constraint on PyPI's versions (4.9.0.80) as one on the software's (4.9.0). */
function withoutPackaging({ text, versions, pinned, accepts }: Constraint): Constraint {
  const software = (version: string) => [...version.split("."), "0", "0"].slice(0, 3).join(".");
  const repackagings = versions.filter((version) => version.split(".").length > 3 && accepts(version));
  return {
    text,
    versions: versions.map((version) => version.split(".").slice(0, 3).join(".")),
    pinned,
    accepts: (version) => accepts(version) || repackagings.map(software).includes(software(version)),
  };
}

/** Whether one comes from a URL, and the versions of both are not known; only a wheel's URL says which it is. */
function isElsewhere(own: Package, other: Package): boolean {
  if (own.entry.url === undefined && other.entry.url === undefined) return false;
  return own.constraint.text === "" || other.constraint.text === "";
}

/** The same URL is the same package. */
function differentUrls(own: Package, other: Package): Finding | undefined {
  const [here, there] = [own.entry.url, other.entry.url];
  if (here !== undefined && there !== undefined && comparableUrl(here) === comparableUrl(there)) return undefined;
  return conflict(
    own,
    other,
    `is ${here ?? shown(own)} here and ${there ?? shown(other)}`,
    "take it from one place in both",
  );
}

/** @param differ what it is here, and there */
function conflict(own: Package, other: Package, differ: string, advice: string): Finding {
  const { name } = own.entry;
  const separator = advice.startsWith("and ") ? "," : ":";
  const message = `${name} ${differ} in ${other.file.path}:${other.entry.line}${separator} ${advice}`;
  return { rule: "conflict", ...placeOf(own), related: placeOf(other), package: name, message };
}

function placeOf({ file, entry }: Package) {
  return { file: file.path, line: entry.line };
}

function shown({ constraint, entry }: { constraint: Constraint; entry: Dependency }): string {
  const version = constraint.text === "" ? "open (any version)" : constraint.text;
  return entry.source === "pip" ? `${version} (pip)` : version;
}
