import type { FileTree } from "../file-tree";
import type { BrokenRule, ImageContent } from "./rule";
import { findPrograms, type Program, programAt } from "./search-path";

const why =
  "Steps are run by `docker exec`, without an entry point or a login shell, so only the PATH that the image itself sets " +
  'counts: a job would end with "ModuleNotFoundError".';

/** A step's plain `python` is a conda environment's: the first on the image's `PATH`, and every user may run it. */
export function checkEnvironment({ config, files }: ImageContent): BrokenRule[] {
  const broken = (message: string): BrokenRule[] => [{ rule: "environment", message }];
  const environments = findEnvironments(files);
  const [environment] = environments;
  if (environment === undefined) {
    return broken(
      'the image has no conda environment (a folder with conda-meta/ and bin/python in it): a job would end with "ModuleNotFoundError". ' +
        "Create it when the image is built, for example with `micromamba create --prefix /opt/environment --file ci_dependencies.yml`.",
    );
  }

  const [python, ...others] = findPrograms(files, config.path, "python");
  if (python && isOf(environments, python, files)) {
    const { PYTHONHOME: home } = config.variables;
    if (home && !python.target.startsWith(`${files.resolve(home)?.path}/bin/`)) {
      return broken(
        `the image's variable PYTHONHOME is ${home}, and \`python\` is ${python.target}: it would look for its own library ` +
          "there and not start. Take PYTHONHOME out: Python finds its library without it.",
      );
    }
    if (python.forEverybody) return [];
    return broken(
      `${python.target} may not be run by every user, because of its mode or of a folder's that it is in, and a job's ` +
        "steps do not run as root. Create the environment outside of /root, for example in /opt, with folders of mode 755.",
    );
  }
  const behind = others.find((each) => isOf(environments, each, files));
  if (python && behind) {
    return broken(
      `\`python\` is ${python.path} and not the conda environment's ${behind.path}, because ${python.folder} is before ` +
        `${behind.folder} on the image's PATH (${config.path}). ${why} ` +
        `Put the environment first: \`ENV PATH=${behind.folder}:$PATH\`.`,
    );
  }
  return broken(
    `the conda environment ${environments.join(", ")} is not on the image's PATH (${config.path}). ${why} ` +
      `Put \`ENV PATH=${environment}/bin:$PATH\` into the Dockerfile.`,
  );
}

/** The folders of conda environments that have a Python. */
function findEnvironments(files: FileTree): string[] {
  const found: string[] = [];
  for (const { path, node } of files.directories()) {
    const isEnvironment = node.children.get("conda-meta")?.kind === "directory";
    if (isEnvironment && programAt(files, `${path}/bin`, "python")) found.push(path);
  }
  return found.sort();
}

/**
 * Whether a Python runs with an environment's packages: it follows links to where it is, unless a virtual environment
 * begins where it was called (https://docs.python.org/3/library/site.html). One that is the environment itself does not
 * matter.
 */
function isOf(environments: string[], { folder, path, target }: Program, files: FileTree): boolean {
  const environment = environments.find((each) => target.startsWith(`${each}/bin/`));
  if (environment === undefined) return false;
  if (path.startsWith(`${environment}/bin/`)) return true;
  return !files.resolve(`${folder}/pyvenv.cfg`) && !files.resolve(`${folder}/../pyvenv.cfg`);
}
