import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { layoutOf } from "../../sandbox/layout";
import { reset } from "../../sandbox/stop";
import { up } from "../../sandbox/up";
import { exitWithError } from "../../toolchain/errors";
import { Program } from "../support/program";

/** How often each program is previewed. A round before these warms up and does not count. */
const rounds = 7;

/** Base port of the local cloud that it starts for itself. */
const port = 9880;

/**
 * How long `pulumi preview` of the whole stack takes in a local cloud, against an empty JavaScript program on the same
 * engine, and against this same program run the default way: type-checked by ts-node, with whole-package imports. They
 * take turns, so that whatever else the machine does meets all of them: what counts is the ratio of the medians.
 *
 * ts-node keeps what it has compiled, and checks no types when it finds it again: an unchanged program on the same
 * machine. The default way is measured without that, as it is after a change and in every pull request's pipeline, and
 * so is this program beside it.
 */
async function bench(): Promise<void> {
  const cloud = mkdtempSync(join(tmpdir(), "bench-"));
  await up(layoutOf(cloud), port);
  const program = await Program.create({ cloud, stack: "bench" });
  const changed = Program.open({ cloud, stack: "bench", environment: { NODE_DISABLE_COMPILE_CACHE: "1" } });
  const defaultWay = Program.open({ cloud, stack: "bench", environment: { TS_NODE_CACHE: "false" } });
  const defaultWayCached = Program.open({ cloud, stack: "bench" });
  const empty = Program.open({ cloud, stack: "empty" });
  const programs = { program, changed, defaultWay, defaultWayCached, empty };
  try {
    runTheDefaultWay(defaultWay);
    runTheDefaultWay(defaultWayCached);
    makeEmpty(empty);
    await empty.succeed("stack", "init", "empty");
    await program.succeed("up", "--yes", "--stack", "bench");
    report(await mediansOf(programs));
  } finally {
    await reset(layoutOf(cloud));
    for (const { directory } of Object.values(programs)) rmSync(directory, { recursive: true });
  }
}

/** Undoes what this program does for its speed: transpiling only, and importing azure-native by its parts. */
function runTheDefaultWay({ directory }: Program): void {
  const project = parse(readFileSync(join(directory, "Pulumi.yaml"), "utf8"));
  writeFileSync(join(directory, "Pulumi.yaml"), stringify({ ...project, runtime: "nodejs" }));
  for (const file of ["index.ts", ...readdirSync(join(directory, "components")).map((name) => `components/${name}`)]) {
    const text = readFileSync(join(directory, file), "utf8");
    const whole = text.replaceAll(
      /^import \* as (\w+) from "@pulumi\/azure-native\/\w+";$/gm,
      'import { $1 } from "@pulumi/azure-native";',
    );
    writeFileSync(join(directory, file), whole);
  }
}

/** Replaces the program by an empty one in JavaScript, without the TypeScript compiler that is loaded by default. */
function makeEmpty({ directory, stack }: Program): void {
  writeFileSync(
    join(directory, "Pulumi.yaml"),
    stringify({ name: "empty", runtime: { name: "nodejs", options: { typescript: false } }, main: "empty.js" }),
  );
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), "");
  writeFileSync(join(directory, "empty.js"), "");
}

/** The median time of each program's previews, in seconds. */
async function mediansOf<Name extends string>(programs: Record<Name, Program>): Promise<Record<Name, number>> {
  const names = Object.keys(programs) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const began = performance.now();
      await programs[name].succeed("preview", "--stack", programs[name].stack);
      if (round > 0) times.get(name)?.push((performance.now() - began) / 1000);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<Name, number>;
}

function report(medians: Record<"program" | "changed" | "defaultWay" | "defaultWayCached" | "empty", number>): void {
  const { program, changed, defaultWay, defaultWayCached, empty } = medians;
  const row = (name: string, seconds: number, note: string) => `  ${name.padEnd(42)}${seconds.toFixed(2)} s  ${note}`;
  process.stdout.write(
    [
      `pulumi preview, medians of ${rounds} runs each`,
      row("an empty JavaScript program", empty, ""),
      row("this program", program, `${(program / empty).toFixed(2)} × the empty one (target: at most 2.5 ×)`),
      row("this program, nothing cached", changed, ""),
      row(
        "the default way, types checked",
        defaultWay,
        `this program is ${(defaultWay / changed).toFixed(2)} × faster, nothing cached in either (target: at least 3 ×)`,
      ),
      row("the default way, found in ts-node's cache", defaultWayCached, "no types are checked"),
      "",
    ].join("\n"),
  );
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

bench().catch(exitWithError);
