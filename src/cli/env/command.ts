import { type Command, InvalidArgumentError } from "commander";
import { exitCodes } from "../../common/errors";
import { printable, printableJson } from "../../common/printable";
import { folder, notBlank } from "../arguments";
import type { Context } from "./context";
import { destroy, existingEnvironment } from "./destroy";
import { inContext } from "./in-context";
import { list } from "./list";
import { preview, previewComment } from "./preview";
import { commentReport, listReport, previewReport, sweepReport, upReport } from "./report";
import type { BranchOptions } from "./requested-environment";
import { sweep } from "./sweep";
import { up } from "./up";

interface Common {
  base?: string;
  json?: true;
}

/** How many environments a sweep may destroy unless it is told otherwise. */
const sweepLimit = 10;

/** `job-container env`: environments of branches. */
export function define(command: Command): void {
  command
    .usage("<command> [options]")
    .description("Environments of branches: each has its own image and pipelines, and shares the rest with the base.")
    .addHelpText("after", "\nExit code: 0 if it was done, 1 if not, 2 if the command was not understood.");

  const common = (sub: Command) =>
    sub
      .option("--base <stack>", "the base environment's stack (default: the setting branches.base)", notBlank)
      .option("--json", "as JSON");

  const branch = (sub: Command, otherwise: string) =>
    sub.option("--branch <name>", `the branch (default: ${otherwise})`, notBlank);

  const checked = (sub: Command) =>
    sub.option("--policy-pack <path>", "check it against the policy pack in this folder; may be given again", folder);

  checked(branch(common(command.command("up")), "the one that is checked out"))
    .description("create or update a branch's environment, from what is checked out")
    .option("--name <name>", "what to call it (default: made from the branch's name)")
    .action((options: Common & BranchOptions) => run(options, (context) => up(context, options), upReport));

  checked(branch(common(command.command("preview")), "the one that is checked out"))
    .description("show what `up` would do")
    .option("--name <name>", "what to call it (default: made from the branch's name)")
    .option("--comment", "preview the base as well, and comment on the pull request that the pipeline runs for")
    .option("--pull-request <number>", "the pull request, where no pipeline runs for it", positive)
    .action((options: Common & BranchOptions & { comment?: true; pullRequest?: number }) => {
      const { pullRequest, name } = options;
      if (!options.comment) {
        if (pullRequest !== undefined) command.error("error: --pull-request says where to comment: add --comment");
        return run(options, (context) => preview(context, options), previewReport);
      }
      if (name !== undefined) {
        command.error("error: --name is for a preview without --comment, which is about the environment that there is");
      }
      return run(options, (context) => previewComment(context, options), commentReport, someFailed);
    });

  common(command.command("destroy"))
    .description("destroy a branch's environment, with its repository in the registry and its pipelines")
    .requiredOption("--branch <name>", "the branch", notBlank)
    .action((options: Common & { branch: string }) =>
      run(
        options,
        async (context) => {
          const environment = await existingEnvironment(context, options.branch);
          await destroy(context, environment);
          return environment;
        },
        ({ name, branch: of }) => `Destroyed the environment ${name} of branch ${of}.`,
      ),
    );

  common(command.command("list"))
    .description("list the environments of branches")
    .action((options: Common) => run(options, list, listReport));

  common(command.command("sweep"))
    .description("destroy the environments of branches that are gone, or whose time to live is over")
    .option("--dry-run", "only say what would be destroyed")
    .option("--older-than <duration>", "only those that were not updated for so long, for example 7d or 12h", duration)
    .option("--limit <number>", "destroy none if they are more", positive, sweepLimit)
    .option("--parallel <number>", "how many to destroy at the same time", positive, 4)
    .action((options: Common & { dryRun?: true; olderThan?: number; limit: number; parallel: number }) =>
      run(options, (context) => sweep(context, options), sweepReport, someFailed),
    );
}

/**
 * Runs a command, and ends with its summary: as JSON alone on the standard output, where that is asked for.
 *
 * @param isFailure whether it was not done although there is a summary
 */
async function run<T>(
  options: Common,
  work: (context: Context) => Promise<T>,
  report: (result: T) => string,
  isFailure: (result: T) => boolean = () => false,
): Promise<void> {
  const result = await inContext(options, options.json ? process.stderr : process.stdout, work);
  process.stdout.write(`${options.json ? printableJson(result) : printable(report(result))}\n`);
  if (isFailure(result)) process.exitCode = exitCodes.failed;
}

function someFailed({ failed }: { failed: unknown[] }): boolean {
  return failed.length > 0;
}

/** Reads `90m`, `12h` or `7d`, as milliseconds. */
function duration(text: string): number {
  const [, number, unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const minutes = { m: 1, h: 60, d: 24 * 60 }[unit];
  if (number === undefined || minutes === undefined) throw new InvalidArgumentError("It must be like 90m, 12h or 7d.");
  return Number(number) * minutes * 60_000;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1.");
  return Number(text);
}
