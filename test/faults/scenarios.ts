import { type ChildProcess, execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule } from "../../local-cloud/faults/rule";
import { type Expected, limit } from "./cell";
import { differences } from "./support/snapshot";
import { type Command, type Condition, isOver, type Outcome, signal, type World } from "./support/world";

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
  { name: "the environments of two branches at once", play: twoBranches, end: "base" },
  { name: "a command beside one that has just made a definition", play: besideOneAtWork, end: "base" },
  { name: "the local cloud is restarted in an up", play: restarted, end: "base" },
  { name: "BuildKit is killed in a build", play: buildkitKilled, end: "base" },
  { name: "the registry's disk is full", play: diskFull("registries"), end: "base" },
  { name: "BuildKit's disk is full", play: diskFull("buildkit"), end: "base" },
  { name: "the disk with the stack's state is full", play: stateDiskFull, end: "base" },
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

/** What a command has made, and has not yet written down, is no orphan to those beside it. */
async function besideOneAtWork(world: World): Promise<string[]> {
  await world.require("base");
  const problems: string[] = [];
  const definitions = () => world.snapshot().filter((line) => line.startsWith("azure devops definitions "));
  const rule: FaultRule = {
    ...{ service: "azureDevOps", method: "POST", path: "_apis/build/definitions", fault: { kind: "withheld" } },
    when: { first: 1 },
  };
  const first = await interruptedBy(world, "branch up", rule, async (child) => {
    const made = definitions();
    for (const command of ["branch up", "branch destroy"] as const) {
      problems.push(...saying(await world.run(command, { limit }), /is being worked on by process \d+/));
    }
    const left = definitions();
    problems.push(...made.filter((line) => !left.includes(line)).map((line) => `they took away ${line}`));
    signal(child, "SIGKILL");
  });
  if (first.exitCode === 0) problems.push("the first was not interrupted");
  const again = await world.run("branch up", { limit });
  if (again.exitCode !== 0) problems.push(`running it again fails: ${again.output}`);
  await world.succeed("branch destroy");
  return problems;
}

async function twoBranches(world: World): Promise<string[]> {
  await world.require("base");
  const both = async (commands: Command[]) => {
    const outcomes = await Promise.all(commands.map((command) => world.run(command, { limit })));
    return outcomes.flatMap(({ exitCode, output }) => (exitCode === 0 ? [] : [`one of the two failed: ${output}`]));
  };
  const made = await both(["branch up", "other branch up"]);
  const environments = world.snapshot().filter((line) => /^stack faults-\w+\.json$/.test(line));
  const found = environments.length === 2 ? [] : [`there are ${environments.join(", ") || "none"} and not two`];
  return [...made, ...found, ...(await both(["branch destroy", "other branch destroy"]))];
}

async function restarted(world: World): Promise<string[]> {
  await world.require("nothing");
  const first = await interruptedBy(
    world,
    "up",
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
    "up",
    { service: "channel", path: "repodata", fault: { kind: "hang" } },
    async () => void process.kill(buildkit.pid, "SIGKILL"),
  );
  await world.start(); // as its status says
  return [...saying(first, /Image job-container \*\*creating failed/), ...(await doneAgain(world))];
}

/** A folder is on a file system that is smaller than what is to be written to it. */
function diskFull(folder: "registries" | "buildkit") {
  return async (world: World): Promise<string[]> => {
    await world.require("nothing");
    await world.stop();
    const path = world.layout[folder];
    mountSmall(path, "16m");
    let first: Outcome;
    try {
      await world.start();
      first = await world.run("up", { limit });
      await world.stop();
    } finally {
      execFileSync("umount", [path]);
    }
    await world.start();
    return [...saying(first, /Image job-container \*\*creating failed/), ...(await doneAgain(world))];
  };
}

/**
 * There is room for the first of the resources only. Pulumi's file backend then cuts the stack's state short, and Pulumi
 * waits without end: a person interrupts it, and puts back what there was before.
 */
async function stateDiskFull(world: World): Promise<string[]> {
  await world.require("nothing");
  const { stacks } = world.layout;
  const copy = `${stacks}.copy`;
  renameSync(stacks, copy);
  mountSmall(stacks, "64m");
  cpSync(copy, stacks, { recursive: true });
  const { bavail, bsize } = statfsSync(stacks);
  writeFileSync(join(stacks, "filling"), Buffer.alloc(bavail * bsize - 64 * 1024));
  const first = await world.run("up", { limit: 30 });
  execFileSync("umount", [stacks]);
  rmSync(stacks, { recursive: true });
  renameSync(copy, stacks);
  return [...saying(first, /no space left/), ...(await doneAgain(world))];
}

function mountSmall(path: string, size: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
}

async function stateCutShort(world: World): Promise<string[]> {
  await world.require("base");
  const file = join(world.layout.stacks, ".pulumi/stacks/job-container/faults.json");
  copyFileSync(file, `${file}.kept`);
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
  const first = await world.run("up", { limit });
  copyFileSync(`${file}.kept`, file);
  rmSync(`${file}.kept`);
  return [...saying(first, /JSON|unmarshal|deserialize|checkpoint/i), ...(await doneAgain(world))];
}

/** Runs a command, and does something while one of its requests waits for an answer. */
async function interruptedBy(
  world: World,
  command: Command,
  rule: FaultRule,
  act: (child: ChildProcess) => Promise<void>,
): Promise<Outcome> {
  const switchOf = world.faults;
  const { id } = await switchOf.add(rule);
  return world.run(command, {
    limit,
    async watch(child) {
      while (!isOver(child)) {
        if ((await switchOf.list()).some((one) => one.id === id && one.hit > 0)) {
          await act(child);
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
  const recovered = await world.run("recover group", { limit });
  const { exitCode, output } = await world.run("up", { limit });
  return exitCode === 0 ? [] : [`running it again fails: ${recovered.output.slice(-1000)}\n${output.slice(-2000)}`];
}
