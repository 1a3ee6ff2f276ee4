import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Artifacts } from "../../agent/run";

/**
 * The pipeline artifacts of a run, a folder each.
 *
 * @param folder that they are in; it need not be there
 */
export function artifactsIn(folder: string, buildId: number): Artifacts {
  const names = () => (existsSync(folder) ? readdirSync(folder).sort() : []);
  return {
    names,
    folderOf: (name) => (names().includes(name) ? join(folder, name) : undefined),
    add: (name) => {
      if (names().includes(name)) throw new Error(`Artifact ${name} already exists for build ${buildId}.`);
      mkdirSync(join(folder, name), { recursive: true });
      return join(folder, name);
    },
  };
}
