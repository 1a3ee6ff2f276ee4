import { join } from "node:path";
import { commandLine, run } from "../../src/common/command-line";
import { UserError } from "../../src/common/errors";
import { printable } from "../../src/common/printable";
import { readStack } from "../../src/common/read-stack";
import { environmentOf } from "../cloud/environment";
import { runCommand } from "../cloud/exec";
import { defaultDirectory, defaultPort, layoutOf, parsePort, projectRoot } from "../cloud/layout";
import { readCloudSettings, settingsFor } from "../cloud/settings";
import { cloudStatus } from "../cloud/status";
import { up } from "../cloud/up";
import { checkedOutFiles, requireInsideProject } from "../repository/checked-out";
import { enumerated } from "../repository/commit";
import { defaultBranch, pushBranch } from "../repository/push";
import { readFarSide } from "./far-side";
import { requireOwnStackSettings, stackName, writeStackSettings } from "./stack-settings";
import { summary } from "./summary";

/**
 * `npm start`: the toolchain, the local cloud, a lock of the environment from the local channel, `pulumi up` of this
 * program on the stack `local`, and a look at what exists then. Repeated, it changes nothing.
 * @returns the exit code: 0 only if everything is there.
 */
async function start(options: { directory: string; port?: number }): Promise<number> {
  const layout = layoutOf(options.directory);
  requireInsideProject(layout);
  requireOwnStackSettings(settingsFor(layout, options.port));
  say((await up(layout, options.port)) ? "The local cloud is up." : "The local cloud is up already.");
  const settings = readCloudSettings(layout);
  const status = cloudStatus(layout);
  if (settings === undefined || !status.running) throw new UserError(`the local cloud ended; see ${layout.logs}`);
  writeStackSettings(layout, settings);

  process.chdir(projectRoot);
  const env = environmentOf(layout, settings, process.env);
  const check = ["check", "conda", "--solve"];
  say(`\n$ npx job-container ${check.join(" ")}`); // which takes seconds to find this very command
  const solved = await runCommand(process.execPath, [join(projectRoot, "src/cli/job-container.js"), ...check], env);
  if (solved !== 0) return solved;
  const { paths } = await pushBranch(status, defaultBranch, checkedOutFiles(layout));
  if (paths.length > 0) say(`\nCommitted to the local repository: ${enumerated(paths)}`);
  for (const args of [
    ["stack", "select", "--create", stackName],
    ["up", "--yes", "--stack", stackName],
  ]) {
    say(`\n$ pulumi ${args.join(" ")}`);
    const code = await runCommand("pulumi", args, env);
    if (code !== 0) return code;
  }

  say(summary(await readFarSide(await readStack(stackName, { cwd: projectRoot, env }), status)));
  return 0;
}

function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}

const program = commandLine("start")
  .showHelpAfterError("See: npm start -- --help")
  .description("Bring up the local cloud and the stack `local` in it.")
  .option("--directory <path>", "where in the project's folder the local cloud keeps its state", defaultDirectory)
  .option("--port <number>", `first of its 100 ports; kept with its state (default: ${defaultPort})`, parsePort)
  .action(async (options: { directory: string; port?: number }) => {
    process.exitCode = await start(options);
  });

void run(program);
