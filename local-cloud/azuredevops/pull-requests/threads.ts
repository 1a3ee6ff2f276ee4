import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { enumName } from "../common/naming";
import { collection, type Organization, operatorIdentity } from "../common/organization";
import { anything, enumeration } from "../common/request";
import { repositoryOf, repositoryUrl } from "../git/repository";
import type { Repository } from "../git/state";
import { findPullRequest, inPullRequest } from "./model";
import type { Comment, CommentThread, PullRequest } from "./state";

const route = "{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}/threads/{threadId}";

const locations = [
  apiLocation("ab6e2e5d-a0b7-4153-b64a-a4efe0d49449", "git", "pullRequestThreads", route, 1),
  apiLocation(
    "965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b",
    "git",
    "pullRequestThreadComments",
    `${route}/comments/{commentId}`,
    1,
  ),
];

/** Numbers of enumeration values in the API. */
const threadStatuses = {
  0: "unknown",
  1: "active",
  2: "fixed",
  3: "wontFix",
  4: "closed",
  5: "byDesign",
  6: "pending",
};
const commentTypes = { 1: "text", 2: "codeChange", 3: "system" };

/** The service's limits: https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-thread-comments/create */
const commentLength = 150_000;
const commentsInThread = 500;

const commentBody = z.object({
  content: z.string().nullish(),
  parentCommentId: z.int().optional(),
  commentType: enumeration.optional(),
});

type CommentBody = z.output<typeof commentBody>;

const threadBody = z.object({
  comments: z.array(commentBody).nullish(),
  status: enumeration.optional(),
  threadContext: anything.nullish(),
  pullRequestThreadContext: anything.nullish(),
  properties: anything.nullish(),
});

type ThreadBody = z.output<typeof threadBody>;

const inThread = inPullRequest.extend({ threadId: z.string() });
const inComment = inThread.extend({ commentId: z.string() });

/** Threads of comments in pull requests. */
export const threads: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const pullRequestOf = (params: z.output<typeof inPullRequest>) => {
    const repository = repositoryOf(organization, params);
    const pullRequest = findPullRequest(organization, repository, params.pullRequestId);
    return { place: { organization, repository, pullRequest }, pullRequest };
  };
  const threadOf = (params: z.output<typeof inThread>) => {
    const { place, pullRequest } = pullRequestOf(params);
    return { place, thread: findThread(pullRequest, params.threadId) };
  };

  for (const scope of ["", "/:project"]) {
    const all = `${scope}/_apis/git/repositories/:repositoryId/pullrequests/:pullRequestId/threads`;
    const comments = `${all}/:threadId/comments`;

    api.post(all, { schema: { params: inPullRequest, body: threadBody } }, async ({ params, body }) => {
      const { place, pullRequest } = pullRequestOf(params);
      const thread = makeThread(organization, body);
      pullRequest.threads.push(thread);
      organization.save();
      return threadView(place, thread);
    });

    api.get(all, { schema: { params: inPullRequest } }, async ({ params }) => {
      const { place, pullRequest } = pullRequestOf(params);
      return collection(pullRequest.threads.map((thread) => threadView(place, thread)));
    });

    api.get(`${all}/:threadId`, { schema: { params: inThread } }, async ({ params }) => {
      const { place, thread } = threadOf(params);
      return threadView(place, thread);
    });

    api.patch(`${all}/:threadId`, { schema: { params: inThread, body: threadBody } }, async ({ params, body }) => {
      const { place, thread } = threadOf(params);
      if (body.status !== undefined) thread.status = enumName(threadStatuses, body.status);
      if (body.properties) thread.properties = { ...thread.properties, ...body.properties };
      thread.lastUpdatedDate = new Date().toISOString();
      organization.save();
      return threadView(place, thread);
    });

    api.post(comments, { schema: { params: inThread, body: commentBody } }, async ({ params, body }) => {
      const { place, thread } = threadOf(params);
      const comment = addComment(thread, body);
      organization.save();
      return commentView(place, thread, comment);
    });

    api.get(comments, { schema: { params: inThread } }, async ({ params }) => {
      const { place, thread } = threadOf(params);
      return collection(thread.comments.map((comment) => commentView(place, thread, comment)));
    });

    api.get(`${comments}/:commentId`, { schema: { params: inComment } }, async ({ params }) => {
      const { place, thread } = threadOf(params);
      return commentView(place, thread, findComment(thread, params.commentId));
    });

    api.patch(
      `${comments}/:commentId`,
      { schema: { params: inComment, body: commentBody } },
      async ({ params, body }) => {
        const { place, thread } = threadOf(params);
        const comment = findComment(thread, params.commentId);
        if (comment.isDeleted) throw commentNotFound(params.commentId);
        comment.content = checkContent(body);
        comment.lastUpdatedDate = thread.lastUpdatedDate = new Date().toISOString();
        organization.save();
        return commentView(place, thread, comment);
      },
    );

    api.delete(`${comments}/:commentId`, { schema: { params: inComment } }, async ({ params }, reply) => {
      const { thread } = threadOf(params);
      const comment = findComment(thread, params.commentId);
      const lastUpdatedDate = new Date().toISOString();
      Object.assign(comment, { isDeleted: true, content: "", lastUpdatedDate });
      thread.lastUpdatedDate = lastUpdatedDate;
      organization.save();
      return reply.code(200).send();
    });
  }
}

