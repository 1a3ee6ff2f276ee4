import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../common/errors";

/**
 * The project folder, where `Pulumi.yaml` is: the folder where the person stands, or the nearest one above it.
 *
 * @throws UserError if there is none
 */
export function projectFolder(from = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new UserError(
    `there is no Pulumi.yaml in ${from} or in a folder above it. Run the command in the folder where Pulumi.yaml is, or below it.`,
  );
}
