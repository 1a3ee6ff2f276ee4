import type { Command } from "commander";
import { exitCodes, UserError } from "../../common/errors";
import { printable } from "../../common/printable";
import { pathFromRoot, repositoryOf } from "../../common/repository";
import { variable } from "../../pipeline-files/image";
import { isCalled } from "../../pipeline-files/job";
import { readPipeline } from "../../pipeline-files/read-pipeline";
import { defaults } from "../../settings/defaults";
import { adopt, type Options, type Outcome } from "./adopt";
import { type FoundFile, findFiles } from "./find-files";
import { stockImage } from "./image";
import { programsOfStacks } from "./image-programs";
import { settingsToChange } from "./settings";
import { sharingPipelines } from "./shared-templates";
import { summary } from "./summary";

/** `job-container adopt`: makes the jobs of a pipeline that exists run in the job container. */
export function define(command: Command): void {
  command
    .description(
      `Edit Azure Pipelines files, and the templates that they use, so that their jobs run in the job container: the container gets the image ${variable}, which the stack sets on the pipeline's definition, and the service connection that it is pulled through. Everything else stays as it is, byte for byte.`,
    )
    .argument("<path...>", "pipelines' files, or folders: the pipelines in them and below")
    .option("--image <name>", `the image that is replaced, with any tag unless it has one (default: "${stockImage}")`)
    .option("--container <alias>", "the container resource that is changed, whatever image it has")
    .option("--all", "change all containers that have the image")
    .option(
      "--job <name>",
      "give a job a container that has none: its name, or its stage's and its name (`stage.job`); repeatable",
      (name: string, before: string[] = []) => [...before, name],
    )
    .option("--all-jobs", "give one to all jobs that can have one, and change all containers that have the image")
    .option("--endpoint <name>", `the service connection (default: "${defaults.connectionName}")`)
    .option("--check", "write nothing; exit code 1 if something is left to do")
    .option("--diff", "write nothing; print the change as a patch, for git apply")
    .addHelpText(
      "after",
      "\nExit code: 0 if all is well, 1 if a file was refused or something is left to do, 2 if not understood.",
    )
    .action(async (paths: string[], options: Options) => {
      for (const option of ["image", "container", "endpoint", "job"] as const) {
        for (const name of [options[option] ?? []].flat()) {
          if (name.trim() === "") command.error(`error: --${option} is empty: give it a name`);
          if (/\p{Cc}/u.test(name)) {
            command.error(
              `error: --${option} ${JSON.stringify(name)} has a control character in it: give it a name in one line`,
            );
          }
        }
      }
      const files: FoundFile[] = [];
      for (const path of paths) {
        const found = await findFiles(path);
        if (found === undefined) command.error(`error: ${path || '""'} does not exist: name a pipeline's file`);
        if (found.length === 0) {
          throw new UserError(
            `${path} has no YAML file that Git tracks or would add: name a pipeline's file or folder`,
          );
        }
        files.push(...found);
      }
      process.exitCode = await adoptAll(files, options);
    });
}

/** @returns the exit code */
async function adoptAll(files: FoundFile[], options: Options): Promise<number> {
  // What is on stdout with --diff is a patch, and nothing else.
  const output = options.diff ? process.stderr : process.stdout;
  const say = (text: string) => output.write(`${printable(text)}\n`);

  const programs = programsOfStacks();
  const outcomes: Outcome[] = [];
  const patches = new Map<string, string>();
  for (const file of files) {
    const outcome = adopt(reread(file), options, programs);
    outcomes.push(outcome);
    for (const [path, patch] of outcome.patches) patches.set(path, patch); // a template of two pipelines is changed once
    if (outcome.kind === "refused") process.stderr.write(`${printable(`error: ${outcome.text}`)}\n`);
    else if (outcome.kind === "other") say(`${outcome.path} is left alone: ${outcome.text}`);
    else if (outcome.kind !== "bare") say(outcome.text);
  }
  for (const patch of patches.values()) process.stdout.write(patch);

  if (files.length > 1) say(`\n${summary(outcomes, !options.check && !options.diff)}`);
  const adopted = outcomes.filter(({ kind }) => kind === "changed" || kind === "unchanged");
  const sharing = await sharingPipelines(
    outcomes.flatMap(({ templates }) => templates),
    adopted.map(({ path }) => path),
  );
  for (const { pipeline, template } of sharing) {
    say(
      `${pipeline} includes ${template} as well, so that it uses the job container too: its jobs need the setting below`,
    );
  }
  const shared = sharing.map(({ pipeline }) => pathFromRoot(repositoryOf(), pipeline));
  const settings = settingsToChange([...new Set([...adopted.map(({ fromRoot }) => fromRoot), ...shared])]);
  if (settings !== undefined) say(`\n${settings}`);
  const missing = missingJobs(files, options);
  for (const name of missing) process.stderr.write(`${printable(`error: no pipeline has a job ${name}`)}\n`);

  const isOpen = ({ kind, isPartial }: Outcome) =>
    kind === "refused" || isPartial || (options.check === true && kind === "changed");
  return outcomes.some(isOpen) || missing.length > 0 ? exitCodes.failed : exitCodes.done;
}

/** The jobs that were named and that no pipeline in the folders has. */
function missingJobs(files: FoundFile[], { job = [] }: Options): string[] {
  if (files.some(({ isNamed }) => isNamed)) return []; // whose refusal says it
  const jobs = files.flatMap((file) => (file.kind === "pipeline" ? file.pipeline.jobs : []));
  return job.filter((name) => !jobs.some((each) => isCalled(each, name)));
}

/** A pipeline as it is now: one before it may have changed a template that both include. */
function reread(file: FoundFile): FoundFile {
  if (file.kind !== "pipeline") return file;
  const pipeline = readPipeline(file.path);
  return pipeline === undefined ? file : { ...file, pipeline };
}
