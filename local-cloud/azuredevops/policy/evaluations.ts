import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { collection, findProject, type Organization } from "../common/organization";
import { inProject } from "../common/request";
import { operatorName } from "../members";
import { pullRequestNotFound } from "../pull-requests/model";
import type { PullRequest } from "../pull-requests/state";
import { startRequired } from "../triggers/pull-requests";
import { type Evaluation, evaluationsOf } from "./evaluate";
import { policyView } from "./policies";

const locations = [
  apiLocation(
    "c23ddff5-229c-4d04-a80b-0fdce9f360c8",
    "policy",
    "evaluations",
    "{project}/_apis/{area}/{resource}",
    1,
    true,
  ),
  apiLocation(
    "46aecb7a-5d2c-4647-897b-0209505a9fe4",
    "policy",
    "evaluations",
    "{project}/_apis/{area}/{resource}/{evaluationId}",
    1,
    true,
  ),
];

/** How pull requests stand with branch policies. */
export const evaluations: Area = { locations, routes };

function routes(api: Api, { organization, runs, agent, checkTask }: AreaContext): void {
  const all = "/:project/_apis/policy/evaluations";

  const listed = z.object({ artifactId: z.string().optional(), includeNotApplicable: z.string().optional() });
  api.get(all, { schema: { params: inProject, querystring: listed } }, async ({ params, query }) => {
    const { id: projectId } = findProject(organization, params.project);
    const [, project, id] =
      /^vstfs:\/\/\/CodeReview\/CodeReviewId\/([^/]+)\/(\d+)$/i.exec(query.artifactId ?? "") ?? [];
    if (project?.toLowerCase() !== projectId) {
      throw invalidArgument(
        `The artifactId '${query.artifactId ?? ""}' is not vstfs:///CodeReview/CodeReviewId/${projectId}/{pullRequestId}.`,
      );
    }
    const withAll = query.includeNotApplicable?.toLowerCase() === "true";
    const found = evaluationsOf(organization, runs, pullRequestOf(organization, projectId, Number(id)));
    return collection(found.filter(({ status }) => withAll || status !== "notApplicable").map(view));
  });

  const params = inProject.extend({ evaluationId: z.string() });
  api.get(`${all}/:evaluationId`, { schema: { params } }, async ({ params }) => view(find(params)));

  // Queues its run again.
  api.patch(`${all}/:evaluationId`, { schema: { params } }, async ({ params, caller }) => {
    const { pullRequest, policy } = find(params);
    const asked = { requestedFor: caller?.name ?? operatorName, again: policy.policy.id };
    startRequired({ organization, runs, agent, checkTask }, pullRequest, asked);
    return view(find(params));
  });

  function find({ project, evaluationId }: z.output<typeof params>): Evaluation {
    const { id: projectId } = findProject(organization, project);
    const [, policyId = "", pullRequestId] = /^([0-9a-f]{8})-0000-4000-8000-(\d{12})$/i.exec(evaluationId) ?? [];
    const pullRequest = pullRequestOf(organization, projectId, Number(pullRequestId));
    const found = evaluationsOf(organization, runs, pullRequest).find(
      ({ policy }) => policy.policy.id === Number.parseInt(policyId, 16),
    );
    if (found) return found;
    const server = "Microsoft.TeamFoundation.Policy.Server";
    const message = `The policy evaluation ${evaluationId} was not found.`;
    throw new ServiceError(404, `${server}.PolicyEvaluationNotFoundException, ${server}`, message);
  }

  function view({ policy, pullRequest, status, build, isOutdated, isExpired }: Evaluation) {
    const { id: projectId } = findProject(organization, policy.policy.projectId);
    const evaluationId = `${policy.policy.id.toString(16).padStart(8, "0")}-0000-4000-8000-${String(pullRequest.id).padStart(12, "0")}`;
    const definition = organization.state.definitions.find(({ id }) => id === policy.buildDefinitionId);
    return {
      configuration: policyView(organization, policy.policy),
      artifactId: `vstfs:///CodeReview/CodeReviewId/${projectId}/${pullRequest.id}`,
      evaluationId,
      startedDate: build?.queueTime ?? pullRequest.creationDate,
      ...(build?.finishTime && { completedDate: build.finishTime }),
      status,
      context: {
        buildDefinitionId: policy.buildDefinitionId,
        ...(definition && { buildDefinitionName: definition.name }),
        ...(build && { buildId: build.id, buildStartedUtc: build.startTime ?? null, lastMergeCommitId: build.version }),
        ...{ buildIsNotCurrent: isOutdated, isExpired, buildAfterMerge: false, wasAutoRequeued: false },
      },
      _links: {
        self: { href: `${organization.url}/${projectId}/_apis/policy/evaluations/${evaluationId}` },
      },
    };
  }
}

function pullRequestOf({ state }: Organization, projectId: string, wanted: number): PullRequest {
  const isInProject = ({ repositoryId }: PullRequest) =>
    state.repositories.some((repository) => repository.id === repositoryId && repository.projectId === projectId);
  const found = state.pullRequests.find((pullRequest) => pullRequest.id === wanted && isInProject(pullRequest));
  if (!found) throw pullRequestNotFound();
  return found;
}
