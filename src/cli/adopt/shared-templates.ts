import { join, relative, resolve } from "node:path";
import { repositoryOf } from "../../common/repository";
import { repositoryFiles } from "../../common/repository-files";
import { findPipelines } from "../../pipeline-files/find-pipelines";

/** A pipeline whose jobs run in the job container because a template of it was changed for another. */
export interface Sharing {
  pipeline: string;
  template: string;
}

/**
 * The other pipelines of the repository that include templates.
 *
 * @param templates that were changed. Paths are from the working directory
 * @param adopted the pipelines for which they were
 */
export async function sharingPipelines(templates: string[], adopted: string[]): Promise<Sharing[]> {
  if (templates.length === 0) return [];
  const { root } = repositoryOf();
  const files = (await repositoryFiles(root)).filter((path) => /\.ya?ml$/i.test(path));
  const changed = new Set(templates.map((path) => resolve(path)));
  const known = new Set(adopted.map((path) => resolve(path)));
  return findPipelines(files.map((path) => relative("", join(root, path)))).flatMap((file) => {
    if (file.kind !== "pipeline" || known.has(resolve(file.path))) return [];
    const template = file.pipeline.files.find(({ path }) => changed.has(resolve(path)));
    return template === undefined ? [] : [{ pipeline: file.path, template: template.path }];
  });
}
