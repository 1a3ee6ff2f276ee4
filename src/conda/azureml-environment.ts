import { basename } from "node:path";
import { stringify } from "yaml";
import type { Finding } from "./finding";
import type { Lock } from "./lock-file";
import { firstLine, solveCommand } from "./solved-file";
import { azureMlEnvironmentPath } from "./solved-paths";

/**
 * What a lock has as a conda environment file, which is the form that `az ml environment create --conda-file` takes: each
 * package with its version and build, and what pip installs with its version.
 * https://learn.microsoft.com/azure/machine-learning/how-to-manage-environments-v2
 */
export function azureMlEnvironment({ path, channels, packages, pip, pipLines }: Lock): string {
  const conda = packages.map(({ name, version, build }) => `${name}=${version}=${build}`);
  const options = pipLines.filter((line) => line.startsWith("-"));
  const fromPip = pip.map(({ text }) => text);
  const content = {
    // conda would look in its own channels besides.
    channels: [...channels.map(nameOf), "nodefaults"],
    dependencies: [...conda, ...(fromPip.length > 0 ? [{ pip: [...options, ...fromPip] }] : [])],
  };
  return `${firstLine}\n# lock: ${basename(path)}\n${stringify(content, { lineWidth: 0 })}`;
}

/** Finds a file for Azure Machine Learning that has something else than its lock. Rule "lock". */
export function checkAzureMlEnvironment(lock: Lock, readFile: (path: string) => string | undefined): Finding[] {
  const path = azureMlEnvironmentPath(lock.path);
  const text = readFile(path);
  if (text === undefined || text.replaceAll("\r\n", "\n") === azureMlEnvironment(lock)) return [];
  const message = `it has not what ${lock.path} has, of which it is made: solve again (\`${solveCommand}\`)`;
  return [{ rule: "lock", file: path, line: 1, message }];
}

/** A channel of conda's own site is known by its name. */
function nameOf(url: string): string {
  return url.replace(/^https:\/\/conda\.anaconda\.org\//, "");
}
