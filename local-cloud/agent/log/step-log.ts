import { messageOf } from "../../../src/common/errors";
import type { StepRestrictions } from "../../pipelines/plan";
import type { CoverageStatistic, Publication, Recorder, TestRun } from "../run";
import type { Variables } from "../variables";
import { type LoggingCommand, parseLoggingCommand } from "./logging-commands";
import type { Masker } from "./masker";

/** What a step may say about its own result. */
export type ClaimedResult = "succeeded" | "succeededWithIssues" | "failed";

/** The log of one part of a run, without secrets, and what it tells the agent. */
export class StepLog {
  /** What `task.complete` said. */
  claimed: ClaimedResult | undefined;
  /** Set by `task.setvariable` with `isOutput`. */
  readonly outputs = new Map<string, string>();

  constructor(
    private readonly partId: string,
    /** The step's name in the YAML, by which its output variables are read. */
    private readonly stepName: string | undefined,
    private readonly recorder: Recorder,
    private readonly masker: Masker,
    private readonly variables: Variables,
    private readonly prependPath: (folder: string) => void,
    private readonly restrictions?: StepRestrictions,
  ) {}

  /** A line that is the agent's own. */
  line(text: string): void {
    this.recorder.log(this.partId, this.masker.mask(text));
  }

  warn(message: string): void {
    this.issue("warning", message);
  }

  error(message: string): void {
    this.issue("error", message);
  }

  /** Gives test results to Azure DevOps, without secrets. */
  publish(run: TestRun): void {
    const mask = (text: string) => this.masker.mask(text);
    const results = run.results.map((result) => ({
      ...result,
      name: mask(result.name),
      ...(result.storage && { storage: mask(result.storage) }),
      ...(result.errorMessage && { errorMessage: mask(result.errorMessage) }),
      ...(result.stackTrace && { stackTrace: mask(result.stackTrace) }),
    }));
    const about = {
      title: mask(run.title),
      platform: mask(run.platform),
      configuration: mask(run.configuration),
    };
    this.recorder.published({ kind: "testResults", run: { ...run, ...about, results } });
  }

  /** Gives what tests have covered to Azure DevOps, without secrets. */
  publishCoverage(statistics: CoverageStatistic[]): void {
    const masked = statistics.map((one) => ({ ...one, label: this.masker.mask(one.label) }));
    this.recorder.published({ kind: "coverage", statistics: masked });
  }

  /** A line of a step's output: shown, unless it is a command to the agent. */
  output(text: string): void {
    const command = parseLoggingCommand(text);
    if (command === undefined) this.line(text);
    else this.obey(command, text);
  }

  private obey(command: LoggingCommand, text: string): void {
    const known = this.commands[command.name];
    if (this.restrictions?.commands === "restricted" && !allowedWhereRestricted.has(command.name)) {
      this.warn(`##vso[${command.name}] is not allowed in this step due to policy restrictions.`);
    } else if (known === undefined) {
      this.line(text);
      this.warn(`The local cloud's agent does not know the logging command ${command.name}, and does nothing for it.`);
    } else known(command);
  }

  private readonly commands: Record<string, (command: LoggingCommand) => void> = {
    "task.setvariable": ({ properties, data }) => {
      const name = properties.get("variable");
      if (name === undefined || name === "")
        return this.error("Required field 'variable' is missing in ##vso[task.setvariable] command.");
      const { settableVariables } = this.restrictions ?? {};
      if (settableVariables?.every((each) => each.toLowerCase() !== name.toLowerCase())) {
        return this.warn(`Setting variable '${name}' has been disabled by the task or build definition.`);
      }
      const secret = isTrue(properties.get("issecret"));
      if (secret) this.masker.add(data);
      if (isTrue(properties.get("isreadonly")))
        this.warn(`The local cloud's agent lets later steps change the variable ${name}: isReadOnly is not emulated.`);
      if (!isTrue(properties.get("isoutput"))) return this.variables.set(name, data, secret);
      if (this.stepName === undefined) this.warn(`Nothing can read the output variable ${name}: the step has no name.`);
      this.outputs.set(name, data);
      this.variables.set(`${this.stepName ?? ""}.${name}`, data, secret);
    },
    "task.setsecret": ({ data }) => this.masker.add(data),
    "task.logissue": ({ properties, data }) => {
      const type = properties.get("type")?.toLowerCase();
      if (type !== "error" && type !== "warning")
        return this.error(`issue type ${type ?? ""} is not an expected issue type.`);
      this.issue(type, data);
    },
    "task.complete": ({ properties, data }) => {
      const result = properties.get("result") ?? "Succeeded";
      const claimed = claims[result.toLowerCase()];
      if (claimed === undefined) return this.error(`Command doesn't have valid result value: ${result}`);
      this.claimed = claimed;
      if (data !== "" && claimed === "failed") this.error(data);
    },
    "task.prependpath": ({ data }) => {
      if (data === "") return this.error("Missing path to prepend.");
      this.prependPath(data);
    },
    "task.debug": ({ data }) => this.line(`##[debug]${data}`),
    "build.addbuildtag": ({ data }) => {
      if (data.trim() === "") return this.refuse("Build tag is required.");
      this.say({ kind: "tag", tag: this.masker.mask(data.trim()) });
    },
    "build.updatebuildnumber": ({ data }) => {
      if (data.trim() === "") return this.refuse("Build number is required.");
      this.variables.set("Build.BuildNumber", data);
      this.say({ kind: "number", number: this.masker.mask(data) });
    },
  };

  private say(what: Publication): void {
    try {
      this.recorder.published(what);
    } catch (error) {
      this.refuse(messageOf(error));
    }
  }

  /** A command that cannot be obeyed fails the step. */
  private refuse(message: string): void {
    this.error(message);
    this.claimed = "failed";
  }

  private issue(type: "error" | "warning", message: string): void {
    const masked = this.masker.mask(message);
    for (const [index, text] of masked.split(/\r?\n/).entries()) {
      this.recorder.log(this.partId, index === 0 ? `##[${type}]${text}` : text);
    }
    this.recorder.issue(this.partId, type, masked);
  }
}

/** The agent's list: the commands that have `AllowedInRestrictedMode` in microsoft/azure-pipelines-agent, src/Agent.Worker. */
const allowedWhereRestricted = new Set([
  ...["task.logdetail", "task.logissue", "task.complete", "task.setprogress", "task.setsecret", "task.setvariable"],
  ...["task.debug", "task.settaskvariable", "task.prependpath", "telemetry.publish"],
]);

const claims: Record<string, ClaimedResult> = {
  succeeded: "succeeded",
  succeededwithissues: "succeededWithIssues",
  failed: "failed",
};

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true";
}
