import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { UsageError, UserError } from "../../src/common/errors";
import { readText } from "../../src/common/files";
import { printable } from "../../src/common/printable";
import { readStack } from "../../src/common/read-stack";
import { environmentOf } from "../cloud/environment";
import { runCommand } from "../cloud/exec";
import type { Layout } from "../cloud/layout";
import { type CloudSettings, readCloudSettings, settingsFor } from "../cloud/settings";
import { cloudStatus } from "../cloud/status";
import { up } from "../cloud/up";
import { authorIn } from "../repository/git";
import { enumerated, filesToPush, pushBranch, requireInside } from "../repository/push";
import { projectFolder, type TeamRepository } from "../repository/team-repository";
import { baseImageNotes } from "./base-image";
import { basesOf } from "./dockerfile";
import { readFarSide } from "./far-side";
import { installedCommand } from "./installed-command";
import { localSettings } from "./local-settings";
import { requireOwnStackSettings, stackName, stackSettingsFile, writeStackSettings } from "./stack-settings";
import { summary } from "./summary";
import { readTeamSettings } from "./team-settings";

export interface StartOptions {
  layout: Layout;
  repository: TeamRepository;
  port?: number;
  /** The project folder, from where the person stands; found unless it is named. */
  project?: string;
  /** The stack whose settings the stack `local` gets. */
  like?: string;
  /** Leaves there what is only needed while something is made. */
  keepBuildCache?: boolean;
}

/**
 * `local-cloud start`: the toolchain, the local cloud, a lock of the environment from the local channel, `pulumi up` of
 * the team's program on the stack `local`, and a look at what exists then. Repeated, it changes nothing.
 *
 * @returns the exit code: 0 only if everything is there.
 */
export async function start({ layout, repository, port, ...options }: StartOptions): Promise<number> {
  const { root } = repository;
  requireInside(root, layout);
  const project = projectFolder(root, process.cwd(), options.project);
  const jobContainer = installedCommand("job-container", project);
  const planned = settingsFor(layout, repository, port);
  const write = planStackSettings(layout, root, project, planned, options.like);

  say(
    (await up(layout, { repository, port, keepBuildCache: options.keepBuildCache }))
      ? "The local cloud is up."
      : "The local cloud is up already.",
  );
  const settings = readCloudSettings(layout);
  const status = cloudStatus(layout);
  if (settings === undefined || !status.running) throw new UserError(`the local cloud ended; see ${layout.logs}`);
  write(settings);

  process.chdir(project);
  const env = environmentOf(layout, settings, process.env);
  const check = ["check", "conda", "--solve", "--stack", stackName];
  say(`\n$ npx job-container ${check.join(" ")}`);
  const [program, ...args] = jobContainer;
  const solved = await runCommand(program, [...args, ...check], env);
  if (solved !== 0) return solved;
  const { files, leftOut } = filesToPush(root, layout);
  // `pulumi up` does here what its runs would do: the pipelines wait for a push of one's own.
  const quiet = { skipCi: true };
  const { paths } = await pushBranch(status, status.azureDevOps.defaultBranch, files, authorIn(root), quiet);
  if (paths.length > 0) say(`\nCommitted to the local repository: ${enumerated(paths)}`);
  for (const each of leftOut) say(`Left out of the local repository: ${each}`);
  for (const args of [
    ["stack", "select", "--create", stackName],
    ["up", "--yes", "--stack", stackName],
  ]) {
    say(`\n$ pulumi ${args.join(" ")}`);
    const code = await runCommand("pulumi", args, env);
    if (code !== 0) return code;
  }

  say(summary(await readFarSide(await readStack(stackName, { cwd: project, env }), status)));
  return 0;
}

/**
 * Reads what the stack's settings are made of, so that a mistake is said before anything is started.
 *
 * @returns writes them, unless they are there: they are then their owner's to change
 */
function planStackSettings(
  layout: Layout,
  root: string,
  project: string,
  planned: CloudSettings,
  like: string | undefined,
): (settings: CloudSettings) => void {
  const file = stackSettingsFile(project);
  requireOwnStackSettings(planned, file);
  if (existsSync(file)) {
    if (like === undefined) return () => {};
    throw new UsageError(`--like ${like} comes too late: ${file} is there already. Leave it out, or remove that file.`);
  }
  const team = readTeamSettings(project, like);
  const dockerfile = team.valueOf("dockerfile");
  const text = typeof dockerfile === "string" && dockerfile !== "" ? readText(join(root, dockerfile)) : undefined;
  return (settings) => {
    const local = localSettings(team, settings, relative(root, layout.condaLocks));
    writeStackSettings(layout, file, local.config);
    const from =
      team.stack === undefined ? "from nothing but what the local cloud needs" : `like Pulumi.${team.stack}.yaml`;
    say(`Made ${relative(root, file)}, ${from}.`);
    for (const note of local.notes) say(`Not in it: ${note}.`);
    if (text === undefined) return;
    for (const note of baseImageNotes(String(dockerfile), basesOf(text), team.valueOf("baseImage")))
      say(`Note: ${note}`);
  };
}

function say(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}
