import { randomBytes } from "node:crypto";
import { messageOf } from "../../../src/common/errors";
import type { ExecuteRun, Result } from "../../agent/run";
import type { Organization } from "../common/organization";
import type { Definition } from "../definitions/state";
import { contextOf, type Outside } from "./context";
import { abandon, recorderOf } from "./recorder";
import type { Runs } from "./runs";
import type { Build } from "./state";

const results = {
  succeeded: "succeeded",
  succeededWithIssues: "partiallySucceeded",
  failed: "failed",
  canceled: "canceled",
} as const satisfies Partial<Record<Result, Build["result"]>>;

/** The organization's one agent: it takes runs in the order in which they were queued, one at a time. */
export class Agent {
  private current: { build: Build; accessToken: string; abort: AbortController; end: Promise<void> } | undefined;
  private stopping = false;

  constructor(
    private readonly organization: Organization,
    private readonly runs: Runs,
    private readonly outside: Outside,
    private readonly execute: ExecuteRun,
    /** Told of each run that is over. */
    private readonly finished: (build: Build) => void,
  ) {}

  /** The token that the run in progress may call the API with: nobody's once it is over. */
  get accessToken(): string | undefined {
    return this.current?.accessToken;
  }

  /** Begins to work: what was in progress when it was stopped, or killed, has failed; what waited goes on. */
  start(): void {
    for (const build of this.runs.state.builds) {
      if (build.status !== "inProgress" && build.status !== "cancelling") continue;
      this.finish(build, "failed", "The local cloud was stopped while this run was in progress. Queue it again.");
    }
    this.wake();
  }

  /** Takes the next run, unless there is none or it has one. */
  wake(): void {
    if (this.stopping || this.current) return;
    const build = this.runs.state.builds.find(
      ({ status, definitionId }) => status === "notStarted" && !this.isPaused(definitionId),
    );
    if (!build) return;
    const abort = new AbortController();
    const accessToken = randomBytes(32).toString("base64url");
    const end = this.run(build, accessToken, abort.signal).finally(() => {
      this.current = undefined;
      this.wake();
    });
    this.current = { build, accessToken, abort, end };
  }

  /** Ends a run before its time. One in progress ends when the agent has ended it. */
  cancel(build: Build): void {
    if (build.status === "notStarted") {
      this.finish(build, "canceled");
      this.wake();
    } else {
      build.status = "cancelling";
      this.runs.save();
      this.current?.abort.abort();
    }
  }

  /** Ends and removes all runs of a pipeline. */
  async removeAllOf({ id }: Definition): Promise<void> {
    const { state } = this.runs;
    state.waiting = state.waiting.filter(({ definitionId }) => definitionId !== id);
    const gone = state.builds.filter(({ definitionId }) => definitionId === id);
    for (const build of gone) if (build.status !== "completed") this.cancel(build);
    if (this.current && gone.includes(this.current.build)) await this.current.end;
    this.runs.remove(gone);
    this.runs.removeCaches(id);
  }

  /** Breaks off what it does, and takes no more. The next start says what became of it. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.current?.abort.abort();
    await this.current?.end;
  }

  private async run(build: Build, accessToken: string, signal: AbortSignal): Promise<void> {
    build.status = "inProgress";
    build.startTime = new Date().toISOString();
    this.runs.save();
    try {
      const definition = this.organization.state.definitions.find(({ id }) => id === build.definitionId);
      if (!definition) throw new Error(`Build pipeline ${build.definitionId} was not found.`);
      const kept = { artifacts: this.runs.artifacts(build), caches: this.runs.caches(definition.id) };
      const context = contextOf(this.organization, this.outside, definition, build, accessToken, kept);
      const result = await this.execute(build.plan, context, recorderOf(this.runs, build), signal);
      if (this.stopping && result === "canceled") return;
      this.finish(build, results[result]);
    } catch (error) {
      if (!this.stopping) this.finish(build, "failed", messageOf(error));
    }
  }

  private finish(build: Build, result: Build["result"], problem?: string): void {
    abandon(build);
    Object.assign(build, { status: "completed", result, finishTime: new Date().toISOString() });
    if (problem !== undefined) build.problems.push(problem);
    this.runs.save();
    this.finished(build);
  }

  private isPaused(definitionId: number): boolean {
    return this.organization.state.definitions.some(
      ({ id, queueStatus }) => id === definitionId && queueStatus === "paused",
    );
  }
}
