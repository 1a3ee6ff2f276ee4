import { types } from "node:util";
import { z } from "zod";
import { UserError } from "../../../toolchain/errors";
import type { Comment, Comments } from "./comments";
import type { PullRequest } from "./pull-request";

type GitHubPullRequest = Extract<PullRequest, { service: "gitHub" }>;

/** Milliseconds that GitHub has for an answer. */
const timeout = 30_000;

const commentAnswer = z
  .object({ id: z.number(), body: z.string().nullish(), html_url: z.string() })
  .transform(({ id, body, html_url }): Comment => ({ id, body: body ?? "", url: html_url }));

/**
 * Comments of a pull request in GitHub, by its REST API ("Issue comments": to it, a pull request is an issue as well).
 */
export function gitHubComments({ apiUrl, repository, number, token }: GitHubPullRequest): Comments {
  const api = apiUrl.replace(/\/+$/, "");
  const issues = `${api}/repos/${repository}/issues`;
  const comments = `${issues}/${number}/comments`;
  const what = `pull request ${number} of ${repository}`;

  return {
    async list() {
      const all: Comment[] = [];
      for (let url: string | undefined = `${comments}?per_page=100`; url !== undefined; ) {
        const answer: Response = await call("GET", url, `reading the comments of ${what}`);
        all.push(...(await read(answer, z.array(commentAnswer))));
        url = nextPage(answer);
      }
      return all;
    },
    async create(body) {
      return read(await call("POST", comments, `commenting on ${what}`, body), commentAnswer);
    },
    async update(comment, body) {
      const doing = `updating the comment ${comment.url}`;
      const answer = await send("PATCH", `${issues}/comments/${comment.id}`, doing, body);
      if (answer.status === 404 || answer.status === 410) return false;
      await refuse(answer, doing);
      return true;
    },
  };

  async function call(method: string, url: string, doing: string, body?: string): Promise<Response> {
    const answer = await send(method, url, doing, body);
    await refuse(answer, doing);
    return answer;
  }

  async function send(method: string, url: string, doing: string, body?: string): Promise<Response> {
    const headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "job-container",
      "x-github-api-version": "2022-11-28",
    };
    try {
      return await fetch(url, {
        method,
        headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify({ body }) }),
        signal: AbortSignal.timeout(timeout),
      });
    } catch (error) {
      // fetch says no more than that it failed; why is in the cause.
      const cause = types.isNativeError(error) ? (error.cause ?? error) : error;
      const reason = types.isNativeError(cause) ? cause.message : String(cause);
      throw new UserError(`${doing} failed: ${api} does not answer: ${reason}`);
    }
  }

  /** The next page by the header Link (RFC 8288). The token goes nowhere else. */
  function nextPage(answer: Response): string | undefined {
    const [, next] = /<([^>]*)>[^,]*;\s*rel="?next"?/.exec(answer.headers.get("link") ?? "") ?? [];
    if (next === undefined) return undefined;
    const url = new URL(next, answer.url);
    if (url.origin === new URL(api).origin) return url.href;
    throw new UserError(`reading the comments of ${what} failed: ${api} has their next page at ${url.origin}.`);
  }
}

async function read<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await answer.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw new UserError(`${answer.url} does not answer as GitHub's API does. Is GITHUB_API_URL right?`);
}

async function refuse(answer: Response, doing: string): Promise<void> {
  if (answer.ok) return;
  const refusal = z.object({ message: z.string() }).safeParse(await answer.json().catch(() => undefined));
  const message = refusal.success ? refusal.data.message : answer.statusText;
  throw new UserError(`${doing} failed: ${answer.status} ${message}.${adviceFor(answer.status)}`);
}

function adviceFor(status: number): string {
  if (status === 401) return " The access token (GITHUB_TOKEN) is wrong or out of date.";
  if (status === 403 || status === 404) {
    return " The access token (GITHUB_TOKEN) must be able to write pull requests of this repository.";
  }
  return "";
}
