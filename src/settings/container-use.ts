import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { asArgument, type NameOf } from "../common/name-of";
import { localPath, repositoryOf } from "../common/repository";
import { type ContainerUse, containerUse } from "../pipeline-files/container-use";
import { isDefeatedBy } from "../pipeline-files/job";
import { type Pipeline, readPipeline } from "../pipeline-files/read-pipeline";
import type { ModelPipelineSettings } from "../rules/model-pipelines";
import { defaults } from "./defaults";
import { settingOf } from "./model-pipelines";

/** Reads a pipeline's file with its templates. */
type Read = (path: string) => Pipeline | undefined;

/**
 * Reads the model pipelines' files, while something else is waited for.
 *
 * @returns what `requireContainerUse` reads them by
 */
export async function readPipelines(pipelines: ModelPipelineSettings[]): Promise<Read> {
  await setImmediate();
  const files = new Map(pipelines.map(({ path }) => [path, readAtRoot(path)]));
  return (path) => files.get(path);
}

/**
 * Makes sure that the model pipelines run in the job container, as far as their files show it. Where only the
 * compilation of a pipeline decides, it says so.
 *
 * @param connection name of the service connection that the stack's image is pulled through
 * @param programs those that the image has, of those that steps are known to need; asked for if it matters
 * @param read by which the files are read: `readPipelines`
 * @param nameOf how a message names what was set
 * @throws UserError that lists the pipelines of which no job runs in it, with what to do
 */
export function requireContainerUse(
  pipelines: ModelPipelineSettings[],
  connection: string,
  programs: () => string[],
  read: Read,
  nameOf: NameOf = asArgument,
): void {
  const unused: string[] = [];
  for (const [index, pipeline] of pipelines.entries()) {
    const file = read(pipeline.path);
    if (file === undefined) continue; // which the check of the settings has refused
    const use = containerUse(file, connection);
    if (use.kind === "no") {
      unused.push(`${use.why} (${nameOf(settingOf(pipeline, index))}): ${remedy(use.reason, file.path, connection)}`);
    }
    const steps = use.kind === "yes" ? use.defeated : [];
    const isDefeated = isDefeatedBy(steps.length === 0 ? [] : programs());
    for (const { place, name, effect } of steps.filter(isDefeated)) {
      pulumi.log.warn(`${place}: ${name} ${effect}`);
    }
    if (use.kind === "unknown") {
      pulumi.log.warn(
        `whether a job of ${pipeline.path} runs in the job container is known only when it is compiled (${use.why})`,
      );
    }
  }
  if (unused.length === 0) return;
  throw new UserError(
    [
      `${unused.length === 1 ? "one model pipeline does" : `${unused.length} model pipelines do`} not use the job container:`,
      ...unused.map((sentence) => `  ${sentence}`),
    ].join("\n"),
  );
}

/** The settings' paths are from the repository's root. */
const readAtRoot: Read = (path) => readPipeline(localPath(repositoryOf(), path));

function remedy(reason: Extract<ContainerUse, { kind: "no" }>["reason"], path: string, connection: string): string {
  if (reason === "job") return `give it to a job with \`npx job-container adopt ${path} --job <name>\``;
  const endpoint = connection === defaults.connectionName ? "" : ` --endpoint ${connection}`;
  return `edit it with \`npx job-container adopt ${path}${endpoint}\``;
}
