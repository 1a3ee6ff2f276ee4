import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Step } from "./steps";
import { differences } from "./support/snapshot";
import { type Condition, isOver, type Outcome, signal, type World } from "./support/world";
import type { Trouble } from "./troubles";

/** Seconds after which a command has to have ended, if nobody ends it. */
export const limit = 240;

/**
 * How it ended: the command did its work all the same (`done`), or the same command did when it was run `again`, or only
 * after `npx job-container recover`. Each time there was in the end what there is in an undisturbed run, and nothing else.
 */
type End = "done" | "again" | "recover" | "BROKEN";

export interface Result {
  end: End;
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

  const first = await world.run(step.command, { limit, watch: (child) => endWhenHit(child, trouble.ended, hits) });
  const hit = (await hits()) > 0;
  await world.faults.clear();
  if (!hit) problems.push("the command never made this request");
  if (first.overdue) problems.push(`it did not end within ${limit} s`);
  const failed = first.exitCode !== 0;
  if (failed && trouble.ended === undefined) {
    if (!step.names.test(first.output)) problems.push(`no message names ${step.names}`);
    if (!trouble.says.test(first.output)) problems.push(`no message says ${trouble.says}`);
  }

  const outcomes = [first];
  let end: End = failed ? "again" : "done";
  if (failed) {
    const again = await world.run(step.command, { limit });
    outcomes.push(again);
    const isInDoubt = again.exitCode !== 0 || /\d pending operation/.test(again.output);
    if (isInDoubt && !step.command.startsWith("branch")) {
      const recovered = await world.run("recover", { limit });
      outcomes.push(recovered);
      // It says what only a person can know.
      if (step.names.test("ResourceGroup") && /--resource-group/.test(recovered.output)) {
        outcomes.push(await world.run("recover group", { limit }));
      }
      outcomes.push(await world.run(step.command, { limit }));
      end = "recover";
    }
    if (outcomes.at(-1)?.exitCode !== 0) problems.push("running it again without the fault fails");
  }
  problems.push(...differences(expected[after(step)], world.snapshot()));
  return {
    end: problems.length > 0 ? "BROKEN" : end,
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

async function endWhenHit(child: ChildProcess, ended: Trouble["ended"], hits: () => Promise<number>): Promise<void> {
  while (ended && !isOver(child) && (await hits()) === 0) await sleep(50);
  for (const { after, signal: name } of ended ?? []) {
    for (let waited = 0; waited < after && !isOver(child); waited += 0.1) await sleep(100);
    if (!isOver(child)) signal(child, name);
  }
}

function printed({ exitCode, seconds, output }: Outcome): string {
  return `${output}\n--- ended with ${exitCode ?? "a signal"} after ${seconds} s\n`;
}
