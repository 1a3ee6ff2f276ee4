import { PipelineError } from "../../pipelines/problems";
import { readTriggers, type Triggers } from "../../pipelines/triggers";
import type { Agent } from "../builds/agent";
import { addFailed, type Queueing, queueUnasked } from "../builds/queue";
import type { Build } from "../builds/state";
import { findProject, type Organization } from "../common/organization";
import type { Definition } from "../definitions/state";
import { type BareRepository, noObject, type RefUpdate } from "../git/bare-repository";
import { operatorName } from "../members";
import type { RefsMoved } from "../refs-moved";
import { ciTriggerSource, yamlCiTrigger } from "./ci-trigger";
import { matchesPaths, matchesRef } from "./filters";
import { skipsCi } from "./skip-ci";

/** What triggers work with. */
export interface Triggering extends Queueing {
  agent: Agent;
}

/** The tree without a file, which Git knows everywhere. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** The service's words for a file that does not even say when it runs. */
const undetermined =
  "This is an informational run. There was a YAML error preventing Azure Pipelines from determining if the pipeline " +
  "should run. If you expected this pipeline to run, please validate your YAML. If it's valid, please try again later.";

/**
 * Starts what a push starts: a run for each branch and each pipeline whose trigger says so, by the file that the branch
 * has now. What waits on a branch that is gone is canceled.
 */
export function pushed(triggering: Triggering, { repository, moves, by }: RefsMoved): void {
  const { organization, agent } = triggering;
  const definitions = organization.state.definitions.filter(
    ({ repository: { type, id } }) => type === "TfsGit" && id === repository.id,
  );
  const startable = definitions.filter(
    (definition) => definition.queueStatus !== "disabled" && ciTriggerSource(definition) !== undefined,
  );
  const git = organization.repositories.of(repository);
  for (const move of moves) {
    if (move.newObjectId === noObject) cancelQueue(triggering, definitions, move.name);
    else if (startable.length > 0 && move.newObjectId !== move.oldObjectId) {
      const change = changeOf(git, move, moves);
      if (change === undefined) continue;
      for (const definition of startable) start(triggering, definition, change, by?.name ?? operatorName);
    }
  }
  agent.wake();
}

/** Starts the run of what was pushed while another went on, now that it is over. */
export function runFinished(triggering: Triggering, { definitionId, branch }: Build): void {
  const { organization, runs } = triggering;
  const found = runs.state.waiting.find((each) => each.definitionId === definitionId && each.branch === branch);
  if (found === undefined || isGoingOn(triggering, definitionId, branch)) return;
  runs.state.waiting = runs.state.waiting.filter((each) => each !== found);
  const definition = organization.state.definitions.find(({ id }) => id === definitionId);
  const repository = organization.state.repositories.find(({ id }) => id === definition?.repository.id);
  const sourceVersion = repository && organization.repositories.of(repository).ref(branch);
  if (definition === undefined || definition.queueStatus === "disabled" || sourceVersion === undefined) return;
  const asked = { cause: { reason: "batchedCI" }, requestedFor: found.requestedFor } as const;
  queueUnasked(triggering, definition, { sourceBranch: branch, sourceVersion }, asked);
}

/** What came to a branch. */
interface Change {
  ref: string;
  commit: string;
  /** The pipeline's triggers by the path of its file; undefined where there is none. */
  triggersOf: (path: string) => Triggers | PipelineError | undefined;
  /** What is different. */
  paths: () => string[];
}

