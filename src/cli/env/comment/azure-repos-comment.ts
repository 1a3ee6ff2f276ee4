import type { IGitApi } from "azure-devops-node-api/GitApi";
import { CommentType, type GitPullRequestCommentThread } from "azure-devops-node-api/interfaces/GitInterfaces";
import { projectUrlOf } from "../../../azure-devops/project-url";
import { UserError } from "../../../common/errors";
import { infrastructureTokenScopes } from "../../../common/token-scopes";
import { explained, signedIn } from "../../azure-devops";
import type { Comment, Comments } from "./comments";
import type { PullRequest } from "./pull-request";

type AzureReposPullRequest = Extract<PullRequest, { service: "azureRepos" }>;

const needs = {
  scope: infrastructureTokenScopes.code.name,
  permission:
    "The token's identity needs \"Contribute to pull requests\" on the repository, and edits its own comments only; in a pipeline, that is the project's build service.",
};

/** Comments of a pull request in Azure Repos: each is the first of a thread of its own. */
export function azureReposComments(pullRequest: AzureReposPullRequest): Comments {
  const { organizationUrl, project, repository, number, token } = pullRequest;
  const webApi = signedIn(organizationUrl, token, process.env);
  const page = `${projectUrlOf(organizationUrl, project)}/_git/${encodeURIComponent(repository)}/pullrequest/${number}`;
  const call = <T>(doing: string, work: (api: IGitApi) => Promise<T>) =>
    explained(doing, needs, async () => work(await webApi.getGitApi()));

  return {
    // The API has no pages: it answers with all threads.
    list: () =>
      call(`reading the comments of ${page}`, async (api) => {
        // The client has null where the service has 404.
        const threads: GitPullRequestCommentThread[] | null = await api.getThreads(repository, number, project);
        if (threads === null) throw new UserError(`there is no pull request ${page}, or not for this access token.`);
        return threads.flatMap((thread) => commentOf(thread, page));
      }),
    create: (content) =>
      call(`commenting on ${page}`, async (api) => {
        // Without a status: a thread that is active would have to be resolved before the pull request is completed.
        const comments = [{ content, parentCommentId: 0, commentType: CommentType.Text }];
        const thread: GitPullRequestCommentThread | null = await api.createThread(
          { comments },
          repository,
          number,
          project,
        );
        const [comment] = thread === null ? [] : commentOf(thread, page);
        if (comment === undefined) throw new UserError(`commenting on ${page} failed: it is not there any more.`);
        return comment;
      }),
    update: (comment, content) =>
      call(`updating the comment ${comment.url}`, async (api) => {
        const first = 1; // of a thread's comments, which are numbered from 1
        return (await api.updateComment({ content }, repository, number, comment.id, first, project)) !== null;
      }),
  };
}

/** Nothing if it is deleted: it has no content then. */
function commentOf({ id, comments }: GitPullRequestCommentThread, page: string): Comment[] {
  const body = comments?.find((comment) => comment.id === 1)?.content;
  return id === undefined || typeof body !== "string" ? [] : [{ id, body, url: `${page}?discussionId=${id}` }];
}
