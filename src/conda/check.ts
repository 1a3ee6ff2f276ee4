import { compareEnvironments, findPipPackagesOfChannels } from "./compare";
import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import { checkLock, type Lock, LockError, lockPath, readLock } from "./lock-file";
import { imagePlatform } from "./platform";
import { readCondaFile } from "./read-conda-file";

export interface EnvironmentSources {
  /** Path of the conda file that the job container is made from. */
  ci: string;
  /** Paths of the conda files that the model is trained in. */
  training: string[];
  /** Paths of the conda files that the model is scored in. */
  scoring: string[];
  /** Folder of the CI file's lock. Default: the CI file's own. */
  lockFolder?: string;
  /** Channel that takes conda-forge's place: a name or a URL. Default: conda-forge itself. */
  condaChannel?: string;
  /** A file's content, or undefined if there is no such file. */
  readFile: (path: string) => string | undefined;
}

export interface CheckedEnvironment {
  /** Those that could be read. */
  files: { ci?: CondaFile; training: CondaFile[]; scoring: CondaFile[] };
  /** The CI file's lock for the job container's platform, if there is one. */
  lock?: Lock;
  findings: Finding[];
}

/** Reads the conda files, and finds what is wrong with each of them, between them, and with the lock. */
export async function checkCondaFiles(sources: EnvironmentSources): Promise<CheckedEnvironment> {
  const { training, scoring } = sources;
  // One file may be both training's and scoring's.
  const others = [...new Set([...training, ...scoring])];
  const files = new Map<string, CondaFile>();
  const findings: Finding[] = [];
  for (const path of new Set([sources.ci, ...others])) {
    const read = await readOne(path, sources);
    findings.push(...read.findings);
    if (read.file !== undefined) files.set(path, read.file);
  }
  const filesOf = (paths: string[]) => paths.flatMap((path) => files.get(path) ?? []);
  const ci = files.get(sources.ci);
  const { lock, findings: ofLock } = ci === undefined ? { findings: [] } : readOwnLock(ci, sources);
  return {
    files: { ...(ci && { ci }), training: filesOf(training), scoring: filesOf(scoring) },
    ...(lock && { lock }),
    findings: [...findings, ...(ci === undefined ? [] : compareEnvironments(ci, filesOf(others))), ...ofLock],
  };
}

async function readOne(path: string, { readFile, condaChannel = "conda-forge" }: EnvironmentSources) {
  const text = readFile(path);
  if (text === undefined) {
    const finding: Finding = { rule: "invalid", file: path, line: 1, message: "the file does not exist" };
    return { findings: [finding] };
  }
  const { file, findings } = await readCondaFile(path, text);
  return { file, findings: file ? [...findings, ...findPipPackagesOfChannels(file, condaChannel)] : findings };
}

function readOwnLock(ci: CondaFile, sources: EnvironmentSources): { lock?: Lock; findings: Finding[] } {
  const path = lockPath(ci.path, imagePlatform, sources.lockFolder);
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
