import * as z from "zod";
import { GitHubApi } from "../github-api";
import type { Comment, Comments } from "./comments";
import type { PullRequest } from "./pull-request";

type GitHubPullRequest = Extract<PullRequest, { service: "gitHub" }>;

const commentAnswer = z
  .object({ id: z.number(), body: z.string().nullish(), html_url: z.string() })
  .transform(({ id, body, html_url }): Comment => ({ id, body: body ?? "", url: html_url }));

/**
 * Comments of a pull request in GitHub, by its REST API ("Issue comments": to it, a pull request is an issue as well).
 */
export function gitHubComments({ apiUrl, repository, number, token }: GitHubPullRequest): Comments {
  const api = new GitHubApi({ apiUrl, token, purpose: "write pull requests of this repository" });
  const issues = `/repos/${repository}/issues`;
  const comments = `${issues}/${number}/comments`;
  const what = `pull request ${number} of ${repository}`;

  return {
    list: () => api.list(comments, commentAnswer, `reading the comments of ${what}`),
    create: (body) => api.post(comments, { body }, commentAnswer, `commenting on ${what}`),
    update: ({ id, url }, body) => api.patch(`${issues}/comments/${id}`, { body }, `updating the comment ${url}`),
  };
}
