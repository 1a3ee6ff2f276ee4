import { type Command, Option } from "commander";
import { exitCodes, UsageError } from "../../common/errors";
import { printable, printableJson } from "../../common/printable";
import { checkImage } from "../../image/check";
import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { type Platform, platforms } from "../../image/manifest";
import { parseReference } from "../../image/reference";
import type { NeededProgram } from "../../image/rules/programs";
import type { BrokenRule } from "../../image/rules/rule";
import { readPipeline } from "../../pipeline-files/read-pipeline";

/** `job-container check image`: whether jobs can run in an image. */
export function define(command: Command): void {
  command
    .description(
      "Check that jobs can run in an image, as it is in its registry. Signs in with Docker's logins (docker login, az acr login).",
    )
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
    .addOption(new Option("--platform <platform>", "what the jobs run on").choices(platforms).default("linux/amd64"))
    .option(
      "--for <pipeline>",
      "a pipeline's YAML file: check as well for the programs that its steps are known to need",
    )
    .option("--json", "as JSON")
    .addHelpText("after", "\nExit code: 0 if a job can run in it, 1 if it breaks a rule, 2 if it cannot be read.")
    .showHelpAfterError("For example: npx job-container check image myregistry.azurecr.io/mlops/model:latest")
    .action(async (reference: string, { platform, json, for: pipeline }: Options) => {
      const broken = await brokenRules(reference, platform, pipeline === undefined ? [] : programsOf(pipeline));
      process.stdout.write(
        `${json ? printableJson({ reference, platform, broken }) : printable(report(reference, broken))}\n`,
      );
      process.exitCode = broken.length > 0 ? exitCodes.failed : exitCodes.done;
    });
}

interface Options {
  platform: Platform;
  json?: true;
  /** Path of a pipeline's YAML file. */
  for?: string;
}

/**
 * The programs that the steps of a pipeline's jobs in containers are known to need.
 *
 * @throws UsageError if there is no such file
 */
function programsOf(path: string): NeededProgram[] {
  const pipeline = readPipeline(path);
  if (pipeline === undefined) throw new UsageError(`there is no ${path} (--for): name the YAML file of a pipeline`);
  const inside = pipeline.jobs.filter((job) => job.containers.length > 0);
  return inside.flatMap((job) =>
    job.defeated.flatMap(({ program, place }) => (program === undefined ? [] : { program, place })),
  );
}

/** @throws UsageError if the image cannot be read: nothing is known about it then, which a broken rule's exit code would hide */
async function brokenRules(reference: string, platform: Platform, programs: NeededProgram[]): Promise<BrokenRule[]> {
  try {
    const login = await dockerLogin(parseReference(reference).registry, process.env);
    return await checkImage(reference, { platform, login, programs });
  } catch (error) {
    throw error instanceof ImageError ? new UsageError(error.message) : error;
  }
}

function report(reference: string, broken: BrokenRule[]): string {
  if (broken.length === 0) return `${reference}: jobs can run in it.`;
  const width = Math.max(...broken.map(({ rule }) => rule.length));
  return [
    `${reference}: jobs cannot run in it.`,
    ...broken.map(({ rule, message }) => `  ${rule.padEnd(width)}  ${message}`),
  ].join("\n");
}
