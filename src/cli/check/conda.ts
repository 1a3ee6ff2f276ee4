import { platformArch, platformNames } from "@conda-org/rattler";
import { type Command, Option } from "commander";
import { exitCodes, UserError } from "../../common/errors";
import { readText, replaceText } from "../../common/files";
import { type CheckedEnvironment, checkCondaFiles, imagePlatform } from "../../conda/check";
import type { Fix } from "../../conda/finding";
import { applyFixes } from "../../conda/fix";
import { condaChannelProblem } from "../../conda/solve/channels";
import { defaults } from "../../settings/defaults";
import { pathInProject } from "../project";
import { jsonReport, type Report, textReport } from "./conda/report";
import { solveEnvironments } from "./conda/solve";

interface Options {
  ci: string;
  training: string[];
  scoring: string[];
  solve?: true;
  platform: string[];
  condaChannel?: string;
  lockFolder?: string;
  fix?: true;
  json?: true;
}

/** `job-container check conda`: whether CI tests with what the model is trained and scored with. */
export function define(command: Command): void {
  command
    .description("Compare the conda file that CI's image is made from with those of the training and the scoring.")
    .option("--ci <path>", "conda file of CI, from which the image is made", pathInProject(defaults.condaFile))
    .addOption(filesOption("--training <path...>", "conda files of the training", defaults.trainingFile))
    .addOption(filesOption("--scoring <path...>", "conda files of the scoring", defaults.scoringFile))
    .option("--fix", "edit CI's file where there is one answer to a finding")
    .option("--solve", "solve the files against their channels, compare the solutions, and lock CI's")
    .addOption(
      new Option("--platform <name...>", "platforms to solve for")
        .choices(platformNames.filter((name) => platformArch(name) !== null))
        .default([imagePlatform]),
    )
    .addOption(
      new Option("--conda-channel <name or URL>", "channel to take in conda-forge's place").env(
        "JOB_CONTAINER_CONDA_CHANNEL",
      ),
    )
    .addOption(
      new Option("--lock-folder <path>", "folder of the locks (default: that of CI's file)").env(
        "JOB_CONTAINER_LOCK_FOLDER",
      ),
    )
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 if all is well, 1 if there are findings, 2 if the command was not understood.",
    )
    .action(async (options: Options) => {
      const wrong = wrongFile(options) ?? wrongChannel(options);
      if (wrong !== undefined) command.error(`error: ${wrong}`);
      const report = await checkConda(options);
      process.stdout.write(`${options.json ? jsonReport(report) : textReport(report, medium())}\n`);
      process.exitCode = report.findings.length === 0 ? exitCodes.done : exitCodes.failed;
    });
}

function filesOption(flags: string, description: string, path: string): Option {
  const file = pathInProject(path);
  return new Option(flags, description).default([file], file);
}

/** A path that leads to no file is a mistake in the command, not in the conda files. */
function wrongFile({ ci, training, scoring }: Options): string | undefined {
  for (const [option, paths] of Object.entries({ "--ci": [ci], "--training": training, "--scoring": scoring })) {
    for (const path of paths) {
      try {
        if (readText(path) === undefined) throw new UserError(`${path || '""'} does not exist`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return `${error.message}: name a conda environment file with ${option}`;
      }
    }
  }
  return undefined;
}

/** A channel that is none concerns all files, and is said before any is read. */
function wrongChannel({ condaChannel }: Options): string | undefined {
  const problem = condaChannel && condaChannelProblem(condaChannel);
  return problem ? `--conda-channel (JOB_CONTAINER_CONDA_CHANNEL) cannot be used: ${problem}` : undefined;
}

async function checkConda(options: Options): Promise<Report> {
  const sources = {
    ...options,
    // An empty variable of the environment is as good as none.
    condaChannel: options.condaChannel || undefined,
    lockFolder: options.lockFolder || undefined,
    readFile: readText,
  };
  let checked = await checkCondaFiles(sources);
  const fixed = options.fix ? fix(checked) : [];
  if (fixed.length > 0) checked = await checkCondaFiles(sources);
  if (!options.solve) return { ...checked, fixed, notes: [] };

  const { findings, ...solved } = await solveEnvironments(checked, sources, progress);
  // A lock that was written is another than the one that was checked.
  if (solved.locks.length > 0) checked = await checkCondaFiles(sources);
  return { ...checked, fixed, ...solved, findings: [...checked.findings, ...findings] };
}

/** @returns the edits that were made */
function fix({ files: { ci }, findings }: CheckedEnvironment): Fix[] {
  const fixes = findings.flatMap((finding) => finding.fix ?? []);
  if (ci === undefined || fixes.length === 0) return [];
  replaceText(ci.path, applyFixes(ci.text, fixes));
  // Training and scoring can ask for the same.
  return [...new Map(fixes.map((one) => [JSON.stringify(one), one])).values()];
}

function medium() {
  const { isTTY, columns } = process.stdout;
  return { width: isTTY ? columns : undefined, colours: isTTY && process.stdout.hasColors() };
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
