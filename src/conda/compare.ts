import type { CondaFile, Dependency } from "./conda-file";
import { allOf, type Constraint, isPinned, relate } from "./constraint";
import type { CondaRule, Finding, Fix } from "./finding";
import { condaForgeNames, repackaged } from "./package-names";

/** A package of a file: all of its entries, since several may belong to one project. */
interface Package {
  file: CondaFile;
  entry: Dependency;
  others: Dependency[];
  constraint: Constraint;
}

/**
 * Compares the environment that CI tests in with those that the model is trained and scored in: CI should have what
 * they have, in the same versions. What only CI needs is its own affair.
 */
export function compareEnvironments(ci: CondaFile, others: CondaFile[]): Finding[] {
  const tested = packagesOf(ci);
  const needed = others.map(packagesOf);
  const compared = needed.flatMap((packages) =>
    [...packages].flatMap(([project, other]): Finding[] => {
      // Needed to install the others, and by no model.
      if (project === "pip") return [];
      const all = needed.flatMap((file) => file.get(project) ?? []);
      const own = tested.get(project);
      return own === undefined ? missing(ci, other, all) : different(own, other, all);
    }),
  );
  return [...compared, ...others.flatMap((other) => unlistedPython(tested.get("python"), other))];
}

/** A file that lists no Python gets the newest that its packages can have. */
function unlistedPython(own: Package | undefined, file: CondaFile): Finding[] {
  const [first] = file.dependencies;
  if (own === undefined || !isPinned(own.constraint) || first === undefined) return [];
  if (file.dependencies.some(({ project }) => project === "python")) return [];
  const pinned = `${shown(own)} in ${own.file.path}:${own.entry.line}`;
  const message = `python is not listed here, so any version will do, and is pinned to ${pinned}: list it here as well`;
  return [
    { rule: "python", file: file.path, line: first.line, related: placeOf(own), package: own.entry.name, message },
  ];
}

/**
 * The packages that a file takes from pip although its channels offer them: conda's are preferred, because pip does not
 * know what conda installed.
 *
 * @param condaForge the channel that stands for conda-forge; it is the one whose packages are known without asking
 */
export function findPipPackagesOfChannels(file: CondaFile, condaForge: string): Finding[] {
  const names = ["conda-forge", "https://conda.anaconda.org/conda-forge", condaForge];
  const channel = file.channels.find(({ name }) => names.includes(name.replace(/\/$/, "")));
  if (channel === undefined) return [];
  return file.dependencies.flatMap(({ source, url, project, name, line }): Finding[] => {
    const [offered] = source === "pip" && url === undefined ? condaForgeNames(project) : [];
    if (offered === undefined) return [];
    const message = `${name} comes from pip, and ${channel.name} offers it as ${offered}: move it out of the pip section`;
    return [{ rule: "pip", file: file.path, line, package: name, message }];
  });
}

function packagesOf(file: CondaFile): Map<string, Package> {
  // A package that is listed again is a finding already.
  const listed = new Map<string, Dependency>();
  for (const entry of file.dependencies) {
    const key = `${entry.source}:${entry.name}`;
    if (!listed.has(key)) listed.set(key, entry);
  }
  const entries = new Map<string, Dependency[]>();
  for (const entry of listed.values()) entries.set(entry.project, [...(entries.get(entry.project) ?? []), entry]);
  return new Map(
    [...entries].flatMap(([project, [entry, ...others]]): [string, Package][] => {
      if (entry === undefined) return [];
      const constraint = allOf([entry, ...others].map(({ constraint }) => constraint));
      return [[project, { file, entry, others, constraint }]];
    }),
  );
}

function missing(ci: CondaFile, other: Package, all: Package[]): Finding[] {
  const { file, entry } = other;
  const oneText = all.every(({ entry: { text } }) => text === entry.text);
  // An entry for pip that conda-forge offers would be the next finding.
  const settles = oneText && (entry.source === "conda" || condaForgeNames(entry.project).length === 0);
  const fix: Fix = { kind: "add", source: entry.source, specification: entry.text };
  const finding: Finding = {
    rule: entry.project === "python" ? "python" : "missing",
    file: file.path,
    line: entry.line,
    package: entry.name,
    message: `${entry.name} is needed here and missing in ${ci.path}: add it there (${entry.text})`,
    ...(settles && { fix }),
  };
  return [finding];
}

