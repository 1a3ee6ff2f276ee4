import { PipelineError } from "../../pipelines/problems";
import type { Filter, Schedule } from "../../pipelines/triggers";
import { queueUnasked } from "../builds/queue";
import type { Build } from "../builds/state";
import { invalidArgument } from "../common/errors";
import type { Definition } from "../definitions/state";
import { schedulesOf } from "../definitions/triggers";
import { findRepository } from "../git/repository";
import { matchesRef, refFilter, signedFilter } from "./filters";
import { type Triggering, triggersAt } from "./push";

/** What came of a schedule on a branch: a run, or the reason why there is none. */
export interface Scheduled {
  /** Full name. */
  branch: string;
  /** Its name; empty if it has none. */
  schedule: string;
  outcome: Build | string;
}

type Due = Pick<Schedule, "displayName" | "always" | "batch"> & { branches: Filter };

/**
 * Runs a pipeline as if the time of all its schedules had come. They are the definition's own, or else those of its YAML
 * file, where each branch goes by the file that it has itself.
 * https://learn.microsoft.com/azure/devops/pipelines/process/scheduled-triggers
 *
 * @throws ServiceError if no schedule is for any branch
 */
export function runSchedules(triggering: Triggering, definition: Definition, requestedFor: string): Scheduled[] {
  const { organization, agent } = triggering;
  const git = organization.repositories.of(findRepository(organization, definition.repository.id));
  const own = definition.triggers.find(({ triggerType }) => triggerType === "schedule");
  const ofDefinition = own === undefined ? undefined : schedulesOf(own).map(ownSchedule);
  const found = git.refs("refs/heads/").flatMap(({ name: branch, id: commit }): Scheduled[] => {
    const schedules = ofDefinition ?? yamlSchedules(triggersAt(git, commit, definition.process.yamlFilename));
    if (typeof schedules === "string") return [{ branch, schedule: "", outcome: schedules }];
    return schedules
      .filter(({ branches }) => matchesRef(branches, branch))
      .map((due) => {
        const source = { sourceBranch: branch, sourceVersion: commit };
        const cause = { reason: "schedule", displayName: due.displayName } as const;
        const outcome =
          reasonAgainst(triggering, definition, due, branch, commit) ??
          queueUnasked(triggering, definition, source, { cause, requestedFor });
        return { branch, schedule: due.displayName, outcome };
      });
  });
  if (found.length === 0) {
    throw invalidArgument(
      `No schedule of the pipeline ${definition.name} is for a branch of its repository. A schedule is in the file ` +
        `${definition.process.yamlFilename}, on the branch itself, under \`schedules:\`.`,
    );
  }
  agent.wake();
  return found;
}

function ownSchedule({ branchFilters, scheduleOnlyWithChanges }: ReturnType<typeof schedulesOf>[number]): Due {
  const branches = allUnlessNamed(signedFilter(branchFilters));
  return { displayName: "", branches, always: scheduleOnlyWithChanges === false, batch: false };
}

/** The schedules of a branch's file, or why they cannot be read. */
function yamlSchedules(triggers: ReturnType<typeof triggersAt>): Due[] | string {
  if (triggers instanceof PipelineError) return `its file says nothing that can be read: ${triggers.message}`;
  return (triggers?.schedules ?? []).map((each) => ({
    ...each,
    branches: allUnlessNamed(each.branches ?? { include: [], exclude: [] }),
  }));
}

function allUnlessNamed(filter: Filter): Filter {
  return refFilter(filter.include.length === 0 ? { ...filter, include: ["*"] } : filter);
}

function reasonAgainst(
  { runs }: Triggering,
  { id, queueStatus }: Definition,
  { always, batch }: Due,
  branch: string,
  commit: string,
): string | undefined {
  if (queueStatus === "disabled") return "the pipeline is disabled";
  if (always) return undefined;
  const before = runs.state.builds.filter(
    (build) => build.definitionId === id && build.branch === branch && build.cause.reason === "schedule",
  );
  const goingOn = before.find(({ status }) => status !== "completed");
  if (batch && goingOn !== undefined) return `the scheduled run #${goingOn.number} is not over yet, and it batches`;
  const last = before.findLast(({ result }) => result === "succeeded");
  if (last?.version !== commit) return undefined;
  return `nothing has changed since the scheduled run #${last.number}, and it is not to run always`;
}
