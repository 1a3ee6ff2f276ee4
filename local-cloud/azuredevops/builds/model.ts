import * as z from "zod";
import { findProject, identityOf, type Organization, projectReference } from "../common/organization";
import { inProject } from "../common/request";
import { definitionReference } from "../definitions/model";
import { triggerInfo } from "./cause";
import { buildError, validationResults } from "./errors";
import { isReleased, leasesOf } from "./retention";
import type { Build, RunsState } from "./state";

/** A path to a run. */
export const oneBuild = inProject.extend({ buildId: z.string() });

export type OneBuild = z.output<typeof oneBuild>;

/** Throws the service's own error when the project has no such run. */
export function findBuild(
  organization: Organization,
  runs: RunsState,
  projectNameOrId: string,
  id: string | number,
): Build {
  const project = findProject(organization, projectNameOrId);
  const found = runs.builds.find((build) => build.projectId === project.id && String(build.id) === String(id));
  if (!found) throw buildError(404, "BuildNotFoundException", `The requested build ${id} could not be found.`);
  return found;
}

/** A run as the service gives it. */
export function buildView(organization: Organization, runs: RunsState, build: Build) {
  const project = findProject(organization, build.projectId);
  const definition = organization.state.definitions.find(({ id }) => id === build.definitionId);
  const reference = definition && definitionReference(organization, definition);
  const url = buildUrl(organization, build);
  const planId = timelineId(build);
  const by = identityOf(organization, build.requestedFor);
  const leases = leasesOf(runs, build);
  return {
    _links: {
      self: { href: url },
      web: { href: `${organization.url}/${project.id}/_build/results?buildId=${build.id}` },
      timeline: { href: `${url}/Timeline` },
    },
    properties: {},
    tags: build.tags,
    validationResults: validationResults(build.problems),
    plans: [{ planId }],
    orchestrationPlan: { planId },
    triggerInfo: triggerInfo(build.cause, build),
    id: build.id,
    buildNumber: build.number,
    status: build.status,
    ...(build.result ? { result: build.result } : {}),
    queueTime: build.queueTime,
    ...(build.startTime ? { startTime: build.startTime } : {}),
    ...(build.finishTime ? { finishTime: build.finishTime } : {}),
    url,
    uri: `vstfs:///Build/Build/${build.id}`,
    ...(definition && {
      definition: reference,
      queue: reference?.queue,
      repository: { id: definition.repository.id, type: definition.repository.type },
    }),
    project: projectReference(organization, project),
    sourceBranch: build.branch,
    sourceVersion: build.version,
    priority: "normal",
    reason: build.cause.reason,
    parameters: JSON.stringify(build.parameters),
    templateParameters: build.templateParameters,
    requestedFor: by,
    requestedBy: by,
    lastChangedBy: by,
    lastChangedDate: build.finishTime ?? build.startTime ?? build.queueTime,
    logs: { id: 0, type: "Container", url: `${url}/logs` },
    retainedByRelease: leases.some(isReleased),
    keepForever: leases.some((lease) => !isReleased(lease)),
    triggeredByBuild: null,
  };
}

export function buildUrl(organization: Organization, { projectId, id }: Build): string {
  return `${organization.url}/${projectId}/_apis/build/Builds/${id}`;
}

/** The id of a run's plan and of its timeline, which are one in the service as well. */
export function timelineId({ id }: Build): string {
  return `00000000-0000-4000-8000-${String(id).padStart(12, "0")}`;
}
