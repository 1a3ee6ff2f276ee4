import { join } from "node:path";
import { projectRoot } from "../../local-cloud/cloud/layout";

/**
 * How one of this project's commands is started: by the loader that the Pulumi program has, which takes a third of the
 * time that tsx takes.
 *
 * @param script path of its file in the project
 * @param folder this project's folder, or that of a copy
 */
export function commandLine(script: string, folder = projectRoot): [program: string, ...args: string[]] {
  return ["node", "--require", join(folder, "transpile.js"), join(folder, script)];
}
