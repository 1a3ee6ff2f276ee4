import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../../common/errors";
import { azureMlEnvironment } from "../../../conda/azureml-environment";
import type { CheckedEnvironment } from "../../../conda/check";
import type { CondaFile } from "../../../conda/conda-file";
import type { Finding } from "../../../conda/finding";
import { type Lock, lockPath, readLock, writeLock } from "../../../conda/lock-file";
import { condaForgeNames, projectOfConda } from "../../../conda/package-names";
import { readRequirements } from "../../../conda/pip-lock";
import { compareSolutions, type Solved } from "../../../conda/solve/compare-solutions";
import { solvePip } from "../../../conda/solve/pip";
import { findPipOffers } from "../../../conda/solve/pip-offers";
import { solveFile } from "../../../conda/solve/solve";
import { solveTogether } from "../../../conda/solve/solve-together";
import { saveSolvedFile } from "../../../conda/solved-file";
import { azureMlEnvironmentPath, azureMlPlatform } from "../../../conda/solved-paths";

export interface SolveOptions {
  /** As conda names them, for example linux-64. */
  platform: string[];
  /** Name or URL of the channel that takes conda-forge's place. Default: conda-forge itself. */
  condaChannel?: string;
  /** The folder of a conda file's lock; it is made if need be. Default: the conda file's own. */
  lockFolder?: (condaFile: string) => string | undefined;
}

/** What came of solving the files. */
export interface Solutions {
  /** Without those that were known before. */
  findings: Finding[];
  /** What was done, and what is good to know. */
  notes: string[];
  solutions: Solved[];
  /** Paths of the locks that were written. */
  locks: string[];
}

/**
 * Solves the conda files for each platform, together if that is possible, compares the solutions, asks for their pip
 * packages, and writes the solutions as locks. A lock holds what its file asks for, so it is written also if the
 * environments differ. Without a lock of CI's there is none of the others: they would agree with nothing.
 *
 * @param progress is told what is being done
 */
export async function solveEnvironments(
  environment: CheckedEnvironment,
  options: SolveOptions,
  progress: (line: string) => void,
): Promise<Solutions> {
  const solver = new Solver(environment, options, progress);
  for (const platform of options.platform) await solver.solve(platform);
  const { findings, notes, solutions, locks } = solver;
  return { findings, notes, solutions, locks };
}

class Solver {
  readonly findings: Finding[] = [];
  readonly notes: string[] = [];
  readonly solutions: Solved[] = [];
  readonly locks: string[] = [];

  constructor(
    private readonly environment: CheckedEnvironment,
    private readonly options: SolveOptions,
    private readonly progress: (line: string) => void,
  ) {}

  async solve(platform: string): Promise<void> {
    const { ci, training, scoring } = this.environment.files;
    const files = [...new Set([...(ci === undefined ? [] : [ci]), ...training, ...scoring])];
    const solved = (await this.together(files, platform)) ?? (await this.oneByOne(files, platform));
    for (const { file } of solved) await this.findOffers(file, platform);
    this.solutions.push(...solved);
    const [own, ...others] = solved;
    if (own === undefined || own.file !== ci) return;
    this.report(compareSolutions(solved));
    const pip = await this.lock(own);
    for (const other of pip === undefined ? [] : others) await this.lock(other, pip);
  }

  /** @returns a solution for each file, in which each package has one version; undefined if there are none */
  private async together(files: CondaFile[], platform: string): Promise<Solved[] | undefined> {
    if (files.length < 2) return undefined;
    this.progress(`Solving ${files.map(({ path }) => path).join(", ")} for ${platform} …`);
    const solutions = await solveTogether(files, this.optionsFor(platform));
    return solutions && files.map((file, index) => ({ file, platform, packages: solutions[index] ?? [] }));
  }

