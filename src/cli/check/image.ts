import { type Command, InvalidArgumentError, Option } from "commander";
import { readAdvisories } from "../../advisories/osv";
import { advisoryRule } from "../../advisories/rule";
import { exitCodes, messageOf, UsageError } from "../../common/errors";
import { defaultPlatform, type Platform } from "../../common/platforms";
import { printable, printableJson } from "../../common/printable";
import { type BrokenRuleOn, type CheckOptions, checkPlatforms } from "../../image/check";
import { dockerLogin } from "../../image/docker-login";
import { ImageError } from "../../image/error";
import { parseReference } from "../../image/reference";
import type { NeededProgram } from "../../image/rules/programs";
import { readPipeline } from "../../pipeline-files/read-pipeline";
import { readPlatforms } from "../platforms";

/** `job-container check image`: whether jobs can run in an image. */
export function define(command: Command): void {
  command
    .description(
      "Check that jobs can run in an image, as it is in its registry. Signs in with Docker's logins (docker login, az acr login).",
    )
    .argument("<reference>", "registry/repository:tag or registry/repository@sha256:…")
    .addOption(
      new Option("--platform <platforms>", "what the jobs run on: linux/amd64, linux/arm64, or both with a comma")
        .argParser(parsePlatforms)
        .default([defaultPlatform], defaultPlatform),
    )
    .option(
      "--for <pipeline>",
      "a pipeline's YAML file: check as well for the programs that its steps are known to need",
    )
    .option(
      "--advisories <path>",
      "a file or a folder of advisories in OSV's format: check as well whether one is about what is installed",
    )
    .option("--json", "as JSON")
    .addHelpText("after", "\nExit code: 0 if a job can run in it, 1 if it breaks a rule, 2 if it cannot be read.")
    .showHelpAfterError("For example: npx job-container check image myregistry.azurecr.io/mlops/model:latest")
    .action(async (reference: string, { platform: platforms, json, for: pipeline, advisories }: Options) => {
      const broken = await brokenRules(reference, platforms, {
        programs: pipeline === undefined ? [] : programsOf(pipeline),
        more: advisories === undefined ? [] : [advisoryRule(readAdvisories(advisories))],
      });
      process.stdout.write(
        `${json ? printableJson({ reference, platforms, broken }) : printable(report(reference, platforms, broken))}\n`,
      );
      process.exitCode = broken.length > 0 ? exitCodes.failed : exitCodes.done;
    });
}

interface Options {
  platform: Platform[];
  json?: true;
  /** Path of a pipeline's YAML file. */
  for?: string;
  /** Path of a file or a folder. */
  advisories?: string;
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
async function brokenRules(
  reference: string,
  platforms: Platform[],
  options: Pick<CheckOptions, "programs" | "more">,
): Promise<BrokenRuleOn[]> {
  try {
    const login = await dockerLogin(parseReference(reference).registry, process.env);
    return await checkPlatforms(reference, platforms, { ...options, login });
  } catch (error) {
    throw error instanceof ImageError ? new UsageError(error.message) : error;
  }
}

function parsePlatforms(text: string): Platform[] {
  try {
    return readPlatforms(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function report(reference: string, platforms: Platform[], broken: BrokenRuleOn[]): string {
  if (broken.length === 0) return `${reference}: jobs can run in it.`;
  const rows = broken.map(({ platform, rule, message }) => ({
    rule: platforms.length === 1 ? rule : `${platform} ${rule}`,
    message,
  }));
  const width = Math.max(...rows.map(({ rule }) => rule.length));
  return [
    broken.every(({ rule }) => rule === "advisory")
      ? `${reference}: jobs can run in it, and something is known against what is installed in it.`
      : `${reference}: jobs cannot run in it.`,
    ...rows.map(({ rule, message }) => `  ${rule.padEnd(width)}  ${message}`),
  ].join("\n");
}
