import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../common/errors";
import { ownProjectFolder, pathFromRoot, repositoryOf } from "../common/repository";
import { checkSettings, type StackSettings } from "./check";
import { readFileOf } from "./read-file";

export { findBuildFiles } from "./build";
export { readCondaFiles } from "./conda-files";
export { requireContainerUse } from "./container-use";
export { programsInImage } from "./image-programs";
export { readRevision } from "./revision";
export type { StackSettings };

/**
 * Reads and checks the settings of the stack. This folder is the one place where configuration and environment variables are read.
 *
 * @param own settings that the program has itself, which hold whatever the stack's are
 * @throws UserError that lists every mistake, with where it was set and what to do
 */
export async function readSettings(own: Record<string, unknown> = {}): Promise<StackSettings> {
  const repository = repositoryOf();
  const { settings, mistakes } = await checkSettings({
    namespace: pulumi.getProject(),
    config: pulumi.runtime.allConfig(),
    own,
    env: process.env,
    readFile: readFileOf(repository),
    projectFolder: pathFromRoot(repository, ownProjectFolder(pulumi.getRootDirectory())),
  });
  if (settings) return settings;
  throw new UserError(
    [
      `${mistakes.length === 1 ? "one setting is" : `${mistakes.length} settings are`} wrong:`,
      ...mistakes.map((mistake) => `  ${mistake}`),
      `They are set in Pulumi.${pulumi.getStack()}.yaml (pulumi config set --path <setting> <value>), ` +
        "and every setting is described in Pulumi.yaml.",
    ].join("\n"),
  );
}
