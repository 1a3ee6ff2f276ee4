import { createHash } from "node:crypto";
import { basename, dirname, extname } from "node:path";
import { join } from "node:path/posix";
import type { CondaFile, Dependency } from "./conda-file";
import type { Finding } from "./finding";
import { projectOfConda } from "./package-names";
import { isVirtual } from "./packages";
import { type LockedRequirement, readRequirements } from "./pip-lock";
import { channelsOf, channelUrls, isFrom } from "./solve/channels";
import { installOrder } from "./solve/install-order";
import type { SolvedPackage } from "./solve/rattler";
import { firstLine, solveCommand } from "./solved-file";

/** A lock file, read: what exactly a conda file's environment is made of on one platform. */
export interface Lock {
  path: string;
  /** As conda names it. */
  platform: string;
  /** URLs, in the order of their priority. */
  channels: string[];
  /** Digest of what the conda file asked for, and of the packages that it was solved to. */
  digest: string;
  packages: LockedPackage[];
  /** What pip installs besides. */
  pip: LockedRequirement[];
  /** Lines for pip, as they are. */
  pipLines: string[];
}

export interface LockedPackage {
  name: string;
  version: string;
  build: string;
  /** Folder of the channel, for example linux-64 or noarch. */
  subdir: string;
  url: string;
  /** `sha256:` and hexadecimal digits, or hexadecimal digits alone for MD5. */
  hash?: string;
  line: number;
}

export interface LockOptions {
  /** Name or URL of the channel that takes conda-forge's place. Default: conda-forge itself. */
  condaChannel?: string;
}

/** A text that is not a lock file. */
export class LockError extends Error {
  override readonly name = "LockError";

  constructor(
    path: string,
    readonly line: number,
    readonly reason: string,
  ) {
    super(`${path}:${line}: ${reason}`);
  }
}

const pipPrefix = "# pip ";

/** A lock's name beside its conda file: `docker/ci_dependencies.yml` has `ci_dependencies.linux-64.lock`. */
export function lockFileName(condaFile: string, platform: string): string {
  return `${basename(condaFile, extname(condaFile))}.${platform}.lock`;
}

/**
 * Where a conda file's lock is.
 *
 * @param folder default: the conda file's own
 */
export function lockPath(condaFile: string, platform: string, folder = dirname(condaFile)): string {
  return join(folder, lockFileName(condaFile, platform));
}

/**
 * A solution as a file that micromamba (2.1 or newer, for the SHA-256) installs as it is: conda's explicit form, a URL
 * with a hash a line. What pip installs besides follows as comments, with hashes as well.
 *
 * @param pip the solution of the file's pip section: lines of a requirements file
 */
