import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../src/common/errors";
import { evaluate, runtimeExpression, type Scope, toText } from "../pipelines/expression";
import type { Plan, PlanJob, PlanStage, PlanStep } from "../pipelines/plan";
import { azureIdentity, signInThrough } from "./connection";
import {
  agentCgroup,
  type MachineEquipment,
  type StepHost,
  startContainer,
  startMachine,
} from "./containers/step-host";
import type { Builder } from "./docker/buildctl";
import type { DockerState } from "./docker/state";
import type { JobParts } from "./job-parts";
import type { Masker } from "./log/masker";
import { StepLog } from "./log/step-log";
import { predefinedVariables } from "./predefined";
import type { Recorder, Result, RunContext, RunPart } from "./run";
import { runStep } from "./run-step";
import { holds, type Outcome, resultNames, stepFunctions } from "./status";
import type { Phase } from "./tasks";
import { Variables } from "./variables";

/** What the local cloud's agent works with. */
export interface AgentOptions {
  /** The local cloud's directory. The agent keeps everything in `agent/` of it. */
  directory: string;
  /** The `runc` and `buildctl` programs. */
  runc: string;
  buildctl: string;
  /** BuildKit's address: `tcp://host:port`. */
  buildkit: string;
  /** What the agent's own machine has for a job whose variables these are. Default: this machine's programs alone. */
  equipment?: (variables: Variables) => MachineEquipment;
}

export interface JobRun {
  options: AgentOptions;
  plan: Plan;
  stage: PlanStage;
  job: PlanJob;
  parts: JobParts;
  context: RunContext;
  recorder: Recorder;
  /** The run's: a secret may come from another job. */
  masker: Masker;
  /** What expressions in its variables may refer to beside `variables`. */
  values: Scope["values"];
  /** Cancels the run. */
  signal: AbortSignal;
}

/** How long steps that run although the run was cancelled (`always()`) may take, in milliseconds. */
const cancelTimeout = 5 * 60_000;

/** Runs a job to its end, and removes all that it leaves. Its parts are recorded, but for the job itself. */
export async function runJob(run: JobRun): Promise<Outcome> {
  const directory = join(run.options.directory, "agent", `${run.context.id}-${randomUUID().slice(0, 8)}`);
  mkdirSync(directory, { recursive: true });
  const limit = run.job.timeoutInMinutes;
  const timeout = AbortSignal.timeout(minutes(limit ?? 24 * 60));
  const job = new Job({ ...run, signal: AbortSignal.any([run.signal, timeout]) }, directory);
  try {
    await job.run();
    if (timeout.aborted && !run.signal.aborted)
      job.say(`The job ran longer than the maximum time of ${limit} minutes.`);
  } catch (error) {
    job.fail(error);
  } finally {
    await job.finish();
    rmSync(directory, { recursive: true, force: true });
  }
  return { result: job.result, outputs: job.outputs };
}

class Job {
  result: Exclude<Result, "skipped"> = "succeeded";
  readonly outputs = new Map<string, string>();
  private readonly variables = new Variables();
  private readonly docker: DockerState = { images: new Map(), logins: new Map() };
  private readonly builder: Builder;
  /** What steps leave for what their tasks do after the job. */
  private readonly states = new Map<PlanStep, Map<string, string>>();
  private host: StepHost | undefined;
  private current: RunPart;

  constructor(
    private readonly jobRun: JobRun,
    private readonly directory: string,
  ) {
    this.current = jobRun.parts.initialize;
    this.builder = { buildctl: jobRun.options.buildctl, address: jobRun.options.buildkit };
  }

  async run(): Promise<void> {
    const { parts, job } = this.jobRun;
    this.begin(parts.initialize);
    this.prepareVariables();
    const log = this.logOf(parts.initialize, undefined);
    log.line("Agent name: 'Local cloud'");
    log.line(`Job: ${job.displayName}`);
    if (parts.containers === undefined) {
      this.host = await startMachine(this.hostOptions(), this.jobRun.options.equipment?.(this.variables));
    }
    this.end("succeeded");
    if (parts.containers !== undefined) {
      this.begin(parts.containers);
      this.host = await this.startContainer(parts.containers);
      this.end("succeeded");
    }
    this.setPredefined();
    for (const { step, part } of parts.steps) await this.step(step, part);
    for (const { step, part } of parts.postJob) await this.postJob(step, part);
  }

