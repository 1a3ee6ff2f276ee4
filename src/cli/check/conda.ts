import { type Command, Option } from "commander";
import { exitCodes, UserError } from "../../common/errors";
import { readText, replaceText } from "../../common/files";
import { type Platform, platforms } from "../../common/platforms";
import { localPath, pathFromRoot, type Repository } from "../../common/repository";
import { type CheckedEnvironment, checkCondaFiles } from "../../conda/check";
import type { Fix } from "../../conda/finding";
import { applyFixes } from "../../conda/fix";
import { condaPlatform } from "../../conda/platform";
import { condaChannelProblem } from "../../conda/solve/channels";
import { platforms as solvable } from "../../conda/solve/platforms";
import { lockFolderOf } from "../../rules/environment-definition";
import { notBlank, once } from "../arguments";
import { checkedOut } from "../project";
import { jsonReport, type Report, textReport } from "./conda/report";
import { isSame, solveEnvironments } from "./conda/solve";
import { readCondaSettings, settingOf } from "./conda/stack-settings";

/** The files, from where the person stands. */
interface Files {
  ci: string;
  training: string[];
  scoring: string[];
  /** Folder that lock files are kept in. */
  lockFolder?: string;
  condaChannel?: string;
  /** What the image is built for. */
  platforms: Platform[];
}

interface Options extends Partial<Omit<Files, "platforms">> {
  stack?: string;
  solve?: true;
  /** As conda names them. */
  platform?: string[];
  fix?: true;
  json?: true;
}

/** `job-container check conda`: whether CI tests with what the model is trained and scored with. */
export function define(command: Command): void {
  command
    .description("Compare the conda file that CI's image is made from with those of the training and the scoring.")
    .option("--ci <path>", "conda file of CI, from which the image is made (default: the setting condaFile)", once)
    .option("--training <path...>", "conda files of the training (default: the setting trainingFiles)")
    .option("--scoring <path...>", "conda files of the scoring (default: the setting scoringFiles)")
    .option(
      "--stack <name>",
      "stack whose settings these are (default: what all stacks' settings agree on)",
      (name, previous?: string) => once(notBlank(name), previous),
    )
    .option("--fix", "edit CI's file where there is one answer to a finding")
    .option("--solve", "solve the files against their channels, compare the solutions, and lock them")
    .addOption(
      new Option("--platform <name...>", "platforms to solve for (default: those of the setting platforms)").choices(
        solvable,
      ),
    )
    .addOption(
      new Option(
        "--conda-channel <name or URL>",
        "channel to take in conda-forge's place (default: the setting condaChannel)",
      )
        .env("JOB_CONTAINER_CONDA_CHANNEL")
        .argParser(once),
    )
    .addOption(
      new Option(
        "--lock-folder <path>",
        "folder of the locks (default: the setting lockFolder, or else that of CI's file)",
      )
        .env("JOB_CONTAINER_LOCK_FOLDER")
        .argParser(once),
    )
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 if all is well, 1 if there are findings, 2 if the command was not understood.",
    )
    .action(async (options: Options) => {
      const repository = checkedOut();
      // First what was typed: it is wrong whatever the settings are.
      const refuse = (wrong: string | undefined) => wrong !== undefined && command.error(`error: ${wrong}`);
      refuse(wrongFile(options, options) ?? wrongChannel(options, options));
      const files = filesOf(options, repository);
      refuse(wrongFile(files, options) ?? wrongChannel(files, options));
      const report = await checkConda(options, files, repository);
      process.stdout.write(`${options.json ? jsonReport(report) : textReport(report, medium())}\n`);
      process.exitCode = report.findings.length === 0 ? exitCodes.done : exitCodes.failed;
    });
}

/** What was asked for, and what the stack's settings say of the rest. */
function filesOf({ stack, platform, ...given }: Options, repository: Repository): Files {
  // An empty variable of the environment is as good as none.
  const { lockFolder, condaChannel, ...files } = given;
  const asked = {
    ...files,
    lockFolder: lockFolder || undefined,
    condaChannel: condaChannel || undefined,
    platforms: platform && platforms.filter((each) => platform.includes(condaPlatform(each))),
  };
  const settings = readCondaSettings(repository, { stack, given: asked });
  const local = (path: string) => localPath(repository, path);
  return {
    ci: asked.ci ?? local(settings.ci),
    training: asked.training ?? settings.training.map(local),
    scoring: asked.scoring ?? settings.scoring.map(local),
    lockFolder: asked.lockFolder ?? (settings.lockFolder && local(settings.lockFolder)),
    condaChannel: asked.condaChannel ?? settings.condaChannel,
    platforms: asked.platforms ?? settings.platforms,
  };
}

/** A path that leads to no file is a mistake in the command, not in the conda files. */
function wrongFile(files: Partial<Files>, options: Options): string | undefined {
  for (const name of ["ci", "training", "scoring"] as const) {
    for (const path of [files[name] ?? []].flat()) {
      try {
        if (readText(path) === undefined) throw new UserError(`${path || '""'} does not exist`);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const from = options[name] === undefined ? ` (setting ${settingOf[name]})` : "";
        return `${error.message}${from}: name a conda environment file with --${name}`;
      }
    }
  }
  return undefined;
}

/** A channel that is none concerns all files, and is said before any is read. */
function wrongChannel({ condaChannel }: Partial<Files>, options: Options): string | undefined {
  const problem = condaChannel && condaChannelProblem(condaChannel);
  const from = options.condaChannel ? "--conda-channel (JOB_CONTAINER_CONDA_CHANNEL)" : "the setting condaChannel";
  return problem ? `${from} cannot be used: ${problem}` : undefined;
}

async function checkConda(options: Options, files: Files, repository: Repository): Promise<Report> {
  const { lockFolder } = files;
  const sources = {
    ...files,
    platform: options.platform ?? files.platforms.map(condaPlatform),
    lockFolder: (file: string) => {
      const condaFile = pathFromRoot(repository, file);
      // A file that is not in the repository has no place of its own in the folder.
      return condaFile.startsWith("..") ? lockFolder : lockFolderOf({ condaFile, lockFolder });
    },
    readFile: readText,
  };
  let checked = checkCondaFiles(sources);
  const fixed = options.fix ? fix(checked) : [];
  if (fixed.length > 0) checked = checkCondaFiles(sources);
  if (!options.solve) return { ...checked, fixed };

  const { findings, notes, ...solved } = await solveEnvironments(checked, sources, progress);
  // A lock that was written is another than the one that was checked.
  if (solved.locks.length > 0) checked = checkCondaFiles(sources);
  return {
    ...checked,
    fixed,
    ...solved,
    findings: [...checked.findings.filter((one) => !findings.some((known) => isSame(one, known))), ...findings],
    notes: [...checked.notes, ...notes],
  };
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
