import { dirname, join } from "node:path";
import { compareEnvironments, findPipPackagesOfChannels } from "./compare";
import type { CondaFile } from "./conda-file";
import type { Finding } from "./finding";
import { checkLock, type Lock, lockFileName, readLock } from "./lock-file";
import { readCondaFile } from "./read-conda-file";

/** The platform of the job container, as conda names it. */
export const imagePlatform = "linux-64";

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

/** Reads the environment files, and finds what is wrong with each of them, between them, and with the lock. */
export async function checkEnvironment(sources: EnvironmentSources): Promise<CheckedEnvironment> {
  const [ci, training, scoring] = await Promise.all([
    read([sources.ci], sources),
    read(sources.training, sources),
    read(sources.scoring, sources),
  ]);
  const [own] = ci.files;
  const { lock, findings: ofLock } = own === undefined ? { findings: [] } : readOwnLock(own, sources);
  const others = [...training.files, ...scoring.files];
  return {
    files: { ...(own && { ci: own }), training: training.files, scoring: scoring.files },
    ...(lock && { lock }),
    findings: [
      ...[ci, training, scoring].flatMap(({ findings }) => findings),
      ...(own === undefined ? [] : compareEnvironments(own, others)),
      ...ofLock,
    ],
  };
}

async function read(paths: string[], { readFile, condaChannel }: EnvironmentSources) {
  const files: CondaFile[] = [];
  const findings: Finding[] = [];
  for (const path of paths) {
    const text = readFile(path);
    if (text === undefined) {
      findings.push({ rule: "invalid", file: path, line: 1, message: "the file does not exist" });
      continue;
    }
    const result = await readCondaFile(path, text);
    findings.push(...result.findings);
    if (result.file === undefined) continue;
    files.push(result.file);
    findings.push(...findPipPackagesOfChannels(result.file, condaChannel ?? "conda-forge"));
  }
  return { files, findings };
}

function readOwnLock(ci: CondaFile, sources: EnvironmentSources): { lock?: Lock; findings: Finding[] } {
  const path = join(sources.lockFolder ?? dirname(ci.path), lockFileName(ci.path, imagePlatform));
  const text = sources.readFile(path);
  if (text === undefined) return { findings: [] };
  try {
    const lock = readLock(text, path);
    return { lock, findings: checkLock(lock, ci, { condaChannel: sources.condaChannel }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { findings: [{ rule: "lock", file: path, line: 1, message }] };
  }
}
