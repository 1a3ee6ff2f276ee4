import { basename } from "node:path";
import { queueBuild } from "../builds/queue";
import type { Build } from "../builds/state";
import { invalidArgument } from "../common/errors";
import type { Organization } from "../common/organization";
import type { Project } from "../core/state";
import { addDefinition } from "../definitions/definitions";
import type { Definition } from "../definitions/state";
import type { Repository } from "../git/state";
import type { Triggering } from "./push";

/** The folder of pipelines that are there for one run. */
const temporaryFolder = "\\local-cloud run";

/** A file that is run as it is in somebody's working tree. */
export interface FileToRun {
  repository: Repository;
  /** From the repository's root. */
  path: string;
  /** What the working tree has: no branch leads to it. */
  commit: string;
  /** Full name of the branch that the run is of, whether it is there or not. */
  branch: string;
  /** Names of the stages to run; none for all. */
  stages: readonly string[];
}

/**
 * Queues a run of a file: as the pipeline that has it, with its variables and permissions, or else as one that is gone
 * when the run is over.
 *
 * @throws ServiceError with all that is wrong with it
 */
export function queueFile(
  triggering: Triggering,
  project: Project,
  file: FileToRun,
  requestedFor: string,
): { build: Build; definition: Definition; isTemporary: boolean } {
  const { organization, agent } = triggering;
  // What a local cloud that was killed has left.
  removeTemporary(triggering);
  const known = pipelineOf(organization, file);
  const definition = known ?? addTemporary(organization, project, file);
  try {
    if (definition.queueStatus === "paused") {
      throw invalidArgument(`The pipeline ${definition.name} is paused: none of its runs begins. Enable it first.`);
    }
    const { branch: sourceBranch, commit: sourceVersion, stages } = file;
    const source = { sourceBranch, sourceVersion, isDetached: true, stages };
    const build = queueBuild(triggering, definition, source, { cause: { reason: "manual" }, requestedFor });
    return { build, definition, isTemporary: known === undefined };
  } finally {
    agent.wake();
    removeTemporary(triggering);
  }
}

/** Removes the pipelines that were there for runs that are over, or that never were. Their runs stay. */
export function removeTemporary({ organization, runs }: Pick<Triggering, "organization" | "runs">): void {
  const { state } = organization;
  const isNeeded = ({ id, path }: Definition) =>
    path !== temporaryFolder ||
    runs.state.builds.some(({ definitionId, status }) => definitionId === id && status !== "completed");
  if (state.definitions.every(isNeeded)) return;
  state.definitions = state.definitions.filter(isNeeded);
  organization.save();
}

/** Of several that have the file, one of the branch; else the one that was there first. */
function pipelineOf({ state }: Organization, { repository, path, branch }: FileToRun): Definition | undefined {
  const found = state.definitions.filter(
    (definition) =>
      definition.repository.id === repository.id &&
      definition.path !== temporaryFolder &&
      definition.process.yamlFilename.replace(/^\/+/, "") === path,
  );
  return found.find((definition) => definition.repository.defaultBranch === branch) ?? found[0];
}

function addTemporary(organization: Organization, project: Project, { repository, path }: FileToRun): Definition {
  return addDefinition(organization, project, {
    // Two of one file can be under way.
    name: `${basename(path)} ${organization.state.last.definition + 1}`,
    path: temporaryFolder,
    repository: {
      id: repository.id,
      type: "TfsGit",
      defaultBranch: organization.repositories.of(repository).defaultBranch(),
    },
    process: { yamlFilename: path },
  });
}