  /** @returns the solutions of those files that have one */
  private async oneByOne(files: CondaFile[], platform: string): Promise<Solved[]> {
    const all: Solved[] = [];
    // One after the other: a channel's metadata takes much memory.
    for (const file of files) {
      this.progress(`Solving ${file.path} for ${platform} …`);
      const { packages, findings } = await solveFile(file, this.optionsFor(platform));
      if (packages === undefined) this.report(findings);
      else all.push({ file, platform, packages });
    }
    return all;
  }

  private optionsFor(platform: string) {
    return { platform, condaChannel: this.options.condaChannel };
  }

  private async findOffers(file: CondaFile, platform: string): Promise<void> {
    const offers = await findPipOffers(file, condaNames, this.optionsFor(platform));
    this.report(offers.findings);
    this.note(...offers.notes);
  }

  /**
   * Writes a file's lock, and for training and scoring what Azure Machine Learning takes.
   *
   * @param preferred what pip installs elsewhere, as in a requirements file: the same here, where that is possible
   * @returns what pip installs; undefined if nothing was written
   */
  private async lock({ file, platform, packages }: Solved, preferred?: string[]): Promise<string[] | undefined> {
    const path = lockPath(file.path, platform, this.options.lockFolder?.(file.path));
    // What could not be read of the file is in no solution, and would be missing in the image.
    if (this.environment.findings.some((one) => one.file === file.path && /^(?:invalid|unread)$/.test(one.rule))) {
      this.note(`${path} is not written, because a part of ${file.path} cannot be read`);
      return undefined;
    }
    const pip = await solvePip(file, packages, platform, preferred).catch((error: unknown) => messageOf(error));
    if (typeof pip === "string") {
      const [first] = file.dependencies.filter(({ source }) => source === "pip");
      const message = `what pip installs cannot be locked for ${platform}, so ${path} is not written: ${pip}`;
      this.report([{ rule: "lock", file: file.path, line: first?.line ?? 1, message }]);
      return undefined;
    }
    const text = writeLock(file, platform, packages, pip, this.options);
    if (!this.save(path, text)) return undefined;
    this.locks.push(path);
    const fromPip = readRequirements(pip.map((text, line) => ({ text, line }))).length;
    const fromConda = `${packages.length} ${packages.length === 1 ? "package" : "packages"}`;
    this.note(`wrote ${path} (${fromConda}${fromPip > 0 ? `, and ${fromPip} from pip` : ""})`);
    if (platform === azureMlPlatform && file !== this.environment.files.ci) this.writeForAzureMl(readLock(text, path));
    return pip;
  }

  private writeForAzureMl(lock: Lock): void {
    const path = azureMlEnvironmentPath(lock.path);
    if (this.save(path, azureMlEnvironment(lock))) this.note(`wrote ${path}, for Azure ML`);
  }

  /** @returns whether it was written */
  private save(path: string, text: string): boolean {
    try {
      mkdirSync(dirname(path), { recursive: true });
      saveSolvedFile(path, text);
      return true;
    } catch (error) {
      this.report([{ rule: "lock", file: path, line: 1, message: messageOf(error) }]);
      return false;
    }
  }

  /** Platforms can have the same to say, and so can the comparison of the files. */
  private report(findings: Finding[]): void {
    for (const finding of findings) {
      const known = [...this.environment.findings, ...this.findings];
      if (!known.some((one) => isSame(one, finding))) this.findings.push(finding);
    }
  }

  private note(...notes: string[]): void {
    this.notes.push(...notes.filter((note) => !this.notes.includes(note)));
  }
}

/** Whether two findings say the same. */
export function isSame(one: Finding, two: Finding): boolean {
  if (one.rule !== two.rule || one.file !== two.file) return false;
  // What solutions differ in, their locks differ in as well.
  if (one.rule === "solution") return one.package === two.package && one.related?.file === two.related?.file;
  return one.line === two.line && (one.rule === "pip" ? one.package === two.package : one.message === two.message);
}

/** The names that conda may have for a project, on a channel that is not conda-forge as well. */
function condaNames(project: string): string[] {
  return [...new Set([...condaForgeNames(project), project])].filter((name) => projectOfConda(name) === project);
}
