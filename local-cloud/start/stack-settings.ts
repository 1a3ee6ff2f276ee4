import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { UserError } from "../../src/common/errors";
import { writeInOneStep } from "../../src/common/files";
import { seedProject } from "../azuredevops/seed";
import { baseImage } from "../base-image/publication";
import { builderName } from "../buildkit/buildkit";
import { addressesOf } from "../cloud/addresses";
import type { Layout } from "../cloud/layout";
import type { CloudSettings } from "../cloud/settings";

/** The stack that `local-cloud start` brings up. */
export const stackName = "local";

/** The stack's settings in a project folder. */
export function stackSettingsFile(project: string): string {
  return join(project, `Pulumi.${stackName}.yaml`);
}

/** Name of the setting that holds an address of the local cloud: by it a file is known to be another cloud's. */
const addressSetting = "baseImage";

const contentForm = z.object({ config: z.record(z.string(), z.unknown()).nullish() }).nullable();

/**
 * The settings by which a stack of the program goes to the local cloud: where it has what is on the internet otherwise,
 * and some names.
 *
 * @param project name of the Pulumi project, with which the program's settings begin
 */
export function stackSettings(settings: CloudSettings, project: string): Record<string, unknown> {
  const { channel } = addressesOf(settings.port);
  const own = {
    project: seedProject,
    repository: { kind: "azureRepos", ...settings.repository },
    registry: { kind: "new", name: "mlopslocal" },
    [addressSetting]: baseImageOf(settings),
    condaChannel: channel,
    builder: builderName,
    // `reset` removes all of it, and asks nobody.
    protect: false,
  };
  return {
    "azure-native:location": "westeurope",
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`${project}:${name}`, value])),
  };
}

/** The image that the local cloud's public registry has for Dockerfiles to start from. */
export function baseImageOf({ port }: CloudSettings): string {
  return `${addressesOf(port).publicRegistry}/${baseImage.repository}:${baseImage.tag}`;
}

/**
 * Makes sure that a `Pulumi.local.yaml` that is there is this local cloud's.
 *
 * @throws UserError when it was written for another one.
 */
export function requireOwnStackSettings(settings: CloudSettings, file: string): void {
  if (!existsSync(file) || belongsTo(settings, file)) return;
  throw new UserError(
    `${file} was written for another local cloud: its ${addressSetting} is not ${baseImageOf(settings)}. ` +
      "`reset` that one, or remove the file.",
  );
}

/** Writes `Pulumi.local.yaml`, and notes that it was: `reset` removes it. */
export function writeStackSettings(layout: Layout, file: string, config: Record<string, unknown>): void {
  writeInOneStep(layout.stackSettings, JSON.stringify({ file }));
  writeFileSync(file, stringify({ config }));
}

/** Removes `Pulumi.local.yaml`, unless it is another local cloud's. */
export function removeStackSettings(layout: Layout, settings: CloudSettings): void {
  if (!existsSync(layout.stackSettings)) return;
  const { data } = z.object({ file: z.string() }).safeParse(JSON.parse(readFileSync(layout.stackSettings, "utf8")));
  if (data !== undefined && existsSync(data.file) && belongsTo(settings, data.file)) rmSync(data.file);
}

function belongsTo(settings: CloudSettings, file: string): boolean {
  const { data } = contentForm.safeParse(parse(readFileSync(file, "utf8")));
  const address = baseImageOf(settings);
  return Object.entries(data?.config ?? {}).some(
    ([key, value]) => key.endsWith(`:${addressSetting}`) && value === address,
  );
}
