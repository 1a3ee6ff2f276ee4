import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { reset } from "../../local-cloud/cloud/stop";
import { up } from "../../local-cloud/cloud/up";
import { deleteBranch, pushBranch } from "../integration/support/branches";
import { azureDevOps, repositoriesOf } from "../integration/support/far-side";
import { directoryVariable, localCloud } from "../integration/support/local-cloud";
import { Program } from "../support/program";
import { projectRepository } from "../support/repository";
import { atMost, type Goal } from "./goal";
import { median, printTimes, secondsOf } from "./medians";

/** Base port of the local cloud that it starts for itself. */
const port = 9880;

/** How many environments there are in the end, and how many of the first and of the last are compared. Those between are made at once. */
const all = 30;
const compared = 10;

/** How many are destroyed by themselves while all of the others are there, and how many when no others are. */
const destroyed = 3;

/**
 * How long it takes to make the environment of a branch, to list them and to destroy one, while they grow to 30: making
 * and destroying one is to take the same time, however many others there are. Ends with a sweep, after which nothing of
 * them is to be left.
 */
export async function benchEnvironments(): Promise<Goal[]> {
  const cloud = mkdtempSync(join(tmpdir(), "bench-"));
  process.env[directoryVariable] = cloud;
  await up(layoutOf(cloud), { repository: projectRepository, port: port });
  const program = await Program.create({ cloud, stack: "bench", packages: "own" });
  try {
    await program.succeed("up", "--yes", "--stack", program.stack);
    const before = await whatThereIs(program);
    const times = await measure(program);
    const after = await whatThereIs(program);
    if (after !== before) throw new Error(`before the environments there was ${before}\nand afterwards ${after}`);
    return report(times);
  } finally {
    await reset(layoutOf(cloud));
    rmSync(program.directory, { recursive: true });
  }
}

/** What an environment could leave behind. */
async function whatThereIs(program: Program): Promise<string> {
  const stacks: { name: string }[] = JSON.parse(await program.succeed("stack", "ls", "--json"));
  const builds = await azureDevOps().getBuildApi();
  const definitions = await builds.getDefinitions(localCloud().azureDevOps.project);
  const { registry } = await program.outputs();
  return JSON.stringify({
    stacks: stacks.map(({ name }) => name),
    definitions: definitions.map(({ name, path }) => `${path}${name}`),
    repositories: await repositoriesOf(registry.loginServer),
  });
}

interface Times {
  /** One after the other: the first and the last. */
  ups: number[];
  /** All of those between, at once. */
  upsAtOnce: number;
  listOfFirst: number;
  listOfAll: number;
  /** While all the others are there. */
  destroyOfAll: number[];
  /** While no others are there. */
  destroyOfLast: number[];
  /** For each of those that are swept. */
  sweep: number;
}

async function measure(program: Program): Promise<Times> {
  const branches = Array.from({ length: all }, (_, index) => `feature/topic-${index + 1}`);
  const env = (...args: string[]) =>
    secondsOf(async () => {
      const { exitCode, output } = await program.jobContainer(["env", ...args]);
      if (exitCode !== 0) throw new Error(`npx job-container env ${args.join(" ")} ended with ${exitCode}:\n${output}`);
    });
  const make = async (branch: string) => {
    await pushBranch(program.directory, branch);
    return env("up", "--branch", branch);
  };
  const destroy = (branch: string) => env("destroy", "--branch", branch);

  const first = await inTurn(branches.slice(0, compared), make);
  const listOfFirst = await env("list");
  const between = branches.slice(compared, -compared);
  for (const branch of between) await pushBranch(program.directory, branch);
  const upsAtOnce = await secondsOf(() => Promise.all(between.map((branch) => env("up", "--branch", branch))));
  const ups = [...first, ...(await inTurn(branches.slice(-compared), make))];
  const listOfAll = await env("list");
  const destroyOfAll = await inTurn(branches.slice(0, destroyed), destroy);
  const swept = branches.slice(destroyed, -destroyed);
  for (const branch of swept) await deleteBranch(branch);
  const sweep = (await env("sweep", "--limit", "99")) / swept.length;
  const destroyOfLast = await inTurn(branches.slice(-destroyed), destroy);
  return { ups, upsAtOnce, listOfFirst, listOfAll, destroyOfAll, destroyOfLast, sweep };
}

async function inTurn(branches: string[], measured: (branch: string) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (const branch of branches) times.push(await measured(branch));
  return times;
}

function report({ ups, upsAtOnce, listOfFirst, listOfAll, destroyOfAll, destroyOfLast, sweep }: Times): Goal[] {
  const [first, last] = [median(ups.slice(0, compared)), median(ups.slice(-compared))];
  const [many, few] = [median(destroyOfAll), median(destroyOfLast)];
  const ratio = (a: number, b: number, of: string) => `${(a / b).toFixed(2)} × ${of}`;
  printTimes(`npx job-container env, ${all} environments of branches`, [
    [`up, median of the first ${compared}`, first, "(target: at most 18 s)"],
    [`up, median of the last ${compared}`, last, `${ratio(last, first, "the first")} (target: the same time)`],
    [`up, ${all - 2 * compared} at once`, upsAtOnce, "(target: at most 60 s)"],
    [`destroy, the last ${destroyed} that there are`, few, ""],
    [`destroy, with ${all} there`, many, `${ratio(many, few, "with the last")} (target: the same time)`],
    ["sweep, for each that is destroyed", sweep, ""],
    [`list of ${compared}`, listOfFirst, ""],
    [
      `list of ${all}`,
      listOfAll,
      `${ratio(listOfAll, listOfFirst, `that of ${compared}`)}, for ${all / compared} × as many (target: at most 8 s)`,
    ],
  ]);
  return [
    atMost(`env list of ${all}`, listOfAll, 8, "s"),
    atMost("env up of one branch", first, 18, "s"),
    atMost(`env up of ${all - 2 * compared} branches at once`, upsAtOnce, 60, "s"),
  ];
}
