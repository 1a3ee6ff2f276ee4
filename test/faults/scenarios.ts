import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule } from "../../sandbox/faults/rule";
import { type Expected, limit } from "./cell";
import { differences } from "./support/snapshot";
import { type Condition, isOver, type Outcome, type World } from "./support/world";

/** A trouble that is no answer of a service. */
export interface Scenario {
  name: string;
  /** Makes it, and makes good what a person would make good. Returns what is not as promised. */
  play: (world: World) => Promise<string[]>;
  /** What there has to be in the end. */
  end: Condition;
}

export const scenarios: Scenario[] = [
  { name: "two ups of one stack at once", play: twoUps, end: "base" },
  { name: "the local cloud is restarted in an up", play: restarted, end: "base" },
  { name: "BuildKit is killed in a build", play: buildkitKilled, end: "base" },
  { name: "the registry's disk is full", play: diskFull, end: "base" },
  { name: "the stack's state file is cut short", play: stateCutShort, end: "base" },
];

export async function playScenario(world: World, expected: Expected, { play, end }: Scenario): Promise<string[]> {
  const problems = await play(world);
  return [...problems, ...differences(expected[end], world.snapshot())];
}

async function twoUps(world: World): Promise<string[]> {
  await world.require("nothing");
  const both = await Promise.all([world.run("up", { limit }), world.run("up", { limit })]);
  const failed = both.filter(({ exitCode }) => exitCode !== 0);
  if (failed.length !== 1) return [`${failed.length} of the two failed`];
  return failed.flatMap((outcome) => saying(outcome, /currently locked by/));
}

async function restarted(world: World): Promise<string[]> {
  await world.require("nothing");
  const first = await interruptedBy(
    world,
    { service: "azureDevOps", method: "POST", path: "_apis/build/definitions", fault: { kind: "hang" } },
    async () => {
      await world.stop();
      await world.start();
    },
  );
  return [...saying(first, /BuildDefinition.*failed/), ...(await doneAgain(world))];
}

async function buildkitKilled(world: World): Promise<string[]> {
  await world.require("nothing");
  const buildkit = world.cloud.processes.find(({ name }) => name === "buildkitd");
  if (buildkit === undefined) return ["there is no BuildKit"];
  const first = await interruptedBy(
    world,
    { service: "channel", path: "repodata", fault: { kind: "hang" } },
    async () => void process.kill(buildkit.pid, "SIGKILL"),
  );
  await world.start(); // as its status says
  return [...saying(first, /Image job-container \*\*creating failed/), ...(await doneAgain(world))];
}

/** The layers are bigger than the file system that the registries are on. */
async function diskFull(world: World): Promise<string[]> {
  await world.require("nothing");
  const { registries } = world.layout;
  mkdirSync(registries, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", registries]);
  let first: Outcome;
  try {
    first = await world.run("up", { limit });
    await world.stop();
  } finally {
    execFileSync("umount", [registries]);
  }
  await world.start();
  return [...saying(first, /Image job-container \*\*creating failed/), ...(await doneAgain(world))];
}

async function stateCutShort(world: World): Promise<string[]> {
  await world.require("base");
  const file = join(world.layout.stacks, ".pulumi/stacks/job-container/faults.json");
  copyFileSync(file, `${file}.kept`);
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
  const first = await world.run("up", { limit });
  copyFileSync(`${file}.kept`, file);
  execFileSync("rm", [`${file}.kept`]);
  return [...saying(first, /JSON|unmarshal|deserialize|checkpoint/i), ...(await doneAgain(world))];
}

/** Runs `up`, and does something while one of its requests waits for an answer. */
async function interruptedBy(world: World, rule: FaultRule, act: () => Promise<void>): Promise<Outcome> {
  const switchOf = world.faults;
  const { id } = await switchOf.add(rule);
  return world.run("up", {
    limit,
    async watch(child) {
      while (!isOver(child)) {
        if ((await switchOf.list()).some((one) => one.id === id && one.hit > 0)) {
          await act();
          await switchOf.clear();
          return;
        }
        await sleep(50);
      }
    },
  });
}

function saying({ exitCode, output }: Outcome, pattern: RegExp): string[] {
  if (exitCode === 0) return ["it did not fail"];
  return pattern.test(output) ? [] : [`no message says ${pattern}: ${output.slice(-2000)}`];
}

/** Runs `up` again, and once more after `recover` if that fails. */
async function doneAgain(world: World): Promise<string[]> {
  if ((await world.run("up", { limit })).exitCode === 0) return [];
  const recovered = await world.run("recover", { limit });
  const { exitCode, output } = await world.run("up", { limit });
  return exitCode === 0 ? [] : [`running it again fails: ${recovered.output.slice(-1000)}\n${output.slice(-2000)}`];
}
