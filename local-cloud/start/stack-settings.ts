import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { UserError } from "../../src/common/errors";
import { baseImage } from "../base-image/publication";
import { builderName } from "../buildkit/buildkit";
import { addressesOf } from "../cloud/addresses";
import { type Layout, projectRoot } from "../cloud/layout";
import type { CloudSettings } from "../cloud/settings";
import { project, repository } from "../repository/seed";

/** The stack that `npm start` brings up. */
export const stackName = "local";

const file = join(projectRoot, `Pulumi.${stackName}.yaml`);

/** The setting that holds an address of the local cloud: by it a file is known to be another cloud's. */
const addressKey = "job-container:baseImage";

/** The settings of the stack `local`: where the local cloud has what is on the internet otherwise, and some names. */
export function stackSettings(settings: CloudSettings): Record<string, unknown> {
  const addresses = addressesOf(settings.port);
  return {
    "azure-native:location": "westeurope",
    "job-container:project": project,
    "job-container:repository": { kind: "azureRepos", name: repository, defaultBranch: "main" },
    "job-container:registry": { kind: "new", name: "mlopslocal" },
    [addressKey]: `${addresses.publicRegistry}/${baseImage.repository}:${baseImage.tag}`,
    "job-container:condaChannel": addresses.channel,
    "job-container:builder": builderName,
    // `reset` removes all of it, and asks nobody.
    "job-container:protect": false,
  };
}

/**
 * Makes sure that a `Pulumi.local.yaml` that is there is this local cloud's.
 * @throws UserError when it was written for another one.
 */
export function requireOwnStackSettings(settings: CloudSettings): void {
  if (!existsSync(file) || belongsTo(settings)) return;
  throw new UserError(
    `${basename(file)} was written for another local cloud: ${addressKey} is not ` +
      `${String(stackSettings(settings)[addressKey])}. \`reset\` that one, or remove the file.`,
  );
}

/** Writes `Pulumi.local.yaml`, unless it is there: it is then its owner's to change. */
export function writeStackSettings(layout: Layout, settings: CloudSettings): void {
  if (existsSync(file)) return;
  const lockFolder = relative(projectRoot, layout.condaLocks);
  writeFileSync(file, stringify({ config: { ...stackSettings(settings), "job-container:lockFolder": lockFolder } }));
}

/** Removes `Pulumi.local.yaml`, unless it is another local cloud's. */
export function removeStackSettings(settings: CloudSettings): void {
  if (existsSync(file) && belongsTo(settings)) rmSync(file);
}

function belongsTo(settings: CloudSettings): boolean {
  const content: { config?: Record<string, unknown> } | null = parse(readFileSync(file, "utf8"));
  return content?.config?.[addressKey] === stackSettings(settings)[addressKey];
}
