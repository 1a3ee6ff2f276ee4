import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../src/common/errors";
import { evaluate, runtimeExpression, toText, type ValueMap } from "../pipelines/expression";
import type { Plan, PlanJob, PlanStage } from "../pipelines/plan";
import { removeCgroup } from "../processes/cgroup";
import { unmountBelow } from "../processes/mounts";
import { agentCgroup } from "./containers/step-host";
import { type AgentOptions, runJob } from "./job";
import { allParts, type JobParts, partsOfJob } from "./job-parts";
import { Masker } from "./log/masker";
import { predefinedVariables } from "./predefined";
import type { ExecuteRun, Recorder, Result, RunContext, RunPart } from "./run";
import { dependenciesOf, dependencyFunctions, holds, type Outcome, resultOf } from "./status";
import { Variables } from "./variables";

export type { AgentOptions } from "./job";

/** The local cloud's agent: it runs what a plan says, one job at a time. */
export function createAgent(options: AgentOptions): ExecuteRun {
  return async (plan, context, recorder, signal) => {
    const run = new Run(options, plan, context, recorder, signal);
    try {
      await cleanUpAgent(options.directory);
      const result = await run.run();
      await cleanUpAgent(options.directory);
      return result;
    } catch (error) {
      run.report(error);
      return "failed";
    }
  };
}

/** Ends and removes what jobs have left: an agent that was killed leaves its containers running. */
export async function cleanUpAgent(directory: string): Promise<void> {
  await removeCgroup(agentCgroup(directory));
  unmountBelow(join(directory, "agent"));
  rmSync(join(directory, "agent"), { recursive: true, force: true });
}

interface StageParts {
  stage: PlanStage;
  part: RunPart;
  jobs: { job: PlanJob; parts: JobParts }[];
}

class Run {
  private readonly outcomes = new Map<string, Outcome>();
  private readonly jobOutcomes = new Map<string, Map<string, Outcome>>();
  private readonly masker = new Masker();
  private readonly stages: StageParts[];

  constructor(
    private readonly options: AgentOptions,
    private readonly plan: Plan,
    private readonly context: RunContext,
    private readonly recorder: Recorder,
    private readonly signal: AbortSignal,
  ) {
    this.stages = inOrder(plan.stages).map((stage, index) => partsOfStage(stage, index + 1));
    recorder.planned(this.stages.flatMap(({ part, jobs }) => [part, ...jobs.flatMap(({ parts }) => allParts(parts))]));
  }

  /** What went wrong with the agent itself. */
  report(error: unknown): void {
    const stage = this.stages[0];
    if (stage) this.recorder.issue(stage.part.id, "error", messageOf(error));
  }

  async run(): Promise<Exclude<Result, "skipped">> {
    for (const stage of this.stages) await this.runStage(stage);
    const result = resultOf([...this.outcomes.values()].map((outcome) => outcome.result));
    return result === "skipped" ? "succeeded" : result;
  }

  private async runStage({ stage, part, jobs }: StageParts): Promise<void> {
    const outcomes = new Map<string, Outcome>();
    this.jobOutcomes.set(stage.name, outcomes);
    const decision = this.decide(stage, part, this.outcomes, () => ({
      dependencies: dependenciesOf(pick(this.outcomes, stage.dependsOn)),
      variables: this.variables([]),
    }));
    if (decision !== "run") {
      this.recorder.finished(part.id, decision);
      for (const { parts } of jobs) this.leaveOut(parts, decision);
      this.outcomes.set(stage.name, { result: decision, outputs: new Map() });
      return;
    }
    this.recorder.started(part.id);
    for (const { job, parts } of jobs) outcomes.set(job.name, await this.runOneJob(stage, job, parts, outcomes));
    const result = resultOf([...outcomes.values()].map((outcome) => outcome.result));
    const outputs = [...outcomes].flatMap(([name, outcome]) =>
      [...outcome.outputs].map(([key, value]): [string, string] => [`${name}.${key}`, value]),
    );
    this.outcomes.set(stage.name, { result, outputs: new Map(outputs) });
    this.recorder.finished(part.id, result);
  }

