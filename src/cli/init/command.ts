import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { exitCodes, UsageError, UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { git } from "../../common/git";
import { printable, printableJson } from "../../common/printable";
import { pathFromRoot } from "../../common/repository";
import { unifiedDiff } from "../unified-diff";
import { type Ask, choose } from "./choose";
import { lackingIn } from "./lacking";
import { look } from "./look";
import { packageManagerOf } from "./package-manager";
import { type NewFile, namesIn, newPipelineIn, render } from "./render";
import { nextCommands, type Report, textReport } from "./report";
import { todosOf } from "./stack-file";
import { writeFiles } from "./write";

interface Options {
  directory: string;
  yes?: true;
  dryRun?: true;
  diff?: true;
  json?: true;
}

/** `job-container init`: makes a project in a team's repository. */
export function define(command: Command): void {
  command
    .description(
      "Look at a team's repository and write a folder with the project of its job container. No file that is there is changed.",
    )
    .option("--directory <path>", "folder to write to, from the repository root", "job-container")
    .option("--yes", "ask nothing: what is ambiguous becomes a TODO")
    .option("--dry-run", "write nothing; say what would be written")
    .option("--diff", "write nothing; print what this version would change in the files that init wrote, as a patch")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 if all is well, 1 if something could not be written (with --diff: if something would change), 2 if not understood.",
    )
    .action(async (options: Options) => {
      process.exitCode = await init(options);
    });
}

/** @returns the exit code */
async function init(options: Options): Promise<number> {
  const here = process.cwd();
  const found = await look(here);
  const directory = pathFromRoot({ root: found.root, folder: found.root }, options.directory);
  if (directory.startsWith("..")) {
    throw new UsageError(
      `--directory ${options.directory} is outside of the repository ${found.root}: name a folder in it`,
    );
  }
  const silent = options.yes || options.diff || options.json || options.dryRun;
  const choices = await choose(found, newPipelineIn(directory), silent ? nobody : askPerson);
  const packageManager = packageManagerOf(join(found.root, directory));
  const files = render(found, choices, directory, packageManager);
  if (options.diff) return printDiff(found.root, files);
  requireOwnProject(found.root, directory);

  const written = writeFiles(found.root, files, options.dryRun === true);
  const report: Report = {
    directory,
    install: packageManager.install,
    found,
    choices,
    files: written,
    ignored: found.isGit ? await ignoredOf(found.root, files) : [],
    lacking: lackingIn(found.root, files, packageManager),
    todos: todosOf(found, choices, namesIn(directory, found)),
  };
  const { root, ...shown } = found;
  process.stdout.write(
    options.json
      ? `${printableJson({ ...report, found: shown, next: nextCommands(report) })}\n`
      : `${printable(textReport(report, options.dryRun === true))}\n`,
  );
  return exitCodes.done;
}

/** Another Pulumi project's folder would get files that belong to no one. */
function requireOwnProject(root: string, directory: string): void {
  const path = join(root, directory, "Pulumi.yaml");
  const text = readText(path);
  if (text === undefined || text.includes("job-container/fast")) return;
  throw new UserError(
    `${join(directory, "Pulumi.yaml")} is another Pulumi project's: choose another folder with --directory, for example --directory job-container`,
  );
}

/** Those that Git would leave out of a commit without a word. */
async function ignoredOf(root: string, files: NewFile[]): Promise<string[]> {
  try {
    const ask = ["-c", "core.quotePath=false", "check-ignore", "--no-index", "--"];
    const said = await git("-C", root, ...ask, ...files.map(({ path }) => path));
    return said.split("\n").filter((path) => path !== "");
  } catch {
    return []; // it ends with 1 where it ignores none
  }
}

/** @returns the exit code */
function printDiff(root: string, files: NewFile[]): number {
  const templates = files.filter(({ isTemplate }) => isTemplate);
  const patches = templates.flatMap(({ path, text }) => unifiedDiff(path, readText(join(root, path)), text) ?? []);
  process.stdout.write(printable(patches.join("")));
  return patches.length > 0 ? exitCodes.failed : exitCodes.done;
}

const nobody: Ask = async () => undefined;

/** Asks at a terminal. Anywhere else, or with no answer, nothing is chosen. */
const askPerson: Ask = async (question, options) => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = [question, ...options.map((option, index) => `  ${index + 1}  ${option}`)];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    process.stdout.write(`${printable(lines.join("\n"))}\n`);
    const answer = await terminal.question(`1 to ${options.length}, or nothing to decide later: `);
    return options[Number(answer) - 1];
  } finally {
    terminal.close();
  }
};
