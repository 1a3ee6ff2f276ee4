import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { type Result, run, undisturbed } from "./cell";
import { playScenario, scenarios } from "./scenarios";
import { steps } from "./steps";
import { World } from "./support/world";
import { troubles } from "./troubles";

interface Options {
  step: RegExp;
  fault: RegExp;
  worlds: number;
  output?: string;
}

new Command("npm run test:faults")
  .description("Runs the lifecycle under each fault at each step, and prints a table.")
  .option("--step <pattern>", "only these steps", (text) => new RegExp(text), /^/)
  .option("--fault <pattern>", "only these faults", (text) => new RegExp(text), /^/)
  .option("--worlds <number>", "local clouds at once", Number, 2)
  .option("--output <folder>", "where what commands printed is kept")
  .action(async (options: Options) => {
    process.exitCode = await matrix(options);
  })
  .parseAsync()
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });

async function matrix({ step: wantedStep, fault: wantedFault, worlds, output }: Options): Promise<number> {
  const cells = steps
    .filter(({ command, name }) => wantedStep.test(`${command}: ${name}`))
    .flatMap((step) => troubles.filter(({ name }) => wantedFault.test(name)).map((trouble) => ({ step, trouble })));
  const plays = scenarios.filter(({ name }) => wantedStep.test(name));
  const results = new Map<string, Result>();
  const played = new Map<string, string>();
  if (output) mkdirSync(output, { recursive: true });

  /** One that begins with what is there, if there is one: so that it need not be made first. */
  function next(world: World): (typeof cells)[number] | undefined {
    const condition = world.condition;
    const at = cells.findIndex(({ step }) => step.from === condition);
    return cells.splice(Math.max(at, 0), 1)[0];
  }

  async function work(): Promise<void> {
    const world = new World();
    try {
      await world.start();
      const expected = await undisturbed(world);
      for (let cell = next(world); cell !== undefined; cell = next(world)) {
        const { step, trouble } = cell;
        const key = `${step.command}: ${step.name} × ${trouble.name}`;
        const result = await run(world, expected, step, trouble).catch(
          (error: Error): Result => ({
            end: "BROKEN",
            problems: [error.message],
            seconds: 0,
            output: error.message,
          }),
        );
        results.set(key, result);
        process.stdout.write(`${key}: ${result.end} (${result.seconds} s)\n`);
        for (const problem of result.problems) process.stdout.write(`    ${problem}\n`);
        if (output) writeFileSync(join(output, `${key.replace(/[^\w]+/g, "-")}.txt`), result.output);
        if (result.problems.length > 0) await world.restart();
      }
      for (let scenario = plays.shift(); scenario !== undefined; scenario = plays.shift()) {
        const problems = await playScenario(world, expected, scenario).catch((error: Error) => [error.message]);
        played.set(scenario.name, problems.length === 0 ? "done" : "BROKEN");
        process.stdout.write(`${scenario.name}: ${problems.length === 0 ? "done" : "BROKEN"}\n`);
        for (const problem of problems) process.stdout.write(`    ${problem}\n`);
        if (problems.length > 0) await world.restart();
      }
    } finally {
      await world.remove();
    }
  }
  await Promise.all(Array.from({ length: worlds }, work));

  process.stdout.write(`\n${table(results)}\n\n`);
  for (const [name, end] of played) process.stdout.write(`${name}: ${end}\n`);
  const ends = [...[...results.values()].map(({ end }) => end), ...played.values()];
  const broken = ends.filter((end) => end === "BROKEN").length;
  process.stdout.write(`\n${ends.length} cells, ${broken} broken.\n`);
  return broken === 0 ? 0 : 1;
}

/** The results as a Markdown table: a row for each step, a column for each fault. */
function table(results: Map<string, Result>): string {
  const used = troubles.filter(({ name }) => [...results.keys()].some((key) => key.endsWith(` × ${name}`)));
  const rows = steps.flatMap(({ command, name }) => {
    const cells = used.map((trouble) => results.get(`${command}: ${name} × ${trouble.name}`)?.end ?? "");
    return cells.every((cell) => cell === "") ? [] : [[`${command}: ${name}`, ...cells]];
  });
  const head = ["step", ...used.map(({ name }) => name)];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
