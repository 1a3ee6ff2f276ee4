import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { Command } from "commander";
import { environmentOf } from "../sandbox/environment";
import { runCommand } from "../sandbox/exec";
import { defaultDirectory, defaultPort, type Layout, layoutOf, parsePort, projectRoot } from "../sandbox/layout";
import { seedFiles } from "../sandbox/seed";
import { readSettings, settingsFor } from "../sandbox/settings";
import { requireOwnStackSettings, stackName, writeStackSettings } from "../sandbox/stack-settings";
import { type Running, statusOf } from "../sandbox/status";
import { up } from "../sandbox/up";
import { exitWithError, UserError } from "../toolchain/errors";
import { commitFiles, enumerated } from "./commit";
import { readFarSide } from "./far-side";
import { readStack } from "./pipeline/stack";
import { summary } from "./summary";

/**
 * `npm start`: the toolchain, the local cloud, a lock of the environment from the local channel, `pulumi up` of this
 * program on the stack `sandbox`, and a look at what exists then. Repeated, it changes nothing.
 * @returns the exit code: 0 only if everything is there.
 */
async function start(options: { directory: string; port?: number }): Promise<number> {
  const layout = layoutOf(options.directory);
  requireInsideProject(layout);
  requireOwnStackSettings(settingsFor(layout, options.port));
  say((await up(layout, options.port)) ? "The local cloud is up." : "The local cloud is up already.");
  const settings = readSettings(layout);
  const status = statusOf(layout);
  if (settings === undefined || !status.running) throw new UserError(`the local cloud ended; see ${layout.logs}`);
  writeStackSettings(layout, settings);

  process.chdir(projectRoot);
  const env = environmentOf(layout, settings, process.env);
  const run = (program: string, ...args: string[]) => {
    say(`\n$ ${[program, ...args].join(" ")}`);
    return runCommand(program, args, env);
  };
  const solved = await run("npm", "run", "--silent", "check:env", "--", "--solve");
  if (solved !== 0) return solved;
  await commitDefinition(layout, status);
  for (const args of [
    ["stack", "select", "--create", stackName],
    ["up", "--yes", "--stack", stackName],
  ]) {
    const code = await run("pulumi", ...args);
    if (code !== 0) return code;
  }

  say(summary(await readFarSide(await readStack(stackName, env), status)));
  return 0;
}

/**
 * Makes sure that the lock, which is in the local cloud's directory, has a place in the repository that pipelines run
 * from: the image-build pipeline takes it from there.
 */
function requireInsideProject({ directory }: Layout): void {
  if (!relative(projectRoot, directory).startsWith("..")) return;
  throw new UserError(
    `the directory ${directory} (option --directory) is not in the project's folder ${projectRoot}. The lock of the ` +
      "environment is kept in it, and could not be committed to the local repository: name a directory in that folder.",
  );
}

/** Commits the project and the lock of its environment to the local repository: pipelines run what is there. */
async function commitDefinition(layout: Layout, { azureDevOps }: Running): Promise<void> {
  const { orgServiceUrl, personalAccessToken, project, repository } = azureDevOps;
  const git = await new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken)).getGitApi();
  const folder = relative(projectRoot, layout.condaLocks);
  const locks = readdirSync(folder).map((name) => join(folder, name));
  const files = [...seedFiles(), ...locks.map((path) => ({ path, content: readFileSync(path, "utf8") }))];
  const committed = await commitFiles(git, { project, repository, branch: "main" }, files);
  if (committed.length > 0) say(`\nCommitted to the local repository: ${enumerated(committed)}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

new Command("start")
  .description("Bring up the local cloud and the stack `sandbox` in it.")
  .option("--directory <path>", "where in the project's folder the local cloud keeps its state", defaultDirectory)
  .option("--port <number>", `first of its 100 ports; kept with its state (default: ${defaultPort})`, parsePort)
  .action(async (options: { directory: string; port?: number }) => {
    process.exitCode = await start(options);
  })
  .parseAsync()
  .catch(exitWithError);