  /** What went wrong outside of a step fails the part that it went wrong in, and the job. */
  fail(error: unknown): void {
    const canceled = this.jobRun.signal.aborted;
    if (!canceled) this.say(messageOf(error));
    this.result = canceled ? "canceled" : "failed";
    this.end(this.result);
    const { parts, recorder } = this.jobRun;
    const own = [...parts.steps, ...parts.postJob].map(({ part }) => part);
    const begun = [parts.initialize, parts.containers, ...own];
    for (const part of begun.slice(begun.indexOf(this.current) + 1)) if (part) recorder.finished(part.id, "skipped");
  }

  say(message: string): void {
    this.logOf(this.current, undefined).error(message);
  }

  async finish(): Promise<void> {
    const { parts } = this.jobRun;
    if (this.jobRun.signal.aborted) this.result = "canceled";
    this.begin(parts.finalize);
    try {
      await this.host?.remove();
      this.end("succeeded");
    } catch (error) {
      this.say(messageOf(error));
      this.end("failed");
      this.result = "failed";
    }
  }

  private begin(part: RunPart): void {
    this.current = part;
    this.jobRun.recorder.started(part.id);
  }

  private end(result: Result): void {
    this.jobRun.recorder.finished(this.current.id, result);
  }

  private logOf(part: RunPart, step: PlanStep | undefined): StepLog {
    const { recorder, masker } = this.jobRun;
    const prependPath = (folder: string) => this.host?.prependPath(folder);
    return new StepLog(part.id, step?.name, recorder, masker, this.variables, prependPath, step?.restrictions);
  }

  private hostOptions() {
    const { directory } = this;
    const { runc, directory: cloud } = this.jobRun.options;
    return { runc, directory, id: `job-${randomUUID()}`, cgroup: agentCgroup(cloud) };
  }

  /** The definition's and the run's own, the YAML's over them, and over all the predefined ones. */
  private prepareVariables(): void {
    const { context, plan, stage, job, values } = this.jobRun;
    this.setAll(context.variables);
    this.setPredefined();
    for (const variable of [...plan.variables, ...stage.variables, ...job.variables]) {
      if ("group" in variable) {
        this.setAll(context.groupVariables(variable.group));
        continue;
      }
      const { name, value } = variable;
      const expression = runtimeExpression(value);
      const scope = { values: { ...values, variables: this.variables.values() }, functions: {} };
      this.variables.set(name, expression === undefined ? value : toText(evaluate(expression, scope)));
    }
    this.setPredefined();
    const secrets = context.secretsOf(job, (name) => this.variables.expand(name));
    for (const secret of secrets) this.jobRun.masker.add(secret);
  }

  private setAll(variables: RunContext["variables"]): void {
    for (const { name, value, secret } of variables) {
      if (secret) this.jobRun.masker.add(value);
      this.variables.set(name, value, secret);
    }
  }

  private setPredefined(): void {
    const { context, stage, job } = this.jobRun;
    const predefined = predefinedVariables(context, stage, job, this.host?.workspace);
    for (const [name, value] of Object.entries(predefined)) this.variables.set(name, value);
    this.jobRun.masker.add(context.accessToken);
    this.variables.set("System.AccessToken", context.accessToken, true);
  }

  private async startContainer(part: RunPart): Promise<StepHost> {
    const { job, signal } = this.jobRun;
    const { container } = job;
    if (container === undefined) throw new Error("The job has no container.");
    const log = this.logOf(part, undefined);
    const line = (text: string) => log.line(text);
    const endpoint = container.endpoint && this.variables.expand(container.endpoint);
    const signedIn = endpoint ? await this.signIn(endpoint) : undefined;
    if (signedIn) line(`##[command]docker login ${signedIn.loginServer}`);
    const named = this.variables.expand(container.image);
    // The registry of a connection goes without saying.
    const registry = signedIn?.loginServer;
    const image = registry === undefined || named.startsWith(registry) ? named : `${registry}/${named}`;
    return startContainer(this.hostOptions(), {
      ...{ image, signedIn, signal, line, builder: this.builder },
      environment: this.variables.expandAll(container.env),
    });
  }

