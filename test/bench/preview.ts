import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { layoutOf } from "../../local-cloud/cloud/layout";
import { reset } from "../../local-cloud/cloud/stop";
import { up } from "../../local-cloud/cloud/up";
import { version } from "../../plugin/package.json";
import { Program } from "../support/program";
import { projectRepository, projectRoot } from "../support/repository";
import { atMost, type Goal, shown } from "./goal";
import { mediansOf, printMedians } from "./medians";
import { Peer } from "./peer";

/** Base port of the local cloud that it starts for itself. */
const port = 9880;

/**
 * How long `pulumi preview` of the whole stack takes in a local cloud, against an empty JavaScript program on the same
 * engine, and against this same program run the default way: type-checked by ts-node, with whole-package imports.
 *
 * ts-node keeps what it has compiled, and checks no types when it finds it again: an unchanged program on the same
 * machine. The default way is measured without that, as it is after a change and in every pull request's pipeline, and
 * so is this program beside it.
 *
 * Those that are compared take turns, and no others between them: after the 8 seconds of the default way, files of a
 * program that was measured before are to be read again, and more of them the more it has.
 */
export async function benchPreview(): Promise<Goal[]> {
  const cloud = mkdtempSync(join(tmpdir(), "bench-"));
  await up(layoutOf(cloud), { repository: projectRepository, port: port, languages: true });
  const program = await Program.create({ cloud, stack: "bench" });
  const changed = Program.open({ cloud, stack: "bench", environment: { NODE_DISABLE_COMPILE_CACHE: "1" } });
  const defaultWay = Program.open({ cloud, stack: "bench", environment: { TS_NODE_CACHE: "false" } });
  const defaultWayCached = Program.open({ cloud, stack: "bench" });
  const empty = Program.open({ cloud, stack: "empty" });
  const yaml = await Program.create({
    cloud,
    stack: "yaml",
    project: { folder: "examples/yaml-program", name: "yaml-program" },
    settings: { "yaml-program:registry": { kind: "new", name: "benchyaml" } },
  });
  installPlugin(cloud, yaml);
  const programs = { program, changed, defaultWay, defaultWayCached, empty, yaml };
  try {
    runTheDefaultWay(defaultWay);
    runTheDefaultWay(defaultWayCached);
    makeEmpty(empty);
    await empty.succeed("stack", "init", "empty");
    await program.succeed("up", "--yes", "--stack", "bench");
    const preview = (which: Program) => () => which.succeed("preview", "--stack", which.stack);
    const peer = await Peer.make(cloud);
    const turns = {
      toEmpty: await mediansOf({ empty: preview(empty), program: preview(program) }),
      toYaml: await mediansOf({ program: preview(program), yaml: preview(yaml) }),
      toDefaultWay: await mediansOf({
        changed: preview(changed),
        defaultWay: preview(defaultWay),
        defaultWayCached: preview(defaultWayCached),
      }),
      peer: peer && (await mediansOf({ plan: () => peer.plan() })).plan,
    };
    peer?.remove();
    return report(turns);
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

/** Installs the component package as a tarball of it is, instead of from its sources: those take Pulumi a second longer. */
function installPlugin(cloud: string, { projectFolder }: Program): void {
  const folder = join(layoutOf(cloud).pulumiHome, "plugins", `resource-mlops-v${version}`);
  execFileSync(process.execPath, [join(projectRoot, "plugin/build.js"), folder]);
  const file = join(projectFolder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace(/^packages:\n.*\n/m, ""));
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

/** Medians in seconds, by the programs that have taken turns. */
interface Turns {
  toEmpty: Record<"empty" | "program", number>;
  toYaml: Record<"program" | "yaml", number>;
  toDefaultWay: Record<"changed" | "defaultWay" | "defaultWayCached", number>;
  /** Alone. Undefined where there is none. */
  peer: number | undefined;
}

function report({ toEmpty, toYaml, toDefaultWay, peer }: Turns): Goal[] {
  const { empty, program } = toEmpty;
  const { changed, defaultWay, defaultWayCached } = toDefaultWay;
  const ratio = program / empty;
  const toOurs = toYaml.yaml / toYaml.program;
  const faster = (defaultWay / changed).toFixed(2);
  printMedians("pulumi preview", [
    ["an empty JavaScript program", empty, ""],
    ["this program", program, `${ratio.toFixed(2)} × the empty one (target: at most 1.75 ×)`],
    ["this program, nothing cached", changed, ""],
    [
      "the default way, types checked",
      defaultWay,
      `this program is ${faster} × faster, nothing cached in either (target: at least 3 ×)`,
    ],
    ["the default way, found in ts-node's cache", defaultWayCached, "no types are checked"],
    [
      "the same by a program in YAML, nothing up",
      toYaml.yaml,
      `${toOurs.toFixed(2)} × this program (target: at most 2 ×)`,
    ],
  ]);
  return [
    atMost("pulumi preview, nothing to do, against an empty program", ratio, 1.75, "×"),
    atMost("pulumi preview of a program in YAML, against this one", toOurs, 2, "×"),
    shown("the same in seconds", `${program.toFixed(2)} s`),
    shown(
      "OpenTofu's plan of the Azure DevOps resources alone",
      peer === undefined ? "not built" : `${peer.toFixed(2)} s`,
    ),
  ];
}
