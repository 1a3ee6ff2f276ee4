import { UserError } from "../../common/errors";
import { readText } from "../../common/files";
import { localPath, pathFromRoot, type Repository } from "../../common/repository";
import { checkCondaFiles } from "../../conda/check";
import { lockFolderOf } from "../../rules/environment-definition";
import { textReport } from "../check/conda/report";
import type { StepOutput } from "./choose-build";
import { definitionOf } from "./definition";

/**
 * Compares the conda files that a run's variables name, as strictly as the variable `environmentPolicy` says. Without
 * other files CI's own takes their place, which always agrees.
 *
 * @throws UserError if one of the files does not exist
 */
export async function compareFiles(variables: NodeJS.ProcessEnv, repository: Repository): Promise<StepOutput> {
  const { ENVIRONMENTPOLICY: policy } = variables;
  if (policy === "off") {
    return { lines: ["environmentPolicy is off: the conda files are not compared"], failed: false };
  }
  const definition = definitionOf(variables);
  const { condaFile, platforms } = definition;
  const local = (path: string) => localPath(repository, path);
  const listed = (text = "") => (text === "" ? [condaFile] : text.split("\n")).map(local);
  const files = {
    ci: local(condaFile),
    training: listed(variables.TRAININGFILES),
    scoring: listed(variables.SCORINGFILES),
  };
  for (const [of, paths] of Object.entries({
    condaFile: [files.ci],
    trainingFiles: files.training,
    scoringFiles: files.scoring,
  })) {
    const missing = paths.find((path) => readText(path) === undefined);
    if (missing !== undefined) {
      throw new UserError(`${missing} does not exist: correct the setting ${of}, and run pulumi up, or add the file`);
    }
  }
  const checked = checkCondaFiles({
    ...files,
    lockFolder: (file) => {
      const folder = lockFolderOf({ condaFile: pathFromRoot(repository, file), lockFolder: definition.lockFolder });
      return folder && local(folder);
    },
    condaChannel: variables.CONDACHANNEL || undefined,
    platforms,
    readFile: readText,
  });
  const report = textReport({ ...checked, fixed: [] }, { width: undefined, colours: false });
  if (checked.findings.length === 0) return { lines: [report], failed: false };
  if (policy !== "warn") return { lines: [report], failed: true };
  const warning =
    "##vso[task.logissue type=warning]the conda files do not match, as the step's log says; environmentPolicy is warn, " +
    "so the image is built all the same";
  return { lines: [report, warning], failed: false };
}
