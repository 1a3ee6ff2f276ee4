import { findProject, operatorIdentity } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import { repositoryOf } from "../azuredevops/git/repository";
import type { Repository } from "../azuredevops/git/state";
import { type EvaluationStatus, evaluationsOf, nameOf } from "../azuredevops/policy/evaluate";
import { findPullRequest } from "../azuredevops/pull-requests/model";
import type { CommentThread, PullRequest } from "../azuredevops/pull-requests/state";
import { type Content, type Html, html } from "./html";
import { facts, link, listRefresh, type Page, section, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { branchName, time } from "./words";

/** A pull request: its branches and its comments, as they were written. */
export function pullRequestPage(site: Site, projectNameOrId: string, name: string, id: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const repository = repositoryOf(site.organization, { project: project.id, repositoryId: name });
  const pullRequest = findPullRequest(site.organization, repository, id);
  const { mergeCommit, threads } = pullRequest;
  const urls = urlsOf(site);
  return {
    title: pullRequest.title,
    badge: statusOf(pullRequest),
    project,
    section: "Repos",
    above: [{ title: repository.name, url: urls.repository(project, repository) }],
    refresh: listRefresh,
    body: html`${facts([
      ["Pull request", `!${pullRequest.id}`],
      ["From", branch(site, project, repository, pullRequest.sourceRefName)],
      ["Into", branch(site, project, repository, pullRequest.targetRefName)],
      ["Created", time(pullRequest.creationDate)],
      ["Closed", time(pullRequest.closedDate)],
      ["Merged by", mergeCommit && link(urls.commit(project, repository, mergeCommit), mergeCommit.slice(0, 8))],
    ])}
${pullRequest.description !== "" && section("Description", html`<p class="comment">${pullRequest.description}</p>`)}
${checks(site, project, pullRequest)}
${section(
  "Comments",
  threads.length === 0 ? html`<p>There is none.</p>` : threads.map((thread) => comments(site, thread)),
)}`,
  };
}

/** The pull requests of a repository, the newest first. */
export function pullRequestTable(site: Site, project: Project, repository: Repository): Html {
  const rows = site.organization.state.pullRequests
    .filter(({ repositoryId }) => repositoryId === repository.id)
    .sort((a, b) => b.id - a.id)
    .map((pullRequest) => ({
      id: `pull-request-${pullRequest.id}`,
      cells: [
        link(urlsOf(site).pullRequest(project, repository, pullRequest.id), pullRequest.title),
        statusOf(pullRequest),
        branchName(pullRequest.sourceRefName),
        branchName(pullRequest.targetRefName),
      ],
    }));
  return table(["Pull request", "Status", "From", "Into"], rows, "There is no pull request.");
}

/** What the policies on the target branch ask for, and what came of it. */
function checks({ organization, runs }: Site, project: Project, pullRequest: PullRequest): Content {
  const words: Record<EvaluationStatus, string> = {
    ...{ queued: "Not run yet", running: "Running", approved: "Succeeded", rejected: "Failed" },
    notApplicable: "Not applicable",
  };
  const rows = evaluationsOf(organization, runs, pullRequest).map(({ policy, status, build, isExpired }) => ({
    id: `policy-${policy.policy.id}`,
    cells: [
      nameOf(organization, policy),
      policy.policy.isBlocking ? "Required" : "Optional",
      html`<span class="state ${status}">${isExpired ? "Expired" : words[status]}</span>`,
      build && link(urlsOf({ organization }).run(project, build), `#${build.number}`),
    ],
  }));
  return rows.length > 0 && section("Checks", table(["Policy", "Required", "Status", "Run"], rows, ""));
}

function statusOf({ status, isDraft }: PullRequest): Html {
  const words = { active: isDraft ? "Draft" : "Active", abandoned: "Abandoned", completed: "Completed" };
  return html`<span class="state ${status}">${words[status]}</span>`;
}

function branch(site: Site, project: Project, repository: Repository, ref: string): Content {
  const name = branchName(ref);
  return site.organization.repositories.of(repository).ref(ref) === undefined
    ? name
    : link(urlsOf(site).item(project, repository, "/", `GB${name}`), name);
}

function comments({ organization }: Site, thread: CommentThread): Html[] {
  return thread.comments.map(({ id, content, publishedDate, isDeleted }) => {
    const by = html`<p class="hint">${operatorIdentity(organization).displayName}, ${time(publishedDate)}</p>`;
    return html`<article id="comment-${thread.id}-${id}">${by}<p class="comment">${isDeleted ? html`<em>deleted</em>` : content}</p></article>`;
  });
}
