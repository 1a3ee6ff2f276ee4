import { readFileSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UserError } from "../common/errors";
import {
  type LocalCloudVariables,
  localCloudFolder,
  localCloudVariables,
  variablesFile,
} from "../common/local-cloud-variables";
import { gitRoot } from "../common/repository";
import { startTimeOf } from "../common/start-time";

/**
 * The environment that leads to a stack and its Azure DevOps: the caller's own, or that of a local cloud where one runs
 * in the repository and the caller has no access token of Azure DevOps.
 *
 * @param project the project folder
 * @param say is told if it is the local cloud's
 * @throws UserError if what a local cloud has written is damaged
 */
export function environmentFor(
  own: NodeJS.ProcessEnv,
  project: string,
  say: (line: string) => void,
): NodeJS.ProcessEnv {
  if (own.AZDO_PERSONAL_ACCESS_TOKEN || own.SYSTEM_ACCESSTOKEN) return own;
  for (const folder of foldersUpFrom(project)) {
    const directory = join(folder, localCloudFolder);
    const variables = variablesOf(join(directory, variablesFile));
    if (variables === undefined) continue;
    say(`In the local cloud of ${directory}: AZDO_PERSONAL_ACCESS_TOKEN is not set.`);
    return { ...own, ...variables, PATH: [variables.PATH, own.PATH ?? ""].join(delimiter) };
  }
  return own;
}

/** A folder and those above it, up to the top of the Git repository; the folder alone where there is none. */
function foldersUpFrom(folder: string): string[] {
  const root = gitRoot(folder) ?? folder;
  const all = [folder];
  for (let at = folder; at !== root; at = dirname(at)) all.push(dirname(at));
  return all;
}

/** Undefined if no local cloud of this user's runs there. */
function variablesOf(file: string): LocalCloudVariables["variables"] | undefined {
  if (!isOwn(file)) return undefined;
  const { supervisor, variables } = read(file);
  return startTimeOf(supervisor.pid) === supervisor.startTime ? variables : undefined;
}

/** Whether a file is there and this user's: by somebody else's PATH, somebody else would choose what this user runs. */
function isOwn(file: string): boolean {
  try {
    return statSync(file).uid === process.getuid?.();
  } catch {
    return false;
  }
}

function read(file: string): LocalCloudVariables {
  try {
    return localCloudVariables.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new UserError(
      `${file} is damaged: it is not what the local cloud has written. Stop the local cloud and start it again ` +
        "(npx local-cloud stop, npx local-cloud up), or remove the file.",
    );
  }
}
