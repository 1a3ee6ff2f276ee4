import { defaultPlatform, type Platform } from "../common/platforms";
import { checkAzureMlEnvironment } from "./azureml-environment";
import { compareEnvironments } from "./compare";
import { compareLocks, type Locked } from "./compare-locks";
import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import { checkLock, type Lock, LockError, lockPath, readLock } from "./lock-file";
import { findPipPackagesOfChannels, findWrongNames } from "./offered-names";
import { notesOnOtherPlatforms } from "./other-platforms";
import { condaPlatform } from "./platform";
import { type ReadFile, readCondaFile } from "./read-conda-file";
import { azureMlPlatform } from "./solved-paths";

export interface EnvironmentSources {
  /** Path of the conda file that the job container is made from. */
  ci: string;
  /** Paths of the conda files that the model is trained in. */
  training: string[];
  /** Paths of the conda files that the model is scored in. */
  scoring: string[];
  /** The folder of a conda file's lock. Default: the conda file's own. */
  lockFolder?: (condaFile: string) => string | undefined;
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

/** Reads the conda files, and finds what is wrong with each of them, between them, and with their locks. */
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
  const locked = [ci, ...compared.filter((file) => file !== ci)].flatMap((file) =>
    (sources.platforms ?? [defaultPlatform]).map((platform) => ({ file, ...readOwnLock(file, platform, sources) })),
  );
  const locks = locked.flatMap(({ file, lock }): Locked[] => (lock === undefined ? [] : [{ file, lock }]));
  return {
    files: { ci, ...read },
    ciLocks: locks.flatMap(({ file, lock }) => (file === ci ? lock : [])),
    findings: [
      ...findings,
      ...compareEnvironments(ci, compared, sources.condaChannel),
      ...locked.flatMap((one) => one.findings),
      ...compareLocks(locks),
      ...locks.flatMap(({ file, lock }) =>
        file === ci || lock.platform !== azureMlPlatform ? [] : checkAzureMlEnvironment(lock, sources.readFile),
      ),
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
  file: CondaFile,
  platform: Platform,
  sources: EnvironmentSources,
): { lock?: Lock; findings: Finding[] } {
  const path = lockPath(file.path, condaPlatform(platform), sources.lockFolder?.(file.path));
  const text = sources.readFile(path);
  if (text === undefined) return { findings: [] };
  try {
    const lock = readLock(text, path);
    return { lock, findings: checkLock(lock, file, { condaChannel: sources.condaChannel }) };
  } catch (error) {
    if (!(error instanceof LockError)) throw error;
    return { findings: [{ rule: "lock", file: path, line: error.line, message: error.reason }] };
  }
}