function different(own: Package, other: Package, all: Package[]): Finding[] {
  if (own.entry.url !== undefined || other.entry.url !== undefined) return differentUrls(own, other);
  const [first, second] = comparable(own, other);
  const relation = relate(first, second);
  if (relation.kind === "agree") return [];
  const rule = (otherwise: CondaRule): CondaRule => (own.entry.project === "python" ? "python" : otherwise);
  const places = { file: own.file.path, line: own.entry.line, related: placeOf(other) };
  const here = shown(own);
  const there = `${shown(other)} in ${other.file.path}:${other.entry.line}`;
  if (relation.kind === "conflict") {
    const message = `${own.entry.name} is ${here} here and ${there}, and no version is both: use one in both`;
    return [{ rule: rule("conflict"), ...places, package: own.entry.name, message, ...fixOf(own, all) }];
  }
  if (relation.open === "first") {
    const message = `${own.entry.name} is ${here} here and pinned to ${there}: pin it here as well`;
    return [{ rule: rule("unpinned"), ...places, package: own.entry.name, message, ...fixOf(own, all) }];
  }
  const pinned = `${here} in ${own.file.path}:${own.entry.line}`;
  const message = `${other.entry.name} is ${shown(other)} here and pinned to ${pinned}: pin it here as well`;
  return [
    {
      rule: rule("unpinned"),
      ...placeOf(other),
      related: placeOf(own),
      package: other.entry.name,
      message,
    },
  ];
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

/** Versions of what comes from a URL are not known; the same URL is the same package. */
function differentUrls(own: Package, other: Package): Finding[] {
  if (own.entry.url === other.entry.url) return [];
  const message =
    `${own.entry.name} is ${own.entry.url ?? shown(own)} here and ${other.entry.url ?? shown(other)} in ` +
    `${other.file.path}:${other.entry.line}: take it from one place in both`;
  return [{ rule: "conflict", ...placeOf(own), related: placeOf(other), package: own.entry.name, message }];
}

/**
 * The one answer that there is if everyone else says the same of the package, and pins it: CI says it too. Only the
 * version is settled so: an entry of pip is not translated into one of conda, and no channel, build or extra that CI
 * has is given up.
 */
function fixOf(own: Package, all: Package[]): { fix?: Fix } {
  const [answer] = all;
  if (answer === undefined || !isPinned(answer.constraint)) return {};
  const same = all.every(({ entry }) => entry.text === answer.entry.text);
  if (!same || !differInVersion(own, answer) || answer.entry.text === own.entry.text) return {};
  return { fix: { kind: "replace", line: own.entry.line, from: own.entry.text, to: answer.entry.text } };
}

/** Whether two packages are one entry each that may differ in nothing but the version. */
function differInVersion(own: Package, answer: Package): boolean {
  const keys = ["source", "name", "channel"] as const;
  // What a wheel was built for (2.4.1+cu121) takes an index that has it.
  const localOf = ({ text }: Dependency) => /\+[^,;\s]*/.exec(text)?.[0];
  const extrasOf = ({ source, text }: Dependency) => (source === "pip" ? /\[[^\]]*\]/.exec(text)?.[0] : undefined);
  return (
    own.others.length + answer.others.length === 0 &&
    keys.every((key) => own.entry[key] === answer.entry[key]) &&
    (own.entry.build === undefined || own.entry.build === answer.entry.build) &&
    extrasOf(own.entry) === extrasOf(answer.entry) &&
    localOf(own.entry) === localOf(answer.entry)
  );
}

function placeOf({ file, entry }: Package) {
  return { file: file.path, line: entry.line };
}

function shown({ constraint, entry }: Package): string {
  const version = constraint.text === "" ? "open (any version)" : constraint.text;
  return entry.source === "pip" ? `${version} (pip)` : version;
}
