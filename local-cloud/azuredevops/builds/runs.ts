import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Artifacts, Caches, TestResult } from "../../agent/run";
import { readStateFile } from "../../state/state-file";
import type { Store } from "../../state/store";
import { artifactsIn } from "./artifacts";
import { cachesIn } from "./caches";
import { type Build, type RunsState, testResultForm } from "./state";

/** The runs with their logs, as they are kept: what they are in a file of its own, each log and each test run in one. */
export class Runs {
  constructor(
    private readonly store: Store<RunsState>,
    /** Where the logs are: a folder for each run. */
    private readonly logFolder: string,
  ) {}

  get state(): RunsState {
    return this.store.data;
  }

  /** Writes the state down; called after every change. */
  save(): void {
    this.store.save();
  }

  /** Adds to a log, with the time before each line, as Azure DevOps has it: to a tenth of a microsecond. */
  append(build: Build, logId: number, text: string): void {
    const time = new Date().toISOString().replace("Z", "0000Z");
    mkdirSync(this.folder(build), { recursive: true });
    const lines = text.split(/\r?\n/).map((line) => `${time} ${line}\n`);
    appendFileSync(this.file(build, logId), lines.join(""));
  }

  /** The lines of a log; undefined if there is no such log. */
  lines(build: Build, logId: number): string[] | undefined {
    const file = this.file(build, logId);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : undefined;
  }

  /** The logs of a run that there are by now. */
  logs(build: Build): { id: number; lineCount: number; createdOn: string; lastChangedOn: string }[] {
    return build.records.flatMap(({ logId, startTime }) => {
      const lines = logId === undefined ? undefined : this.lines(build, logId);
      if (logId === undefined || lines === undefined) return [];
      const lastChangedOn = statSync(this.file(build, logId)).mtime.toISOString();
      return [{ id: logId, lineCount: lines.length, createdOn: startTime ?? lastChangedOn, lastChangedOn }];
    });
  }

  /** Keeps what came of the tests of one of a run's test runs. */
  keepTests(build: Build, testRunId: number, results: TestResult[]): void {
    mkdirSync(this.folder(build), { recursive: true });
    writeFileSync(this.testFile(build, testRunId), JSON.stringify(results));
  }

  tests(build: Build, testRunId: number): TestResult[] {
    return readStateFile(this.testFile(build, testRunId), z.array(testResultForm));
  }

  /** The pipeline artifacts of a run. */
  artifacts(build: Build): Artifacts {
    return artifactsIn(join(this.folder(build), "artifacts"), build.id);
  }

  /** What the runs of a pipeline have kept for each other. */
  caches(definitionId: number): Caches {
    return cachesIn(this.cacheFolder(definitionId));
  }

  removeCaches(definitionId: number): void {
    rmSync(this.cacheFolder(definitionId), { recursive: true, force: true });
  }

  /** Removes runs that are over, with all that is about them. */
  remove(gone: Build[]): void {
    const { state } = this;
    const isGone = (id: number) => gone.some((build) => build.id === id);
    state.builds = state.builds.filter(({ id }) => !isGone(id));
    state.leases = state.leases.filter(({ buildId }) => !isGone(buildId));
    this.save();
    for (const build of gone) rmSync(this.folder(build), { recursive: true, force: true });
  }

  private cacheFolder(definitionId: number): string {
    return join(this.logFolder, "caches", String(definitionId));
  }

  private folder({ id }: Build): string {
    return join(this.logFolder, String(id));
  }

  private testFile(build: Build, testRunId: number): string {
    return join(this.folder(build), `tests-${testRunId}.json`);
  }

  private file(build: Build, logId: number): string {
    return join(this.folder(build), `${logId}.log`);
  }
}
