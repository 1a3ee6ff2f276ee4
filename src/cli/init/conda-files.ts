import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import type { RepositoryFile } from "../../common/repository-files";
import { azureMlEnding } from "../../conda/solved-paths";
import type { FoundDockerfile } from "./dockerfiles";

/** The conda files of a repository, and what each is for. */
export interface FoundCondaFiles {
  /** What the image is made from. Undefined if that is not clear. */
  ci?: string;
  training: string[];
  scoring: string[];
  /** Those whose use is not clear. */
  others: string[];
}

/** Words by which teams tell their conda files apart. */
const words = {
  scoring: /(?:^|[^a-z])(?:scor\w*|infer\w*|serv\w*|deploy\w*)/,
  training: /(?:^|[^a-z])train\w*/,
  ci: /(?:^|[^a-z])(?:ci|build|test)(?:[^a-z]|$)/,
};

/** Whether a file is a conda environment file of somebody's: a mapping with a list of dependencies. */
export function isCondaFile({ path, text }: RepositoryFile): boolean {
  if (!/\.ya?ml$/.test(path) || path.endsWith(azureMlEnding) || !/^["']?dependencies["']?\s*:/m.test(text))
    return false;
  const { contents, errors } = parseDocument(text);
  const dependencies = isMap(contents) && errors.length === 0 ? contents.get("dependencies", true) : undefined;
  return isSeq(dependencies) && dependencies.items.some((item) => isScalar(item));
}

/**
 * Tells by their names, and by what the Dockerfile copies, which conda file is whose. A single one is everybody's.
 */
export function tellApart(paths: string[], dockerfile: FoundDockerfile | undefined): FoundCondaFiles {
  const [only] = paths;
  if (only !== undefined && paths.length === 1) return { ci: only, training: [only], scoring: [only], others: [] };
  const left = new Set(paths);
  const take = (isWanted: (path: string) => boolean) => {
    const taken = [...left].filter(isWanted);
    for (const path of taken) left.delete(path);
    return taken;
  };
  const copied = paths.filter((path) => dockerfile?.copies.includes(path));
  const [ci] = copied.length === 1 ? take((path) => copied.includes(path)) : [];
  const scoring = take((path) => words.scoring.test(nameOf(path)));
  const training = take((path) => words.training.test(nameOf(path)));
  const named = ci === undefined ? take((path) => words.ci.test(nameOf(path))) : [];
  // Nothing in its name says what it is for: it is what is left over for the training.
  if (training.length === 0 && left.size === 1) training.push(...take(() => true));
  const [first, ...more] = ci === undefined ? named : [ci];
  return {
    ...(more.length === 0 && first !== undefined && { ci: first }),
    training,
    scoring,
    others: [...left, ...(more.length > 0 ? named : [])],
  };
}

function nameOf(path: string): string {
  return (path.split("/").at(-1) ?? path).toLowerCase();
}
