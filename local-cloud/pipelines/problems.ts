import type { Place } from "./token";

/** A pipeline that Azure Pipelines, or its emulation here, does not run. Its message has a line for each reason. */
export class PipelineError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** What is wrong with a pipeline, in Azure Pipelines' form: all of it is said together. */
export class Problems {
  private readonly found: { place: Place; text: string }[] = [];
  /** Whether what is read now runs: what does not may ask for anything. */
  private runs = true;

  report({ file, line, column }: Place, message: string): void {
    const text = `${file} (Line: ${line}, Col: ${column}): ${message}`;
    // What is read twice, or once for each of a loop's rounds, is said once.
    if (!this.found.some((problem) => problem.text === text)) this.found.push({ place: { file, line, column }, text });
  }

  unexpected(place: Place, value: string): void {
    this.report(place, `Unexpected value '${value}'`);
  }

  /** Reads what is not to be run: what is wrong with it is reported all the same. */
  leftOut<T>(read: () => T): T {
    const before = this.runs;
    this.runs = false;
    try {
      return read();
    } finally {
      this.runs = before;
    }
  }

  /** Something that Azure Pipelines has and the local one has not. */
  notEmulated(place: Place, what: string): void {
    this.refuse(
      place,
      `${what} is not emulated by the local Azure Pipelines: run this pipeline on Azure DevOps, or remove it`,
    );
  }

  /** Reports what cannot be run here, if it is to be run. */
  refuse(place: Place, message: string): void {
    if (this.runs) this.report(place, message);
  }

  /** What a computation throws is reported. */
  attempt<T>(place: Place, compute: () => T): T | undefined {
    try {
      return compute();
    } catch (error) {
      if (error instanceof PipelineError || !(error instanceof Error)) throw error;
      this.report(place, error.message);
      return undefined;
    }
  }

  /** @throws PipelineError if there are any */
  check(): void {
    if (this.found.length === 0) return;
    const files = [...new Set(this.found.map(({ place }) => place.file))];
    const sorted = this.found.toSorted(
      ({ place: a }, { place: b }) =>
        files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
    throw new PipelineError(sorted.map(({ text }) => text));
  }
}
