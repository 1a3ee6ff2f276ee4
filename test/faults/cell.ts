import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, FaultRule } from "../../sandbox/faults/rule";
import type { Step } from "./steps";
import { differences } from "./support/snapshot";
import { type Condition, type Outcome, signal, type World } from "./support/world";

/** What happens to a step. */
export interface Trouble {
  name: string;
  fault: Fault;
  when?: FaultRule["when"];
  /** Whether the command is killed once the fault is there. */
  kill?: true;
  /** What a message about it has to say, if the command fails. */
  says: RegExp;
}

export const troubles: Trouble[] = [
  {
    name: "429 once",
    fault: { kind: "status", status: 429, retryAfter: 1 },
    when: { first: 1 },
    says: /429|throttled|too ?many/i,
  },
  { name: "500", fault: { kind: "status", status: 500 }, says: /500|unexpected error/i },
  { name: "503", fault: { kind: "status", status: 503 }, says: /503|unavailable/i },
  { name: "reset", fault: { kind: "reset" }, says: /reset|ECONNRESET|EOF|hang up|closed|fetch failed/i },
  {
    name: "hang",
    fault: { kind: "hang" },
    when: { first: 1 },
    says: /timeout|deadline|nothing came|timed out|no answer/i,
  },
  { name: "slow 3 s", fault: { kind: "slow", milliseconds: 3000 }, when: { first: 2 }, says: /./ },
  {
    name: "truncated",
    fault: { kind: "truncate" },
    when: { first: 1 },
    says: /EOF|JSON|unexpected end|aborted|terminated|reset|hang up|closed/i,
  },
  {
    name: "answer lost",
    fault: { kind: "lost" },
    when: { first: 1 },
    says: /reset|ECONNRESET|EOF|hang up|closed|exist|taken|duplicate/i,
  },
  { name: "killed before", fault: { kind: "hang" }, kill: true, says: /./ },
  { name: "killed after", fault: { kind: "withheld" }, kill: true, says: /./ },
];

/** Seconds after which a command has to have ended, unless a service never answers. */
export const limit = 240;

/** Seconds after which somebody interrupts a command that waits for an answer. Pulumi's providers wait for ever. */
const patience = 60;

export interface Result {
  /** For the table, in a few words. */
  summary: string;
  /** What is not as promised. None if all is well. */
  problems: string[];
  seconds: number;
  output: string;
}

/** What there is in an undisturbed run, in each condition. */
export type Expected = Record<Condition, string[]>;

/** Takes the undisturbed states of a new world. */
export async function undisturbed(world: World): Promise<Expected> {
  const nothing = world.snapshot();
  await world.succeed("up");
  const base = world.snapshot();
  await world.succeed("branch up");
  const branch = world.snapshot();
  await world.succeed("branch destroy");
  const problems = differences(base, world.snapshot());
  if (problems.length > 0) throw new Error(`destroying a branch's environment left:\n${problems.join("\n")}`);
  return { nothing, base, branch };
}

/** Lets a step meet a trouble, and the same command run again without it. */
export async function run(world: World, expected: Expected, step: Step, trouble: Trouble): Promise<Result> {
  const began = Date.now();
  const problems: string[] = [];
  await world.require(step.from);
  if (step.edit) world.edit();
  const { id } = await world.faults.add({ ...step.request, fault: trouble.fault, when: trouble.when });
  const hits = async () => (await world.faults.list()).find((rule) => rule.id === id)?.hit ?? 0;

  const hangs = trouble.fault.kind === "hang" && !trouble.kill;
  const first = await world.run(step.command, {
    limit: hangs ? patience : limit,
    watch: trouble.kill && ((child) => killWhen(child, hits)),
  });
  const hit = (await hits()) > 0;
  await world.faults.clear();
  if (!hit) problems.push("the command never made this request");
  if (first.interrupted && !hangs) problems.push(`it did not end within ${limit} s`);
  if (first.interrupted && first.exitCode === undefined) problems.push("Ctrl-C, twice, did not end it");
  const failed = first.exitCode !== 0;
  if (failed && !trouble.kill && !first.interrupted) {
    if (!step.names.test(first.output)) problems.push(`no message names ${step.names}`);
    if (!trouble.says.test(first.output)) problems.push(`no message says ${trouble.says}`);
  }

  const outcomes = [first];
  const end = first.interrupted ? "hangs, Ctrl-C" : trouble.kill ? "killed" : "fails";
  let how = failed ? `${end}, again: done` : "done";
  if (failed) {
    outcomes.push(await world.run(step.command, { limit }));
    if (outcomes.at(-1)?.exitCode !== 0 && !step.command.startsWith("branch")) {
      outcomes.push(await world.run("recover", { limit }), await world.run(step.command, { limit }));
      how = `${end}, recover: done`;
    }
    if (outcomes.at(-1)?.exitCode !== 0) problems.push("running it again without the fault fails");
  }
  problems.push(...differences(expected[after(step)], world.snapshot()));
  return {
    summary: problems.length > 0 ? "BROKEN" : `${how} (${first.seconds} s)`,
    problems,
    seconds: Math.round((Date.now() - began) / 1000),
    output: outcomes.map(printed).join("\n"),
  };
}

function after({ command, from }: Step): Condition {
  switch (command) {
    case "up":
    case "branch destroy":
      return "base";
    case "branch up":
      return "branch";
    case "destroy":
      return "nothing";
    default:
      return from;
  }
}

async function killWhen(child: ChildProcess, hits: () => Promise<number>): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await hits()) > 0) {
      await sleep(300); // for what was begun to be written down, and done
      signal(child, "SIGKILL");
      return;
    }
    await sleep(50);
  }
}

function printed({ exitCode, seconds, output }: Outcome): string {
  return `${output}\n--- ended with ${exitCode ?? "a signal"} after ${seconds} s\n`;
}
