import { dirname } from "node:path/posix";
import { type FoundCondaFiles, tellApart } from "./conda-files";
import type { FoundDockerfile } from "./dockerfiles";
import type { Found } from "./look";

/** What the settings are made of: what was found, and what somebody has still to say. */
export interface Choices {
  /** `copies`: what it takes of its context, from the repository root. */
  dockerfile: { path: string; buildContext: string; copies: string[]; isNew: boolean };
  conda: Pick<FoundCondaFiles, "ci" | "training" | "scoring"> & { isNew: boolean };
  modelPipelines: { paths: string[]; isNew: boolean };
  /** What is left to do, by the setting that it is about. */
  todos: { setting: string; text: string }[];
}

/** Asks a person to choose. Undefined if nobody can be asked. */
export type Ask = (question: string, options: string[]) => Promise<string | undefined>;

const newDockerfile = "docker/Dockerfile";
const newCondaFile = "docker/ci_dependencies.yml";

/**
 * Decides what can be decided. What is ambiguous is asked, or left to do.
 *
 * @param newPipeline path of the pipeline that is written where there is none
 */
export async function choose(found: Found, newPipeline: string, ask: Ask): Promise<Choices> {
  const todos: Choices["todos"] = [];
  const leave = (setting: string, text: string) => todos.push({ setting, text });

  const dockerfile = await chooseDockerfile();
  const conda = await chooseCondaFiles();
  const modelPipelines = choosePipelines();
  return {
    dockerfile: {
      path: dockerfile?.path ?? newDockerfile,
      buildContext: dockerfile?.buildContext ?? contextOf(conda.ci),
      copies: dockerfile?.copies ?? [],
      isNew: found.dockerfiles.length === 0,
    },
    conda,
    modelPipelines,
    todos,
  };

  async function chooseDockerfile(): Promise<FoundDockerfile | undefined> {
    const { dockerfiles } = found;
    const conda = dockerfiles.filter(({ usesConda }) => usesConda);
    const candidates = conda.length === 1 ? conda : dockerfiles;
    const [first] = candidates;
    if (first === undefined || candidates.length === 1) return first;
    const paths = candidates.map(({ path }) => path);
    const chosen = await ask("Which Dockerfile is the job container made from?", paths);
    if (chosen === undefined) leave("dockerfile", `choose one of ${paths.join(", ")}; the first is set`);
    return candidates.find(({ path }) => path === chosen) ?? first;
  }

  async function chooseCondaFiles(): Promise<Choices["conda"]> {
    if (found.condaFiles.length === 0) {
      return { ci: newCondaFile, training: [newCondaFile], scoring: [newCondaFile], isNew: true };
    }
    const { ci, training, scoring, others } = tellApart(found.condaFiles, dockerfile);
    const chosen = ci ?? (await ask("Which conda file are the packages of the job container from?", found.condaFiles));
    if (chosen === undefined) {
      leave("condaFile", `choose one of ${found.condaFiles.join(", ")}; the first is set`);
    }
    const file = chosen ?? found.condaFiles[0];
    const notCi = (path: string) => path !== file;
    const unclear = others.filter(notCi);
    if (unclear.length > 0) {
      leave(
        "trainingFiles",
        `what is ${unclear.join(", ")} for? Add it to trainingFiles or scoringFiles, or leave it out`,
      );
    }
    return { ci: file, training: training.filter(orOnly), scoring: scoring.filter(orOnly), isNew: false };

    /** One file alone is everybody's; otherwise CI's is compared with the others, not with itself. */
    function orOnly(path: string): boolean {
      return found.condaFiles.length === 1 || notCi(path);
    }
  }

  function choosePipelines(): Choices["modelPipelines"] {
    const { withContainer, withoutContainer } = found.pipelines;
    if (withContainer.length > 0) return { paths: withContainer, isNew: false };
    if (withoutContainer.length === 0) return { paths: [newPipeline], isNew: true };
    leave(
      "modelPipelines",
      `no job runs in a container yet: give one of ${withoutContainer.join(", ")} a container, and name it here`,
    );
    return { paths: [], isNew: false };
  }
}

/** Where the new Dockerfile is built, so that the conda file is in its context. */
function contextOf(condaFile: string | undefined): string {
  const own = dirname(newDockerfile);
  return condaFile?.startsWith(`${own}/`) ? own : ".";
}
