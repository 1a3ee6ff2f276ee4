import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf } from "../../../common/errors";
import type { CheckedEnvironment } from "../../../conda/check";
import type { CondaFile } from "../../../conda/conda-file";
import type { Finding } from "../../../conda/finding";
import { lockPath, saveLock, writeLock } from "../../../conda/lock-file";
import { condaForgeNames, projectOfConda } from "../../../conda/package-names";
import { readRequirements } from "../../../conda/pip-lock";
import { compareSolutions, type Solved } from "../../../conda/solve/compare-solutions";
import { solvePip } from "../../../conda/solve/pip";
import { findPipOffers } from "../../../conda/solve/pip-offers";
import { solveFile } from "../../../conda/solve/solve";

export interface SolveOptions {
  /** As conda names them, for example linux-64. */
  platform: string[];
  /** Name or URL of the channel that takes conda-forge's place. Default: conda-forge itself. */
  condaChannel?: string;
  /** Folder of the locks; it is made if need be. Default: the CI file's own. */
  lockFolder?: string;
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
 * Solves the conda files for each platform, compares the solutions, asks for their pip packages, and writes CI's
 * solutions as locks. A lock holds what the file asks for, so it is written also if the environments differ.
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
    const own = ci && (await this.solveFile(ci, platform));
    // One after the other: a channel's metadata takes much memory.
    const others: Solved[] = [];
    for (const file of new Set([...training, ...scoring])) {
      const solved = await this.solveFile(file, platform);
      if (solved !== undefined) others.push(solved);
    }
    if (own === undefined) return;
    this.report(compareSolutions(own, others));
    await this.lock(own);
  }

  private async solveFile(file: CondaFile, platform: string): Promise<Solved | undefined> {
    this.progress(`Solving ${file.path} for ${platform} …`);
    const options = { platform, condaChannel: this.options.condaChannel };
    const result = await solveFile(file, options);
    if (result.packages === undefined) {
      this.report(result.findings);
      return undefined;
    }
    const offers = await findPipOffers(file, condaNames, options);
    this.report(offers.findings);
    this.note(...offers.notes);
    const solved = { file, platform, packages: result.packages };
    this.solutions.push(solved);
    return solved;
  }

  private async lock({ file, platform, packages }: Solved): Promise<void> {
    const path = lockPath(file.path, platform, this.options.lockFolder);
    // What could not be read of the file is in no solution, and would be missing in the image.
    if (this.environment.findings.some((one) => one.file === file.path && /^(?:invalid|unread)$/.test(one.rule))) {
      this.note(`${path} is not written, because a part of ${file.path} cannot be read`);
      return;
    }
    const pip = await solvePip(file, packages, platform).catch((error: unknown) => messageOf(error));
    if (typeof pip === "string") {
      const [first] = file.dependencies.filter(({ source }) => source === "pip");
      const message = `what pip installs cannot be locked for ${platform}, so ${path} is not written: ${pip}`;
      this.report([{ rule: "lock", file: file.path, line: first?.line ?? 1, message }]);
      return;
    }
    try {
      mkdirSync(dirname(path), { recursive: true });
      saveLock(path, writeLock(file, platform, packages, pip, this.options));
    } catch (error) {
      const message = messageOf(error);
      this.report([{ rule: "lock", file: path, line: 1, message }]);
      return;
    }
    this.locks.push(path);
    const fromPip = readRequirements(pip.map((text, line) => ({ text, line }))).length;
    this.note(`wrote ${path} (${packages.length} packages${fromPip > 0 ? `, and ${fromPip} from pip` : ""})`);
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

function isSame(one: Finding, two: Finding): boolean {
  const samePlace = one.rule === two.rule && one.file === two.file && one.line === two.line;
  return samePlace && (one.rule === "pip" ? one.package === two.package : one.message === two.message);
}

/** The names that conda may have for a project, on a channel that is not conda-forge as well. */
function condaNames(project: string): string[] {
  return [...new Set([...condaForgeNames(project), project])].filter((name) => projectOfConda(name) === project);
}
