import { join } from "node:path";
import { Option } from "commander";
import { commandLine, run } from "../../src/common/command-line";
import { localCloudFolder } from "../../src/common/local-cloud-variables";
import { printable } from "../../src/common/printable";
import { exec } from "../cloud/exec";
import { defaultPort, type Layout, layoutOf, parsePort } from "../cloud/layout";
import { readCloudSettings } from "../cloud/settings";
import { cloudStatus, notRunningError, type Status } from "../cloud/status";
import { reset, stop } from "../cloud/stop";
import { up } from "../cloud/up";
import { version } from "../package.json";
import { checkedOutFiles } from "../repository/files";
import { authorIn, checkedOutBranch } from "../repository/git";
import { deleteBranch, enumerated, filesToPush, pushBranch } from "../repository/push";
import { runSchedules } from "../repository/schedules";
import { describeRun, startedBy } from "../repository/started-runs";
import { repositoryRoot, teamRepositoryAt } from "../repository/team-repository";
import { stackName } from "../start/stack-settings";
import { defaultLike } from "../start/team-settings";

/** Exit code of `status` when the local cloud does not run, as of service managers (LSB, systemctl). */
const notRunning = 3;

/** `npx local-cloud <command>`: the local cloud's command line. */
const program = commandLine("local-cloud", version)
  .description("The local cloud: Azure DevOps, Azure, container registries and BuildKit on this machine's loopback.")
  .showHelpAfterError("See: npx local-cloud --help")
  .option("--directory <path>", `where it keeps its state (default: ${localCloudFolder} in the repository's root)`);

program
  .command("up")
  .description("start it, and what it needs first: the toolchain and the base image; its repository is this one")
  .addOption(portOption())
  .addOption(keepBuildCacheOption())
  .option("--languages", "make what programs in other languages need as well, which takes minutes, once")
  .action(async (options: { port?: number; keepBuildCache?: true; languages?: true }) => {
    const repository = teamRepositoryAt(repositoryRoot(process.cwd()));
    const isNew = readCloudSettings(layout()) === undefined;
    const started = await up(layout(), { repository, ...options });
    print(started ? "The local cloud is up." : "The local cloud is up already.");
    if (isNew) printLeftOut(checkedOutFiles(repository.root).leftOut);
    print(describe(cloudStatus(layout())));
  });

program
  .command("start")
  .description(
    `start it, bring the program in this repository up in it, on the stack ${stackName}, and show what exists`,
  )
  .addOption(portOption())
  .addOption(keepBuildCacheOption())
  .option("--project <folder>", "where Pulumi.yaml is, if the repository has more than one")
  .option("--like <stack>", `the stack whose settings it gets, but for what must differ (default: ${defaultLike})`)
  .action(async (options: { port?: number; project?: string; like?: string; keepBuildCache?: true }) => {
    // Loaded only when it is asked for, as it takes a while.
    const { start } = await import("../start/command.ts");
    const repository = teamRepositoryAt(repositoryRoot(process.cwd()));
    process.exitCode = await start({ layout: layout(), repository, ...options });
  });

program
  .command("status")
  .description(`say whether it runs (exit code 0, else ${notRunning}), and its addresses`)
  .option("--json", "as JSON")
  .action(({ json }: { json?: true }) => {
    const status = cloudStatus(layout());
    print(json ? JSON.stringify(status, null, 2) : describe(status));
    process.exitCode = status.running ? 0 : notRunning;
  });

program
  .command("exec")
  .description("run a command with its environment, for example: exec -- pulumi preview --diff")
  .argument("<command...>", "the command and its arguments")
  .showHelpAfterError("Put the command after --, for example: exec -- pulumi preview --diff")
  .action(async ([command = "", ...args]: string[]) => {
    process.exitCode = await exec(layout(), command, args);
  });