export function writeLock(
  file: CondaFile,
  platform: string,
  packages: SolvedPackage[],
  pip: string[],
  options: LockOptions,
): string {
  const entries = installOrder(packages).map(({ url, sha256, md5 }) =>
    entryOf({ url, hash: sha256 ? `sha256:${sha256}` : md5 }),
  );
  const pipLines = pip.length === 0 ? [] : [...file.pipOptions.map(inOneLine), ...pip];
  const lines = [
    firstLine,
    `# file: ${basename(file.path)}`,
    `# channels: ${urlsOf(file, options).join(" ")}`,
    `# digest: ${digestOf(file, entries, pipLines, options)}`,
    `# platform: ${platform}`,
    "@EXPLICIT",
    ...entries,
    ...pipLines.map((line) => `${pipPrefix}${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * Reads a lock file.
 *
 * @param path names the file in the error
 * @throws LockError with the line that is not one of a lock file
 */
export function readLock(text: string, path: string): Lock {
  const lines = text.split(/\r?\n/).map((line, index) => ({ text: line.trim(), line: index + 1 }));
  const start = lines.find((line) => line.text === "@EXPLICIT");
  if (start === undefined)
    throw new LockError(path, 1, `it has no line @EXPLICIT: write it anew by \`${solveCommand}\``);
  const heading = (key: string) => {
    const prefix = `# ${key}: `;
    const found = lines.slice(0, start.line).find((line) => line.text.startsWith(prefix));
    if (found !== undefined) return found.text.slice(prefix.length);
    throw new LockError(path, 1, `it has no line "${prefix}…" before @EXPLICIT: write it anew by \`${solveCommand}\``);
  };
  const body = lines.slice(start.line);
  const pip = body.flatMap(({ text, line }) =>
    text.startsWith(pipPrefix) ? [{ text: text.slice(pipPrefix.length), line }] : [],
  );
  return {
    path,
    platform: heading("platform"),
    channels: heading("channels").split(" "),
    digest: heading("digest"),
    packages: body
      .filter((line) => line.text !== "" && !line.text.startsWith("#"))
      .map((line) => readPackage(line.text, line.line, path)),
    pip: readRequirements(pip),
    pipLines: pip.map((line) => line.text),
  };
}

/** A package's line. */
function entryOf({ url, hash }: Pick<LockedPackage, "url" | "hash">): string {
  return hash ? `${url}#${hash}` : url;
}

/** A package's name, version and build are in the name of its archive, and its hash behind it. */
function readPackage(text: string, line: number, path: string): LockedPackage {
  const form = /^(https?:\/\/\S+\/([\w-]+)\/([^/\s]+)-([^-/\s]+)-([^-/\s]+)\.(?:conda|tar\.bz2))(?:#(\S+))?$/;
  const [, url, subdir, name, version, build, hash] = form.exec(text) ?? [];
  if (!url || !subdir || !name || !version || !build) {
    throw new LockError(
      path,
      line,
      `"${text}" is not the URL of a conda package: write it anew by \`${solveCommand}\``,
    );
  }
  if (hash !== undefined && !/^(?:sha256:[\da-f]{64}|[\da-f]{32})$/.test(hash)) {
    throw new LockError(path, line, `"${hash}" is neither a SHA-256 nor an MD5: write it anew by \`${solveCommand}\``);
  }
  return { name, version, build, subdir, url, ...(hash !== undefined && { hash }), line };
}

/**
 * Finds why a lock may not be used for a conda file: it was written for another content, channel or platform, its
 * packages are not what it was solved to, or one has no hash. Rule "lock".
 */
export function checkLock(lock: Lock, file: CondaFile, options: LockOptions): Finding[] {
  const report = (line: number, message: string, dependency?: Dependency): Finding => ({
    rule: "lock",
    file: lock.path,
    line,
    ...(dependency && { package: dependency.name }),
    message: `${message}: solve again (\`${solveCommand}\`)`,
    ...(dependency && { related: { file: file.path, line: dependency.line } }),
  });
  const findings = [
    ...checkOrigin(lock, file, options, report),
    ...checkContent(lock, file, options, report),
    ...lock.packages.flatMap(({ name, hash, line }) =>
      hash === undefined ? [report(line, `${name} has no hash, ${withoutHash}`)] : [],
    ),
    ...lock.pip.flatMap(({ text, hashes, line }) =>
      hashes.length === 0 ? [report(line, `${text}, which pip installs, has no hash, ${withoutPipHash}`)] : [],
    ),
  ];
  const digest = digestOf(file, lock.packages.map(entryOf), lock.pipLines, options);
  if (findings.length > 0 || lock.digest === digest) return findings;
  return [
    report(
      1,
      `it was edited or merged, or ${file.path} asks for something else than it did when this lock was written`,
    ),
  ];
}

const withoutHash =
  "so that nothing tells it from another archive; if its channel has none of it, take it from another channel";

const withoutPipHash =
  "so that pip would refuse it; if it is from Git or a folder, take it from an index or from an archive's URL";

type Report = (line: number, message: string, dependency?: Dependency) => Finding;

/** The channels and the platform. */
function checkOrigin(lock: Lock, file: CondaFile, options: LockOptions, report: Report): Finding[] {
  const channels = urlsOf(file, options);
  if (lock.channels.join(" ") !== channels.join(" ")) {
    const now = channels.length === 0 ? "none of the channels can be used" : `the channels are ${channels.join(", ")}`;
    return [report(1, `it was solved from ${lock.channels.join(", ")}, and ${now} now`)];
  }
  const named = /\.([a-z]+-\w+)\.lock$/.exec(lock.path)?.[1] ?? lock.platform;
  if (named !== lock.platform) {
    return [report(1, `it was solved for ${lock.platform}, and its name says ${named}`)];
  }
  return lock.packages.flatMap(({ name, subdir, url, line }) => {
    if (subdir !== lock.platform && subdir !== "noarch") {
      return [report(line, `${name} is a package for ${subdir}, in a lock for ${lock.platform}`)];
    }
    return isFrom(url, channels) ? [] : [report(line, `${url} is in none of the channels ${channels.join(", ")}`)];
  });
}

/** What the file lists. */
function checkContent(lock: Lock, file: CondaFile, options: LockOptions, report: Report): Finding[] {
  const locked = new Map(lock.packages.map((one) => [one.name, one]));
  const conda = file.dependencies.flatMap((dependency): Finding[] => {
    const { name, text, constraint, channel, line, source } = dependency;
    if (source === "pip" || isVirtual(name)) return [];
    const one = locked.get(name);
    const asked = `${file.path}:${line} asks for ${text}`;
    if (one === undefined) return [report(1, `${asked}, which it lacks`, dependency)];
    if (!constraint.accepts(one.version)) return [report(one.line, `${asked}, and it has ${one.version}`, dependency)];
    if (channel === undefined || isFrom(one.url, channelUrls(channel, options.condaChannel))) return [];
    return [report(one.line, `${asked}, and it has ${one.url}`, dependency)];
  });
  return [...conda, ...checkPip(lock, file, report)];
}

/** What the file's pip section lists: what conda's packages do not answer, pip installs. */
function checkPip(lock: Lock, file: CondaFile, report: Report): Finding[] {
  return file.dependencies.flatMap((dependency): Finding[] => {
    const { source, name, project, text, constraint, url, line } = dependency;
    if (source !== "pip") return [];
    const own = lock.pip.find((one) => one.name === name);
    const conda = lock.packages.find((one) => projectOfConda(one.name) === project);
    const asked = `${file.path}:${line} asks pip for ${text}`;
    if (own === undefined && (conda === undefined || url !== undefined || !constraint.accepts(conda.version))) {
      return [report(1, `${asked}, which it lacks`, dependency)];
    }
    if (own?.version === undefined || constraint.accepts(own.version)) return [];
    return [report(own.line, `${asked}, and it has ${own.version}`, dependency)];
  });
}

function urlsOf(file: CondaFile, { condaChannel }: LockOptions): string[] {
  return channelsOf(file, condaChannel).channels.map(({ url }) => url);
}

/** What a file asks of pip, pip's options included, without the differences that make none. */
function requirementsOf({ dependencies, pipOptions }: CondaFile): string[] {
  const requirements = dependencies.flatMap(({ source, text }) => (source === "pip" ? [text] : []));
  return [...pipOptions, ...requirements].map(inOneLine);
}

function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}

/**
 * Changes with what the file asks for and in which order, and not with how it is written; and with the packages that it
 * was solved to: nothing else tells that one is missing that only others need, before the image is used.
 */
function digestOf(file: CondaFile, entries: string[], pipLines: string[], options: LockOptions): string {
  const conda = file.dependencies.flatMap(({ source, channel = "", name, constraint, build = "" }) =>
    source === "conda" ? [[channel, name, constraint.text, build]] : [],
  );
  const content = JSON.stringify([urlsOf(file, options), conda, requirementsOf(file), [...entries, ...pipLines]]);
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