function makeThread(organization: Organization, body: ThreadBody): CommentThread {
  if (!body.comments?.length) {
    throw invalidArgument("A discussion thread must have at least one comment.\r\nParameter name: comments");
  }
  const now = new Date().toISOString();
  const thread: CommentThread = {
    id: organization.state.last.thread + 1,
    status: enumName(threadStatuses, body.status ?? "unknown"),
    publishedDate: now,
    lastUpdatedDate: now,
    threadContext: body.threadContext ?? null,
    pullRequestThreadContext: body.pullRequestThreadContext ?? null,
    properties: body.properties ?? null,
    comments: [],
  };
  for (const comment of body.comments) addComment(thread, comment);
  organization.state.last.thread = thread.id;
  return thread;
}

function addComment(thread: CommentThread, body: CommentBody): Comment {
  const content = checkContent(body);
  if (thread.comments.length >= commentsInThread) {
    throw invalidArgument(`A discussion thread cannot have more than ${commentsInThread} comments.`);
  }
  const parentCommentId = body.parentCommentId ?? 0;
  if (parentCommentId !== 0) findComment(thread, String(parentCommentId));
  const now = new Date().toISOString();
  const comment: Comment = {
    id: thread.comments.length + 1,
    parentCommentId,
    content,
    commentType: enumName(commentTypes, body.commentType ?? "text"),
    publishedDate: now,
    lastUpdatedDate: now,
    isDeleted: false,
  };
  thread.comments.push(comment);
  thread.lastUpdatedDate = now;
  return comment;
}

function checkContent({ content }: CommentBody): string {
  if (!content) throw invalidArgument("A discussion comment cannot be empty.\r\nParameter name: comment.Content");
  if (content.length <= commentLength) return content;
  throw invalidArgument(
    `A discussion comment cannot be longer than ${commentLength} characters.\r\nParameter name: comment.Content`,
  );
}

function findThread({ threads }: PullRequest, threadId: string): CommentThread {
  const thread = threads.find(({ id }) => String(id) === threadId);
  if (!thread) {
    throw discussionError("DiscussionThreadNotFoundException", `The discussion thread ${threadId} does not exist.`);
  }
  return thread;
}

function findComment({ comments }: CommentThread, commentId: string): Comment {
  const comment = comments.find(({ id }) => String(id) === commentId);
  if (!comment) throw commentNotFound(commentId);
  return comment;
}

function commentNotFound(commentId: string): ServiceError {
  return discussionError("DiscussionCommentNotFoundException", `The discussion comment ${commentId} does not exist.`);
}

function discussionError(exception: string, message: string): ServiceError {
  const webApi = "Microsoft.VisualStudio.Services.CodeReview.Discussion.WebApi";
  return new ServiceError(404, `${webApi}.${exception}, ${webApi}`, message);
}

interface Place {
  organization: Organization;
  repository: Repository;
  pullRequest: PullRequest;
}

function threadView(place: Place, thread: CommentThread) {
  const { id, status, publishedDate, lastUpdatedDate, threadContext, pullRequestThreadContext, properties } = thread;
  return {
    pullRequestThreadContext,
    id,
    publishedDate,
    lastUpdatedDate,
    comments: thread.comments.map((comment) => commentView(place, thread, comment)),
    ...(status === "unknown" ? {} : { status }),
    threadContext,
    properties,
    identities: null,
    isDeleted: thread.comments.every((comment) => comment.isDeleted),
    _links: {
      self: { href: threadUrl(place, thread) },
      repository: { href: repositoryUrl(place.organization, place.repository) },
    },
  };
}

function commentView(place: Place, thread: CommentThread, comment: Comment) {
  const { id, parentCommentId, content, commentType, publishedDate, lastUpdatedDate, isDeleted } = comment;
  return {
    id,
    parentCommentId,
    author: operatorIdentity(place.organization),
    ...(isDeleted ? { isDeleted } : { content }),
    publishedDate,
    lastUpdatedDate,
    lastContentUpdatedDate: lastUpdatedDate,
    commentType,
    usersLiked: [],
    _links: { self: { href: `${threadUrl(place, thread)}/comments/${id}` } },
  };
}

function threadUrl({ organization, repository, pullRequest }: Place, { id }: CommentThread): string {
  return `${repositoryUrl(organization, repository)}/pullRequests/${pullRequest.id}/threads/${id}`;
}
