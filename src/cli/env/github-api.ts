import { types } from "node:util";
import * as z from "zod";
import { messageOf, UserError } from "../../common/errors";
import { nextLink } from "../../common/link-header";
import { request } from "../../common/request";

/** Where the REST API of github.com is. */
export const publicGitHubApi = "https://api.github.com";

/** Milliseconds that GitHub has for an answer. */
const timeout = 30_000;

export interface GitHubOptions {
  /** {@link publicGitHubApi}, or `https://{host}/api/v3` of GitHub Enterprise Server. */
  apiUrl: string;
  /** Without one, only what is public can be read. */
  token: string | undefined;
  /** What the token has to be good for, for example `read the repository's contents`. */
  purpose: string;
}

/** GitHub's REST API. Everything throws UserError if GitHub refuses or does not answer. */
export class GitHubApi {
  private readonly url: string;

  constructor(private readonly options: GitHubOptions) {
    this.url = options.apiUrl.replace(/\/+$/, "");
  }

  /**
   * All pages of a list.
   *
   * @param path from the API's URL on
   * @param doing what it is for, for the error's message
   */
  async list<T>(path: string, item: z.ZodType<T>, doing: string): Promise<T[]> {
    const all: T[] = [];
    for (let url: string | undefined = `${this.url}${path}?per_page=100`; url !== undefined; ) {
      const answer: Response = await this.send("GET", url, doing);
      all.push(...(await this.read(answer, z.array(item), doing)));
      url = this.nextPage(answer, doing);
    }
    return all;
  }

  async get<T>(path: string, schema: z.ZodType<T>, doing: string): Promise<T> {
    return this.read(await this.send("GET", `${this.url}${path}`, doing), schema, doing);
  }

  async post<T>(path: string, body: object, schema: z.ZodType<T>, doing: string): Promise<T> {
    return this.read(await this.send("POST", `${this.url}${path}`, doing, body), schema, doing);
  }

  /** @returns whether it is there */
  async patch(path: string, body: object, doing: string): Promise<boolean> {
    const answer = await this.send("PATCH", `${this.url}${path}`, doing, body);
    if (answer.status === 404 || answer.status === 410) return false;
    await this.requireOk(answer, doing);
    return true;
  }

  private async send(method: string, url: string, doing: string, body?: object): Promise<Response> {
    const { token } = this.options;
    try {
      return await request(url, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          "user-agent": "job-container",
          "x-github-api-version": "2022-11-28",
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
        // What is written is written where it is meant, or not at all.
        redirect: method === "GET" ? "follow" : "manual",
      });
    } catch (error) {
      // fetch says no more than that it failed; why is in the cause.
      const cause = types.isNativeError(error) ? (error.cause ?? error) : error;
      const reason = messageOf(cause);
      throw new UserError(`${doing} failed: ${this.url} does not answer: ${reason}`);
    }
  }

  private async read<T>(answer: Response, schema: z.ZodType<T>, doing: string): Promise<T> {
    await this.requireOk(answer, doing);
    const parsed = schema.safeParse(await answer.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    throw new UserError(`${answer.url} does not answer as GitHub's API does. Is GITHUB_API_URL right?`);
  }

  private async requireOk(answer: Response, doing: string): Promise<void> {
    if (answer.ok) return;
    const refusal = z.object({ message: z.string() }).safeParse(await answer.json().catch(() => undefined));
    const message = refusal.success ? refusal.data.message : answer.statusText;
    throw new UserError(`${doing} failed: ${answer.status} ${message}.${this.adviceFor(answer.status)}`);
  }

  private adviceFor(status: number): string {
    if (status === 401) return " The access token (GITHUB_TOKEN) is wrong or out of date.";
    if (status !== 403 && status !== 404) return "";
    return ` The access token (GITHUB_TOKEN) must be able to ${this.options.purpose}.`;
  }

  /** The next page. The token goes nowhere else. */
  private nextPage(answer: Response, doing: string): string | undefined {
    const next = nextLink(answer.headers.get("link"));
    if (next === undefined) return undefined;
    const url = new URL(next, answer.url);
    if (url.origin === new URL(this.url).origin) return url.href;
    throw new UserError(`${doing} failed: ${this.url} has the next page at ${url.origin}.`);
  }
}
