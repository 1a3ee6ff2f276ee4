import { defaultPlatform, type Platform } from "../common/platforms";
import { compareEnvironments } from "./compare";
import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import { checkLock, type Lock, LockError, lockPath, readLock } from "./lock-file";
import { findPipPackagesOfChannels, findWrongNames } from "./offered-names";
import { notesOnOtherPlatforms } from "./other-platforms";
import { condaPlatform } from "./platform";
import { type ReadFile, readCondaFile } from "./read-conda-file";

export interface EnvironmentSources {
  /** Path of the conda file that the job container is made from. */
  ci: string;
  /** Paths of the conda files that the model is trained in. */
  training: string[];
  /** Paths of the conda files that the model is scored in. */
  scoring: string[];
  /** Folder of the CI file's lock. Default: the CI file's own. */
  lockFolder?: string;
  /** What the job container is built for. Default: `linux/amd64`. */
  platforms?: Platform[];
  /** Channel that takes conda-forge's place: a name or a URL. Default: conda-forge itself. */
  condaChannel?: string;
  /** A file's content, or undefined if there is no such file. */
  readFile: (path: string) => string | undefined;
}

export interface CheckedEnvironment {
  /** Those that could be read. */
  files: { ci?: CondaFile; training: CondaFile[]; scoring: CondaFile[] };
  /** The CI file's locks for the job container's platforms, as far as there are any. */
  ciLocks: Lock[];
  findings: Finding[];
  /** What is good to know, and need not change. */
  notes: string[];
}

/** Reads the conda files, and finds what is wrong with each of them, between them, and with the lock. */
export function checkCondaFiles(sources: EnvironmentSources): CheckedEnvironment {
  const { training, scoring } = sources;
  // One file may be both training's and scoring's.
  const others = [...new Set([...training, ...scoring])];
  const files = new Map<string, CondaFile>();
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const path of new Set([sources.ci, ...others])) {
    const read = readOne(path, sources);
    findings.push(...read.findings);
    notes.push(...read.notes);
    if (read.file !== undefined) files.set(path, read.file);
  }
  const filesOf = (paths: string[]) => paths.flatMap((path) => files.get(path) ?? []);
  const ci = files.get(sources.ci);
  const read = { training: filesOf(training), scoring: filesOf(scoring) };
  if (ci === undefined) return { files: read, ciLocks: [], findings, notes };
  const compared = filesOf(others);
  const ofLocks = (sources.platforms ?? [defaultPlatform]).map((platform) => readOwnLock(ci, platform, sources));
  return {
    files: { ci, ...read },
    ciLocks: ofLocks.flatMap(({ lock }) => lock ?? []),
    findings: [
      ...findings,
      ...compareEnvironments(ci, compared, sources.condaChannel),
      ...ofLocks.flatMap((one) => one.findings),
    ],
    notes: [...notes, ...notesOnOtherPlatforms(ci, compared)],
  };
}

function readOne(path: string, { readFile, condaChannel = "conda-forge" }: EnvironmentSources): ReadFile {
  const text = readFile(path);
  if (text === undefined) {
    const finding: Finding = { rule: "invalid", file: path, line: 1, message: "the file does not exist" };
    return { findings: [finding], notes: [] };
  }
  const { file, findings, notes } = readCondaFile(path, text);
  if (file === undefined) return { findings, notes };
  const names = [...findWrongNames(file, condaChannel), ...findPipPackagesOfChannels(file, condaChannel)];
  return { file, findings: [...findings, ...names], notes };
}

function readOwnLock(
  ci: CondaFile,
  platform: Platform,
  sources: EnvironmentSources,
): { lock?: Lock; findings: Finding[] } {
  const path = lockPath(ci.path, condaPlatform(platform), sources.lockFolder);
  const text = sources.readFile(path);
  if (text === undefined) return { findings: [] };
  try {
    const lock = readLock(text, path);
    return { lock, findings: checkLock(lock, ci, { condaChannel: sources.condaChannel }) };
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return { findings: [{ rule: "lock", file: path, line: error.line, message: error.reason }] };
  }
}
