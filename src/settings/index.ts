import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { asArgument, asSetting, type NameOf } from "../common/name-of";
import { ownProjectFolder, pathFromRoot, repositoryOf } from "../common/repository";
import { checkSettings, isArgument, type SettingsSource, type StackSettings } from "./check";
import { readFileOf } from "./read-file";

export { findBuildFiles } from "./build";
export { readCondaFiles } from "./conda-files";
export { readPipelines, requireContainerUse } from "./container-use";
export { programsInImage } from "./image-programs";
export { readRevision } from "./revision";
export type { StackSettings };

/** What settings are read from. */
export interface SettingsRequest extends Pick<SettingsSource, "explicit" | "organizationUrl"> {
  /** Whether the stack's configuration has settings. What it says of providers is read in any case. */
  configured: boolean;
  /** Settings that the program has itself, its arguments. They hold whatever the configuration says. */
  own: Record<string, unknown>;
}

/** Settings that were read, and where each came from. */
export interface ReadSettings {
  settings: StackSettings;
  nameOf: NameOf;
  /** The configuration's namespace in which a setting is; undefined for an argument. */
  namespaceOf: (path: string) => string | undefined;
}

/**
 * Reads and checks the settings of the stack. This folder is the one place where configuration and environment variables are read.
 *
 * @throws UserError that lists every mistake, with where it was set and what to do
 */
export async function readSettings({ configured, own: given, ...request }: SettingsRequest): Promise<ReadSettings> {
  const repository = repositoryOf();
  const namespace = configured ? pulumi.getProject() : undefined;
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { settings, mistakes } = await checkSettings({
    ...request,
    namespace,
    config: pulumi.runtime.allConfig(),
    own,
    env: process.env,
    readFile: readFileOf(repository),
    projectFolder: pathFromRoot(repository, ownProjectFolder(pulumi.getRootDirectory())),
  });
  const isOwn = (path: string) => namespace === undefined || isArgument({ own }, path);
  if (settings) {
    return {
      settings,
      nameOf: (path) => (isOwn(path) ? asArgument(path) : asSetting(path)),
      namespaceOf: (path) => (isOwn(path) ? undefined : namespace),
    };
  }
  const what = configured ? "setting" : "argument";
  throw new UserError(
    [
      `${mistakes.length === 1 ? `one ${what} is` : `${mistakes.length} ${what}s are`} wrong:`,
      ...mistakes.map((mistake) => `  ${mistake}`),
      configured
        ? `They are set in Pulumi.${pulumi.getStack()}.yaml (pulumi config set --path <setting> <value>), ` +
          "and every setting is described in Pulumi.yaml."
        : "The program passes arguments to its JobContainer, and docs/settings.md describes each; those with a colon are " +
          `settings of providers, in Pulumi.${pulumi.getStack()}.yaml.`,
    ].join("\n"),
  );
}
