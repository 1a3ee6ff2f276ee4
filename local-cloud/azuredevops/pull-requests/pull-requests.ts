import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { enumName } from "../common/naming";
import { collection, findProject, type Organization } from "../common/organization";
import { enumeration, inProject } from "../common/request";
import { noObject } from "../git/bare-repository";
import { findRepository, inRepository, repositoryOf } from "../git/repository";
import type { Repository } from "../git/state";
import type { Caller } from "../members";
import { requirePolicies } from "../policy/evaluate";
import { standingOf } from "./merge";
import {
  activate,
  close,
  completePullRequest,
  deleteSourceBranch,
  findPullRequest,
  inPullRequest,
  invalidValue,
  mergeAhead,
  notEditable,
  pullRequestNotFound,
  pullRequestView,
} from "./model";
import type { PullRequest } from "./state";

const locations = [
  apiLocation(
    "9946fd70-0d40-406e-b686-b4744cbbcc37",
    "git",
    "pullRequests",
    "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{pullRequestId}",
    2,
  ),
  apiLocation(
    "01a46dea-7d46-4d40-bc84-319e7c260d99",
    "git",
    "pullRequests",
    "{project}/_apis/{area}/{resource}/{pullRequestId}",
    2,
  ),
  apiLocation("a5d28130-9cd2-40fa-9f08-902e7daa9efb", "git", "pullRequests", "{project}/_apis/{area}/{resource}", 2),
];

/** Numbers of a pull request's states in the API. */
const statuses = { 1: "active", 2: "abandoned", 3: "completed" } as const;
/** How many a list has, where no number is asked for. */
const pageSize = 100;

const pullRequestBody = z.object({
  title: z.string().optional(),
  description: z.string().nullish(),
  sourceRefName: z.string().optional(),
  targetRefName: z.string().optional(),
  isDraft: z.boolean().nullish(),
  status: enumeration.optional(),
  lastMergeSourceCommit: z.object({ commitId: z.string() }).optional(),
  completionOptions: z
    .object({ deleteSourceBranch: z.boolean().optional(), bypassPolicy: z.boolean().optional() })
    .nullish(),
});

type PullRequestBody = z.output<typeof pullRequestBody>;

const search = z.object({
  "searchCriteria.status": z.string().optional(),
  "searchCriteria.sourceRefName": z.string().optional(),
  "searchCriteria.targetRefName": z.string().optional(),
  "searchCriteria.repositoryId": z.string().optional(),
  $skip: z.string().optional(),
  $top: z.string().optional(),
});

type Search = z.output<typeof search>;

export const pullRequests: Area = { locations, routes };

function routes(api: Api, { organization, runs }: AreaContext): void {
  const { state } = organization;
  for (const scope of ["", "/:project"]) {
    const all = `${scope}/_apis/git/repositories/:repositoryId/pullrequests`;

    api.post(
      all,
      { schema: { params: inRepository, body: pullRequestBody } },
      async ({ params, body, caller }, reply) => {
        const repository = repositoryOf(organization, params);
        const pullRequest = makePullRequest(organization, repository, body);
        activate(organization, repository, pullRequest);
        pullRequest.id = ++state.last.pullRequest;
        state.pullRequests.push(pullRequest);
        mergeAhead(organization, repository, pullRequest);
        organization.triggers.opened(pullRequest, caller);
        organization.save();
        return reply.code(201).send(pullRequestView(organization, pullRequest));
      },
    );

    api.get(all, { schema: { params: inRepository, querystring: search } }, async ({ params, query }) => {
      const repository = repositoryOf(organization, params);
      return list(organization, (pullRequest) => pullRequest.repositoryId === repository.id, query);
    });

    api.get(`${all}/:pullRequestId`, { schema: { params: inPullRequest } }, async ({ params }) => {
      const repository = repositoryOf(organization, params);
      return pullRequestView(organization, findPullRequest(organization, repository, params.pullRequestId));
    });

    const edited = { schema: { params: inPullRequest, body: pullRequestBody } };
    api.patch(`${all}/:pullRequestId`, edited, async ({ params, body, caller }) => {
      const repository = repositoryOf(organization, params);
      const pullRequest = findPullRequest(organization, repository, params.pullRequestId);
      update({ organization, runs }, repository, pullRequest, body, caller);
      organization.save();
      return pullRequestView(organization, pullRequest);
    });

    api.get(
      `${scope}/_apis/git/pullrequests/:pullRequestId`,
      { schema: { params: inPullRequest.omit({ repositoryId: true }) } },
      async ({ params }) => {
        const found = state.pullRequests.find(({ id }) => String(id) === params.pullRequestId);
        if (!found || !isIn(organization, found, params.project)) throw pullRequestNotFound();
        return pullRequestView(organization, found);
      },
    );
  }

  api.get(
    "/:project/_apis/git/pullrequests",
    { schema: { params: inProject, querystring: search } },
    async ({ params, query }) =>
      list(organization, (pullRequest) => isIn(organization, pullRequest, params.project), query),
  );
}

