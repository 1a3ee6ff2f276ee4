import type { CondaFile, Dependency } from "./conda-file";
import { isPinned } from "./constraint";
import type { Fix } from "./finding";
import { condaForgeNames, isOnCondaForge, rightCondaName, rightPipName } from "./package-names";
import type { Package } from "./packages";
import { isUrl } from "./pip-entry/link";
import { parsePipOptions } from "./pip-entry/options";
import { channelUrls } from "./solve/channels";

/**
 * The edit by which CI says what everyone else says of a package, and pins. Only the version is settled so: an entry of
 * pip is not translated into one of conda, and no channel, build, extra or hash that CI has is given up.
 *
 * @param all what the other files say of it
 */
export function replacement(own: Package, all: Package[]): { fix?: Fix } {
  const [answer] = all;
  if (answer === undefined || !isPinned(answer.constraint)) return {};
  const { entry } = answer;
  if (entry.text === own.entry.text || !all.every((one) => one.entry.text === entry.text)) return {};
  if (!differInVersion(own, answer) || !pipCanTake(entry, answer.file, own.file)) return {};
  return { fix: { kind: "replace", line: own.entry.line, from: own.entry.text, to: entry.text } };
}

/** The edit by which CI gets a package that it lacks, if it can have it from where the others have it. */
export function addition(ci: CondaFile, other: Package, all: Package[], condaChannel?: string): { fix?: Fix } {
  const { file, entry, entries } = other;
  const isSame = entries.length === 1 && all.every((one) => one.entries.length === 1 && one.entry.text === entry.text);
  if (!isSame) return {};
  const { source, text } = entry;
  const canTake =
    source === "conda"
      ? rightCondaName(entry.name) === undefined && channelsLacking(other, ci, condaChannel).length === 0
      : // What conda-forge offers would be the next finding.
        condaForgeNames(entry.project).length === 0 && pipCanTake(entry, file, ci);
  return canTake ? { fix: { kind: "add", source, specification: text } } : {};
}

/** Whether two packages are one entry each that may differ in nothing but the version. */
function differInVersion(own: Package, answer: Package): boolean {
  const [one, two] = [own.entry, answer.entry];
  const keys = ["source", "name", "channel", "marker"] as const;
  // What a wheel was built for (2.4.1+cu121) takes an index that has it.
  const localOf = ({ text }: Dependency) => /\+[^,;\s]*/.exec(text)?.[0];
  const extrasOf = ({ extras = [] }: Dependency) => extras.join();
  const optionsOf = ({ options = "" }: Dependency) => options.replaceAll(/--hash[= ]\S+/g, "").trim();
  return (
    own.entries.length === 1 &&
    answer.entries.length === 1 &&
    one.url === undefined &&
    two.url === undefined &&
    keys.every((key) => one[key] === two[key]) &&
    (one.build === undefined || one.build === two.build) &&
    extrasOf(one) === extrasOf(two) &&
    localOf(one) === localOf(two) &&
    optionsOf(one) === optionsOf(two)
  );
}

/** The channels that a conda package may come from in its file, and that CI's lacks. What CI's conda-forge has comes from there. */
export function channelsLacking(other: Package, ci: CondaFile, condaChannel?: string): string[] {
  const { name, channel, source } = other.entry;
  const urlsOf = (one: string) => channelUrls(one, condaChannel);
  const own = ci.channels.flatMap((one) => urlsOf(one.name));
  const has = (one: string) => urlsOf(one).every((url) => own.includes(url));
  if (source === "pip" || (channel === undefined && isOnCondaForge(name) && has("conda-forge"))) return [];
  const needed = channel === undefined ? other.file.channels.map((one) => one.name) : [channel];
  return needed.filter((one) => !has(one));
}

/** Whether pip can install a requirement of a file in CI's as well: from its indexes, and with hashes if any has some. */
function pipCanTake({ name, source, url, options = "" }: Dependency, file: CondaFile, ci: CondaFile): boolean {
  if (source !== "pip") return true;
  const own = indexesOf(ci);
  const isAtHand = url === undefined || (isUrl(url) && !/^file:/i.test(url));
  return (
    isAtHand &&
    rightPipName(name) === undefined &&
    /--hash/.test(options) === needsHashes(ci) &&
    indexesOf(file).every((index) => own.includes(index))
  );
}

function indexesOf({ pipOptions }: CondaFile): string[] {
  return pipOptions
    .flatMap(parsePipOptions)
    .filter(({ name }) => ["--index-url", "--extra-index-url", "--find-links"].includes(name))
    .map(({ name, value }) => `${name} ${value.replace(/\/+$/, "")}`);
}

/** Once pip is given one hash, it wants one for each requirement. */
function needsHashes({ dependencies, pipOptions }: CondaFile): boolean {
  return (
    dependencies.some(({ options = "" }) => /--hash/.test(options)) ||
    pipOptions.flatMap(parsePipOptions).some(({ name }) => name === "--require-hashes")
  );
}
