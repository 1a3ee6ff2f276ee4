import { execFileSync } from "node:child_process";
import { Command } from "commander";
import { environmentOf } from "../sandbox/environment";
import { runCommand } from "../sandbox/exec";
import { defaultDirectory, defaultPort, layoutOf, parsePort, projectRoot } from "../sandbox/layout";
import { readSettings, settingsFor } from "../sandbox/settings";
import { requireOwnStackSettings, stackName, writeStackSettings } from "../sandbox/stack-settings";
import { statusOf } from "../sandbox/status";
import { up } from "../sandbox/up";
import { exitWithError, UserError } from "../toolchain/errors";
import { readFarSide, stackOutputs } from "./far-side";
import { summary } from "./summary";

/**
 * `npm start`: the toolchain, the local cloud, a lock of the environment from the local channel, `pulumi up` of this
 * program on the stack `sandbox`, and a look at what exists then. Repeated, it changes nothing.
 * @returns the exit code: 0 only if everything is there.
 */
async function start(options: { directory: string; port?: number }): Promise<number> {
  const layout = layoutOf(options.directory);
  requireOwnStackSettings(settingsFor(layout, options.port));
  say((await up(layout, options.port)) ? "The local cloud is up." : "The local cloud is up already.");
  const settings = readSettings(layout);
  const status = statusOf(layout);
  if (settings === undefined || !status.running) throw new UserError(`the local cloud ended; see ${layout.logs}`);
  writeStackSettings(layout, settings);

  process.chdir(projectRoot);
  const env = environmentOf(layout, settings, process.env);
  for (const [program, ...args] of [
    ["npm", "run", "--silent", "check:env", "--", "--solve"],
    ["pulumi", "stack", "select", "--create", stackName],
    ["pulumi", "up", "--yes", "--stack", stackName],
  ] as const) {
    say(`\n$ ${[program, ...args].join(" ")}`);
    const code = await runCommand(program, args, env);
    if (code !== 0) return code;
  }

  const outputs = execFileSync("pulumi", ["stack", "output", "--json", "--stack", stackName], {
    env,
    encoding: "utf8",
  });
  say(summary(await readFarSide(stackOutputs.parse(JSON.parse(outputs)), status)));
  return 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

new Command("start")
  .description("Bring up the local cloud and the stack `sandbox` in it.")
  .option("--directory <path>", "where the local cloud keeps its state", defaultDirectory)
  .option("--port <number>", `first of its 100 ports; kept with its state (default: ${defaultPort})`, parsePort)
  .action(async (options: { directory: string; port?: number }) => {
    process.exitCode = await start(options);
  })
  .parseAsync()
  .catch(exitWithError);