/** @returns undefined where a commit says that nothing is to be started */
function changeOf(git: BareRepository, move: RefUpdate, moves: readonly RefUpdate[]): Change | undefined {
  const head = git.commit(move.newObjectId);
  if (head === undefined) return undefined;
  const before = [
    ...git.refs("refs/heads/", "refs/tags/").filter(({ name }) => !moves.some((each) => each.name === name)),
    ...moves.map(({ oldObjectId }) => ({ id: oldObjectId })).filter(({ id }) => id !== noObject),
  ];
  const brought = git.log(head.id, { without: before.map(({ id }) => id) });
  if ([head, ...brought].some(({ comment }) => skipsCi(comment))) return undefined;
  const files = new Map<string, Triggers | PipelineError | undefined>();
  return {
    ref: move.name,
    commit: head.id,
    triggersOf: (path) => {
      if (!files.has(path)) files.set(path, triggersAt(git, head.id, path));
      return files.get(path);
    },
    paths: () => {
      const oldest = brought.at(-1);
      const from =
        move.oldObjectId !== noObject ? move.oldObjectId : oldest ? (oldest.parents[0] ?? emptyTree) : head.id;
      return git.changes(from, head.id).map(({ path }) => path);
    },
  };
}

/** What starts a pipeline by its file at a commit, or why that cannot be read; undefined if there is no file. */
export function triggersAt(git: BareRepository, commit: string, path: string): Triggers | PipelineError | undefined {
  const text = git.fileAt(commit, path)?.toString();
  if (text === undefined) return undefined;
  try {
    return readTriggers(path, text);
  } catch (error) {
    if (error instanceof PipelineError) return error;
    throw error;
  }
}

function start(triggering: Triggering, definition: Definition, change: Change, requestedFor: string): void {
  const source = { sourceBranch: change.ref, sourceVersion: change.commit };
  const trigger = triggerOf(triggering.organization, definition, change);
  if (trigger instanceof PipelineError) {
    const cause = { reason: "individualCI" } as const;
    addFailed(triggering.runs, definition, source, {
      ...{ cause, requestedFor },
      problems: [undetermined, ...trigger.problems],
    });
    return;
  }
  if (trigger === undefined || !matchesRef(trigger.refs, change.ref)) return;
  if (trigger.paths !== undefined && !matchesPaths(trigger.paths, change.paths())) return;
  if (trigger.batch && isGoingOn(triggering, definition.id, change.ref)) {
    wait(triggering, { definitionId: definition.id, branch: change.ref, requestedFor });
    return;
  }
  const cause = { reason: trigger.batch ? "batchedCI" : "individualCI" } as const;
  queueUnasked(triggering, definition, source, { cause, requestedFor });
}

function triggerOf(organization: Organization, definition: Definition, { triggersOf }: Change) {
  const source = ciTriggerSource(definition);
  if (source !== "yaml") return source;
  const triggers = triggersOf(definition.process.yamlFilename);
  if (triggers === undefined || triggers instanceof PipelineError) return triggers;
  return yamlCiTrigger(triggers, findProject(organization, definition.projectId));
}

/** Whether a push's run of a branch is not over yet. */
function isGoingOn({ runs }: Triggering, definitionId: number, branch: string): boolean {
  return runs.state.builds.some(
    (build) =>
      build.definitionId === definitionId &&
      build.branch === branch &&
      build.status !== "completed" &&
      (build.cause.reason === "individualCI" || build.cause.reason === "batchedCI"),
  );
}

/** Who pushed last is whom the run is for. */
function wait({ runs }: Triggering, one: { definitionId: number; branch: string; requestedFor: string }): void {
  const others = runs.state.waiting.filter(
    ({ definitionId, branch }) => definitionId !== one.definitionId || branch !== one.branch,
  );
  runs.state.waiting = [...others, one];
  runs.save();
}

function cancelQueue({ runs, agent }: Triggering, definitions: readonly Definition[], branch: string): void {
  const isOf = (each: { definitionId: number; branch: string }) =>
    each.branch === branch && definitions.some(({ id }) => id === each.definitionId);
  runs.state.waiting = runs.state.waiting.filter((each) => !isOf(each));
  for (const build of runs.state.builds.filter(isOf)) if (build.status === "notStarted") agent.cancel(build);
  runs.save();
}
