import { type Organization, operatorIdentity } from "../common/organization";
import type { Definition } from "../definitions/state";
import { buildError } from "./errors";
import type { Build, RetentionLease, RunsState } from "./state";

/** How long "for ever" is, as the service has it: a hundred years. */
const forever = 36_500;

/** The leases that keep a run now. */
export function leasesOf({ leases }: RunsState, build: Build): RetentionLease[] {
  return leases.filter((lease) => lease.buildId === build.id && isValid(lease));
}

/** Whether a lease is a release's. */
export function isReleased({ ownerId }: RetentionLease): boolean {
  return ownerId.startsWith("RM:");
}

export function addLease(
  runs: RunsState,
  lease: Pick<RetentionLease, "projectId" | "definitionId" | "buildId" | "ownerId" | "protectPipeline">,
  daysValid: number,
): RetentionLease {
  // An owner has one lease of a run.
  runs.leases = runs.leases.filter(({ buildId, ownerId }) => buildId !== lease.buildId || ownerId !== lease.ownerId);
  const now = Date.now();
  const made = {
    id: ++runs.last.lease,
    ...lease,
    createdOn: new Date(now).toISOString(),
    validUntil: new Date(now + daysValid * 86_400_000).toISOString(),
  };
  runs.leases.push(made);
  return made;
}

/** What `keepForever` and `retainedByRelease` of a run are made of: leases of its user or of releases. */
export function retain(
  organization: Organization,
  runs: RunsState,
  build: Build,
  owner: "user" | "release",
  keep: boolean,
): void {
  runs.leases = runs.leases.filter(
    (lease) => lease.buildId !== build.id || isReleased(lease) !== (owner === "release"),
  );
  if (!keep) return;
  const ownerId = owner === "release" ? `RM:${build.id}` : `User:${operatorIdentity(organization).id}`;
  const { projectId, definitionId, id: buildId } = build;
  addLease(runs, { projectId, definitionId, buildId, ownerId, protectPipeline: true }, forever);
}

/** @throws ServiceError if a lease keeps the run, or it is not over */
export function requireDeletable(runs: RunsState, build: Build): void {
  if (leasesOf(runs, build).length > 0) {
    throw buildError(
      400,
      "CannotDeleteRetainedBuildException",
      `TF900561: The following build cannot be deleted because it has a retention lease on it: ${build.number}. ` +
        "Remove the lease to allow deletion of this build.",
    );
  }
  if (build.status !== "completed") {
    throw buildError(
      400,
      "CannotDeleteBuildInProgressException",
      `The build ${build.number} cannot be deleted because it is ${build.status}. Cancel it first.`,
    );
  }
}

/** @throws ServiceError if a lease of one of its runs protects the pipeline */
export function requireNotRetained({ leases }: RunsState, { id }: Definition): void {
  const retained = leases.some((lease) => lease.definitionId === id && lease.protectPipeline && isValid(lease));
  if (!retained) return;
  throw buildError(
    409,
    "CannotDeleteDefinitionWithRetainedBuildsException",
    "One or more builds associated with the requested pipeline(s) are retained by a release. The pipeline(s) and " +
      "builds will not be deleted.",
  );
}

function isValid({ validUntil }: RetentionLease): boolean {
  return Date.parse(validUntil) > Date.now();
}