program
  .command("push")
  .description(
    "commit what is checked out as it is, git push it to a branch of its repository, and say what that starts",
  )
  .option("--branch <name>", "the branch (default: the one that is checked out, else the default branch)")
  .addOption(new Option("--delete <name>", "delete this branch instead").conflicts("branch"))
  .action(async (options: { branch?: string; delete?: string }) => {
    const cloud = cloudStatus(layout());
    if (!cloud.running) throw notRunningError(cloud);
    if (options.delete !== undefined) {
      await deleteBranch(cloud, options.delete);
      return print(`Deleted the branch ${options.delete} of the local repository.`);
    }
    const root = repositoryRoot(process.cwd());
    const { defaultBranch } = cloud.azureDevOps;
    const branch = options.branch ?? checkedOutBranch(root) ?? defaultBranch;
    const { files, leftOut } = filesToPush(root, layout());
    const { isNew, paths, moved } = await pushBranch(cloud, branch, files, authorIn(root));
    if (isNew) print(`Made the branch ${branch} of the local repository, from ${defaultBranch}.`);
    print(paths.length === 0 ? `Nothing to commit to ${branch}.` : `Committed to ${branch}: ${enumerated(paths)}`);
    printLeftOut(leftOut);
    if (moved !== undefined) for (const run of await startedBy(cloud, moved)) print(describeRun(run));
  });

program
  .command("run")
  .argument("<pipeline file>", "of the working tree, with the changes that are not committed")
  .option("--stage <name...>", "run these stages only")
  .description(
    "run a pipeline file to its end, unless something in it cannot be run, which it says before (Ctrl-C cancels)",
  )
  .action(async (file: string, { stage = [] }: { stage?: string[] }) => {
    const cloud = cloudStatus(layout());
    if (!cloud.running) throw notRunningError(cloud);
    const { runFile } = await import("./run.ts");
    process.exitCode = await runFile(cloud, layout(), file, stage);
  });

program
  .command("schedule")
  .description("the schedules of pipelines, whose times nobody waits for here")
  .command("run")
  .argument("<pipeline>", "its name or number")
  .description("run a pipeline as if the time of its schedules had come, and say what that starts, or why nothing")
  .action(async (pipeline: string) => {
    const cloud = cloudStatus(layout());
    if (!cloud.running) throw notRunningError(cloud);
    for (const line of await runSchedules(cloud, pipeline)) print(line);
  });

program
  .command("stop")
  .description("end its processes; its state stays")
  .action(async () => {
    const ended = await stop(layout());
    const names = ended.map(({ name, pid }) => `${name} (${pid})`).join(", ");
    print(names === "" ? "The local cloud did not run." : `Stopped: ${names}.`);
  });

program
  .command("reset")
  .description("end its processes and remove its state")
  .action(async () => {
    const { directory } = layout();
    print((await reset(layout())) ? `Removed the local cloud in ${directory}.` : `No local cloud in ${directory}.`);
  });

void run(program);

function layout(): Layout {
  const { directory } = program.opts<{ directory?: string }>();
  return layoutOf(directory ?? join(repositoryRoot(process.cwd()), localCloudFolder));
}

function portOption(): Option {
  const text = `first of its 100 ports; kept with its state (default: ${defaultPort})`;
  return new Option("--port <number>", text).argParser(parsePort);
}

function keepBuildCacheOption(): Option {
  return new Option("--keep-build-cache", "leave there what the toolchain and the channel were made from (gigabytes)");
}

function printLeftOut(paths: string[]): void {
  for (const path of paths) print(`Left out of the local repository: ${path}`);
}

function describe(status: Status): string {
  const processes = status.processes.map(({ name, pid }) => `${name} ${pid}`).join(", ");
  if (!status.running) {
    const ended = status.ended.map(({ name }) => name).join(", ");
    return [
      `The local cloud in ${status.directory} does not run.`,
      ...(ended === "" ? [] : [`Ended unexpectedly: ${ended}; their logs are in ${layout().logs}.`]),
      ...(processes === "" ? [] : [`Still running: ${processes}; \`up\` replaces them, \`stop\` ends them.`]),
    ].join("\n");
  }
  const { azureDevOps, azure, registry, buildkit, channel } = status;
  const registries = registry.all.map(({ name, loginServer }) => `${loginServer} (${name})`).join(", ");
  return [
    ["Azure DevOps", azureDevOps.url],
    ["Git repository", azureDevOps.remoteUrl],
    ["Azure", azure.url],
    ["container registries", registries || "none yet"],
    ["public registry", registry.public],
    ["BuildKit", buildkit.address],
    ["conda channel", channel.url],
    ["directory", status.directory],
    ["processes", processes],
  ]
    .map(([name = "", value = ""]) => `  ${name.padEnd(22)}${value}`)
    .join("\n");
}

function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`);
}
