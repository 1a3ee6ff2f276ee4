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
 * engine, and against this same program run the default way: type-checked by ts-node, with whole-package imports. The
 * three take turns, so that whatever else the machine does meets all of them: what counts is the ratio of the medians.
 */
async function bench(): Promise<void> {
  const cloud = mkdtempSync(join(tmpdir(), "bench-"));
  await up(layoutOf(cloud), port);
  const program = await Program.create({ cloud, stack: "bench" });
  const defaultWay = Program.open({ cloud, stack: "bench" });
  const empty = Program.open({ cloud, stack: "empty" });
  try {
    runTheDefaultWay(defaultWay);
    makeEmpty(empty);
    await empty.succeed("stack", "init", "empty");
    await program.succeed("up", "--yes", "--stack", "bench");
    report(await timesOf([program, defaultWay, empty]));
  } finally {
    await reset(layoutOf(cloud));
    for (const { directory } of [program, defaultWay, empty]) rmSync(directory, { recursive: true });
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

/** Replaces the program by an empty one in JavaScript. */
function makeEmpty({ directory, stack }: Program): void {
  writeFileSync(join(directory, "Pulumi.yaml"), stringify({ name: "empty", runtime: "nodejs", main: "empty.js" }));
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), "");
  writeFileSync(join(directory, "empty.js"), "");
}

/** The times of each program's previews, in seconds. */
async function timesOf(programs: Program[]): Promise<number[][]> {
  const times: number[][] = programs.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, program] of programs.entries()) {
      const began = performance.now();
      await program.succeed("preview", "--stack", program.stack);
      if (round > 0) times[index]?.push((performance.now() - began) / 1000);
    }
  }
  return times;
}

function report(times: number[][]): void {
  const [program = Number.NaN, defaultWay = Number.NaN, empty = Number.NaN] = times.map(median);
  const against = program / empty;
  const faster = defaultWay / program;
  process.stdout.write(
    [
      `pulumi preview, medians of ${rounds} runs each`,
      `  this program                    ${program.toFixed(2)} s`,
      `  an empty JavaScript program     ${empty.toFixed(2)} s: this one takes ${against.toFixed(2)} × (target: at most 2.5 ×)`,
      `  this program, the default way   ${defaultWay.toFixed(2)} s: this one is ${faster.toFixed(2)} × faster (target: at least 3 ×)`,
      "",
    ].join("\n"),
  );
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

bench().catch(exitWithError);