function isIn(organization: Organization, { repositoryId }: PullRequest, project: string | undefined): boolean {
  if (project === undefined) return true;
  return findRepository(organization, repositoryId).projectId === findProject(organization, project).id;
}

/** The newest first; active ones unless others are asked for. */
function list(organization: Organization, isWanted: (pullRequest: PullRequest) => boolean, query: Search) {
  const wanted = query["searchCriteria.status"] ?? "active";
  const status = enumName({ ...statuses, 4: "all" }, wanted);
  const [source, target, repositoryId] = [
    query["searchCriteria.sourceRefName"],
    query["searchCriteria.targetRefName"],
    query["searchCriteria.repositoryId"],
  ];
  const found = organization.state.pullRequests
    .filter(
      (pullRequest) =>
        isWanted(pullRequest) &&
        (status === "all" || pullRequest.status === status) &&
        (!source || pullRequest.sourceRefName === source) &&
        (!target || pullRequest.targetRefName === target) &&
        (!repositoryId || pullRequest.repositoryId === repositoryId.toLowerCase()),
    )
    .reverse();
  const skip = Number(query.$skip ?? 0);
  const page = found.slice(skip, skip + Number(query.$top ?? pageSize));
  return collection(page.map((pullRequest) => pullRequestView(organization, pullRequest)));
}

function makePullRequest(
  organization: Organization,
  { id: repositoryId }: Repository,
  input: PullRequestBody,
): PullRequest {
  return {
    id: organization.state.last.pullRequest + 1,
    repositoryId,
    title: checkTitle(input.title ?? ""),
    description: checkDescription(input.description ?? ""),
    sourceRefName: input.sourceRefName ?? "",
    targetRefName: input.targetRefName ?? "",
    isDraft: input.isDraft ?? false,
    status: "active",
    creationDate: new Date().toISOString(),
    sourceCommit: noObject,
    targetCommit: noObject,
    threads: [],
  };
}

function update(
  { organization, runs }: Pick<AreaContext, "organization" | "runs">,
  repository: Repository,
  pullRequest: PullRequest,
  input: PullRequestBody,
  caller: Caller | undefined,
): void {
  const status = input.status === undefined ? pullRequest.status : enumName(statuses, input.status);
  const isReactivated = pullRequest.status === "abandoned" && status === "active";
  if (pullRequest.status !== "active" && !isReactivated) throw notEditable();
  const formerTarget = pullRequest.targetRefName;
  const { title, description, targetRefName = formerTarget } = input;
  const changed = {
    title: title === undefined ? pullRequest.title : checkTitle(title),
    description: description === undefined ? pullRequest.description : checkDescription(description ?? ""),
    isDraft: input.isDraft ?? pullRequest.isDraft,
    targetRefName,
  };
  const leadsElsewhere = isReactivated || targetRefName !== formerTarget;
  if (leadsElsewhere) {
    activate(organization, repository, Object.assign(pullRequest, { targetRefName }));
    mergeAhead(organization, repository, pullRequest);
  }
  const wasDraft = pullRequest.isDraft;
  Object.assign(pullRequest, changed);
  if (leadsElsewhere || (wasDraft && !pullRequest.isDraft)) organization.triggers.opened(pullRequest, caller);
  if (status === "abandoned") {
    close(standingOf(organization.repositories.of(repository), pullRequest), pullRequest, status);
    organization.triggers.closed(pullRequest);
  }
  if (status !== "completed") return;
  const { bypassPolicy = false, deleteSourceBranch: deletes = false } = input.completionOptions ?? {};
  if (!bypassPolicy || !caller?.bypassesPolicies) requirePolicies(organization, runs, pullRequest);
  const { commitId } = input.lastMergeSourceCommit ?? { commitId: noObject };
  const expected = commitId === noObject ? undefined : commitId;
  completePullRequest(organization, repository, pullRequest, expected, caller);
  organization.triggers.closed(pullRequest);
  if (deletes) deleteSourceBranch(organization, repository, pullRequest, caller);
}

function checkTitle(title: string): string {
  if (title.trim() === "") throw invalidValue("A title for a pull request must be given.");
  if (title.length > 400) throw invalidValue("A title for a pull request must not be longer than 400 characters.");
  return title;
}

function checkDescription(description: string): string {
  if (description.length <= 4000) return description;
  throw invalidValue("A description for a pull request must not be longer than 4000 characters.");
}