  private async runOneJob(
    stage: PlanStage,
    job: PlanJob,
    parts: JobParts,
    others: ReadonlyMap<string, Outcome>,
  ): Promise<Outcome> {
    const values = {
      dependencies: dependenciesOf(pick(others, job.dependsOn)),
      stageDependencies: new Map([...this.jobOutcomes].map(([name, jobs]) => [name, dependenciesOf(jobs)])),
    };
    const decision = this.decide(job, parts.job, others, () => ({
      ...values,
      variables: this.variables(stage.variables),
    }));
    if (decision !== "run") {
      this.leaveOut(parts, decision);
      return { result: decision, outputs: new Map() };
    }
    this.recorder.started(parts.job.id);
    const { options, plan, context, recorder, masker, signal } = this;
    const outcome = await runJob({ options, plan, stage, job, parts, context, recorder, masker, values, signal });
    const tolerated = outcome.result === "failed" && job.continueOnError;
    const result = tolerated ? "succeededWithIssues" : outcome.result;
    recorder.finished(parts.job.id, result);
    return { ...outcome, result };
  }

  /** Whether a stage or a job runs, or what its result is without that. A condition that cannot be computed fails it. */
  private decide(
    planned: PlanStage | PlanJob,
    part: RunPart,
    outcomes: ReadonlyMap<string, Outcome>,
    values: () => Record<string, ValueMap>,
  ): "run" | Extract<Result, "skipped" | "canceled" | "failed"> {
    const before = pick(outcomes, ancestors(planned, this.siblings(planned)));
    try {
      const functions = dependencyFunctions(before, this.signal.aborted);
      if (holds(planned.condition, { values: values(), functions })) return "run";
      return this.signal.aborted ? "canceled" : "skipped";
    } catch (error) {
      this.recorder.issue(part.id, "error", messageOf(error));
      return "failed";
    }
  }

  private siblings(planned: PlanStage | PlanJob): (PlanStage | PlanJob)[] {
    const { stages } = this.plan;
    return "jobs" in planned ? stages : (stages.find(({ jobs }) => jobs.includes(planned))?.jobs ?? []);
  }

  /** What conditions on stages and jobs see as `variables`. */
  private variables(own: PlanStage["variables"]): ValueMap {
    const variables = new Variables();
    const setAll = (given: RunContext["variables"]) => {
      for (const { name, value, secret } of given) variables.set(name, value, secret);
    };
    setAll(this.context.variables);
    for (const variable of [...this.plan.variables, ...own]) {
      if ("group" in variable) {
        setAll(this.context.groupVariables(variable.group));
        continue;
      }
      const { name, value } = variable;
      const expression = runtimeExpression(value);
      const scope = { values: { variables: variables.values() }, functions: {} };
      // One that needs what other jobs came to is not known before the job.
      if (expression === undefined) variables.set(name, value);
      else if (!/dependencies/i.test(expression)) variables.set(name, toText(evaluate(expression, scope)));
    }
    const predefined = predefinedVariables(this.context, undefined, undefined, undefined);
    for (const [name, value] of Object.entries(predefined)) variables.set(name, value);
    return variables.values();
  }

  private leaveOut(parts: JobParts, result: Result): void {
    for (const { id } of allParts(parts)) this.recorder.finished(id, result === "failed" ? "skipped" : result);
  }
}

function partsOfStage(stage: PlanStage, order: number): StageParts {
  const part: RunPart = {
    ...{ id: randomUUID(), parentId: undefined, type: "Stage", order },
    ...{ name: stage.displayName, identifier: stage.name },
  };
  const jobs = inOrder(stage.jobs).map((job, index) => ({ job, parts: partsOfJob(job, part.id, index + 1) }));
  return { stage, part, jobs };
}

/** What others depend on comes first; otherwise the order stays. The compiler has refused cycles and unknown names. */
function inOrder<T extends { name: string; dependsOn: string[] }>(planned: readonly T[]): T[] {
  const result = new Set<T>();
  const add = (each: T) => {
    for (const other of planned) if (each.dependsOn.includes(other.name)) add(other);
    result.add(each);
  };
  for (const each of planned) add(each);
  return [...result];
}

/** Names of all that one depends on, directly or not. */
function ancestors(
  { dependsOn }: { dependsOn: string[] },
  siblings: readonly { name: string; dependsOn: string[] }[],
): string[] {
  const found = siblings.filter(({ name }) => dependsOn.includes(name));
  return found.flatMap((each) => [each.name, ...ancestors(each, siblings)]);
}

function pick(outcomes: ReadonlyMap<string, Outcome>, names: string[]): Map<string, Outcome> {
  return new Map([...outcomes].filter(([name]) => names.includes(name)));
}
