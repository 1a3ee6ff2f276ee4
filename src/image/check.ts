import { defaultPlatform, type Platform } from "../common/platforms";
import { FileTree } from "./file-tree";
import { applyLayer } from "./layer";
import { readImage } from "./manifest";
import { parseReference } from "./reference";
import type { RegistryLogin } from "./registry-login";
import { Repository } from "./repository";
import { checkEntrypoint } from "./rules/entrypoint";
import { checkEnvironment } from "./rules/environment";
import { checkLibc } from "./rules/libc";
import { checkNode } from "./rules/node";
import { checkNeeded, checkPrograms, type NeededProgram } from "./rules/programs";
import type { BrokenRule, ImageContent } from "./rules/rule";
import { checkShell } from "./rules/shell";
import { checkUser } from "./rules/user";

export interface CheckOptions {
  /** How to sign in to the registry. Default: as anybody. */
  login?: RegistryLogin;
  /** What the jobs run on. Default: `linux/amd64`, which Microsoft's agents are. */
  platform?: Platform;
  /** What the steps of a pipeline run besides. Default: nothing that is known. */
  programs?: NeededProgram[];
  /** What else it is to keep to. Default: nothing. */
  more?: ((image: ImageContent) => BrokenRule[])[];
  /** Milliseconds that the registry may send nothing. Default: 30 s. */
  timeout?: number;
}

const rules = [checkEntrypoint, checkUser, checkPrograms, checkShell, checkLibc, checkNode, checkEnvironment];

/** A rule that the image for one platform breaks. */
export interface BrokenRuleOn extends BrokenRule {
  platform: Platform;
}

/** Checks an image for each of the platforms that jobs run on: see `checkImage`. */
export async function checkPlatforms(
  reference: string,
  platforms: readonly Platform[],
  options: Omit<CheckOptions, "platform"> = {},
): Promise<BrokenRuleOn[]> {
  const broken: BrokenRuleOn[] = [];
  // One after the other: the files of a whole image are in memory.
  for (const platform of platforms) {
    broken.push(...(await checkImage(reference, { ...options, platform })).map((one) => ({ platform, ...one })));
  }
  return broken;
}

/**
 * Checks that an image can be a job container: the requirements of
 * https://learn.microsoft.com/azure/devops/pipelines/process/container-phases, as the agent relies on them, and that a
 * step's `python` is the conda environment's. The image is read from its registry, all of its layers, without Docker.
 *
 * @param reference `registry/repository:tag` or `registry/repository@sha256:…`
 * @returns each rule that the image breaks; empty when a job can run in it. An image for other platforms breaks that
 *   rule alone, because jobs would not get it.
 * @throws ImageError if the image cannot be read
 */
export async function checkImage(reference: string, options: CheckOptions = {}): Promise<BrokenRule[]> {
  const { platform = defaultPlatform, login, timeout, programs = [], more = [] } = options;
  const { registry, repository: name, version } = parseReference(reference);
  const repository = new Repository({ registry, repository: name, login, timeout });
  const image = await readImage(repository, version, platform);
  if ("others" in image) return [wrongPlatform(platform, image.others)];

  const files = new FileTree();
  for (const [index, layer] of image.layers.entries()) {
    await applyLayer(files, index + 1, layer, repository.blob(layer));
  }
  const content = { platform, config: image.config, files };
  const all = [...rules, (image: ImageContent) => checkNeeded(image, programs), ...more];
  return all.flatMap((rule) => {
    files.begin();
    return rule(content);
  });
}

function wrongPlatform(platform: Platform, others: string[]): BrokenRule {
  return {
    rule: "platform",
    message:
      `the image is for ${others.join(", ") || "no platform that it names"} and not for ${platform}, which jobs run on. ` +
      `Build it for that: \`docker build --platform ${platform}\`, or with the setting \`platforms\`.`,
  };
}
