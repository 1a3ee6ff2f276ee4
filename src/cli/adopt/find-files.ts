import { statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { gitRoot } from "../../common/repository";
import { repositoryFiles } from "../../common/repository-files";
import { type FoundFile as Found, findPipelines, readAsPipeline } from "../../pipeline-files/find-pipelines";

/** A file that the command was given, or that is in a folder that it was given. */
export type FoundFile = Found & { isNamed: boolean };

/**
 * A file, or the YAML files in a folder and below it: those that Git tracks or would add.
 *
 * @returns undefined for a path at which nothing is
 */
export async function findFiles(path: string): Promise<FoundFile[] | undefined> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return [{ ...readAsPipeline(path), isNamed: true }];
  const folder = resolve(path);
  const root = gitRoot(folder) ?? folder;
  const files = (await repositoryFiles(root)).map((file) => join(root, file));
  const below = files.filter((file) => /\.ya?ml$/i.test(file) && file.startsWith(folder + sep)).sort();
  return findPipelines(below.map((file) => relative("", file))).map((file) => ({ ...file, isNamed: false }));
}
