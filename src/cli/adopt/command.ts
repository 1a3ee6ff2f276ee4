import type { Command } from "commander";
import { exitCodes, UserError } from "../../common/errors";
import { replaceText } from "../../common/files";
import { printable } from "../../common/printable";
import { applyEdits } from "../../conda/text-edit";
import { variable } from "../../pipeline-files/image";
import { type Pipeline, readPipeline } from "../../pipeline-files/read-pipeline";
import { defaults } from "../../settings/defaults";
import type { Wish } from "./choose";
import { stockImage } from "./image";
import { plan } from "./plan";
import { refusal, textReport } from "./report";
import { unifiedDiff } from "./unified-diff";

interface Options extends Wish {
  check?: true;
  diff?: true;
}

/** `job-container adopt`: makes the jobs of a pipeline that exists run in the job container. */
export function define(command: Command): void {
  command
    .description(
      `Edit an Azure Pipelines file, and the templates that it uses, so that its jobs run in the job container: the container gets the image ${variable}, which the stack sets on the pipeline's definition, and the service connection that it is pulled through. Everything else stays as it is, byte for byte.`,
    )
    .argument("<pipeline.yml>", "the pipeline's file")
    .option("--image <name>", `the image that is replaced, with any tag unless it has one (default: "${stockImage}")`)
    .option("--container <alias>", "the container resource that is changed, whatever image it has")
    .option("--all", "change all containers that have the image")
    .option("--endpoint <name>", `the service connection (default: "${defaults.connectionName}")`)
    .option("--check", "write nothing; exit code 1 if something is left to do")
    .option("--diff", "write nothing; print the change as a patch, for git apply")
    .addHelpText(
      "after",
      "\nExit code: 0 if all is well, 1 if something is left to do or in doubt, 2 if not understood.",
    )
    .action((path: string, options: Options) => {
      for (const option of ["image", "container", "endpoint"] as const) {
        const name = options[option];
        if (name?.trim() === "") command.error(`error: --${option} is empty: give it a name`);
        if (name !== undefined && /\p{Cc}/u.test(name)) {
          command.error(
            `error: --${option} ${JSON.stringify(name)} has a control character in it: give it a name in one line`,
          );
        }
      }
      const pipeline =
        readPipeline(path) ?? command.error(`error: ${path || '""'} does not exist: name a pipeline's file`);
      process.exitCode = adopt(pipeline, options);
    });
}

/** @returns the exit code */
function adopt(pipeline: Pipeline, options: Options): number {
  const { choice, target, edits } = plan(pipeline, options);
  if (choice.kind !== "chosen") throw new UserError(refusal(choice, pipeline, options));

  const writes = !options.check && !options.diff;
  for (const [file, ofFile] of edits) {
    if (writes) replaceText(file.path, applyEdits(file.text, ofFile));
    if (options.diff) process.stdout.write(unifiedDiff(file.path, file.text, ofFile));
  }

  // What is on stdout with --diff is a patch, and nothing else.
  const output = options.diff ? process.stderr : process.stdout;
  output.write(`${printable(textReport(choice, pipeline, target, writes))}\n`);
  return (options.check && edits.size > 0) || choice.values.length > 0 ? exitCodes.failed : exitCodes.done;
}