  private async signIn(connection: string) {
    const signedIn = await signInThrough(this.jobRun.context.connection(connection), this.jobRun.context);
    this.jobRun.masker.add(signedIn.login.password);
    return signedIn;
  }

  private async azureIdentity(connection: string) {
    const identity = await azureIdentity(this.jobRun.context.connection(connection));
    this.jobRun.masker.add(identity.federatedToken);
    return identity;
  }

  private async step(step: PlanStep, part: RunPart): Promise<void> {
    const { signal } = this.jobRun;
    const canceled = signal.aborted;
    const scope = {
      values: { variables: this.variables.values() },
      functions: stepFunctions(this.result, canceled),
    };
    this.variables.set("Agent.JobStatus", resultNames[canceled ? "canceled" : this.result]);
    const log = this.logOf(part, step);
    try {
      if (!holds(step.condition, scope)) return this.jobRun.recorder.finished(part.id, "skipped");
      this.begin(part);
    } catch (error) {
      this.begin(part);
      log.error(messageOf(error));
      this.end("failed");
      this.result = "failed";
      return;
    }
    const timeout = AbortSignal.timeout(minutes(step.timeoutInMinutes ?? 24 * 60));
    const stepSignal = AbortSignal.any([canceled ? AbortSignal.timeout(cancelTimeout) : signal, timeout]);
    let result = await this.resultOf(step, log, stepSignal, "step");
    if (timeout.aborted) {
      log.error(`The step ran longer than the maximum time of ${step.timeoutInMinutes} minutes.`);
      result = "failed";
    } else if (!canceled && signal.aborted) result = "canceled";
    if (result === "failed" && step.continueOnError) result = "succeededWithIssues";
    for (const [name, value] of log.outputs) this.outputs.set(`${step.name ?? ""}.${name}`, value);
    this.end(result);
    if (result !== "succeeded" && this.result !== "failed") this.result = result;
  }

  /** What a task does when all steps are over, whatever came of them and of its own. */
  private async postJob(step: PlanStep, part: RunPart): Promise<void> {
    const { signal } = this.jobRun;
    this.variables.set("Agent.JobStatus", resultNames[signal.aborted ? "canceled" : this.result]);
    this.begin(part);
    const log = this.logOf(part, step);
    const result = await this.resultOf(
      step,
      log,
      signal.aborted ? AbortSignal.timeout(cancelTimeout) : signal,
      "post-job",
    );
    this.end(result);
    if (result !== "succeeded" && this.result !== "failed") this.result = result;
  }

  private async resultOf(
    step: PlanStep,
    log: StepLog,
    signal: AbortSignal,
    phase: Phase,
  ): Promise<Exclude<Result, "skipped">> {
    try {
      if (this.host === undefined) throw new Error("The job has nothing to run its steps in.");
      const state = this.states.get(step) ?? new Map<string, string>();
      this.states.set(step, state);
      const surroundings = {
        ...{
          log,
          signal,
          state,
          host: this.host,
          variables: this.variables,
          builder: this.builder,
          docker: this.docker,
        },
        ...{
          context: this.jobRun.context,
          directory: this.directory,
          inContainer: this.jobRun.job.container !== undefined,
        },
        signIn: (connection: string) => this.signIn(connection),
        azureIdentity: (connection: string) => this.azureIdentity(connection),
      };
      await runStep(step, surroundings, phase);
      return log.claimed ?? "succeeded";
    } catch (error) {
      if (!signal.aborted) log.error(messageOf(error));
      return "failed";
    }
  }
}

function minutes(count: number): number {
  return count * 60_000;
}
