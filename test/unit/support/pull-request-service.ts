import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as z from "zod";

export interface TestComment {
  id: number;
  body: string;
  deleted?: true;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What both services have in common: a pull request, number 7, with comments. */
abstract class TestService {
  readonly comments: TestComment[] = [];
  /** `METHOD path`, in the order of the requests. */
  readonly asked: string[] = [];
  /** Called before an answer is made; one that it returns is given instead. */
  interfere: (method: string, url: URL) => Answer | undefined = () => undefined;
  readonly #server: Server = createServer(async (request, response) => {
    const { status, body, headers } = await this.#answer(request);
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  #lastId = 100;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(body: string): TestComment {
    this.#lastId += 1;
    const comment = { id: this.#lastId, body };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "", this.url);
    this.asked.push(`${method} ${url.pathname}`);
    const body: unknown = JSON.parse((await text(request)) || "null");
    return this.interfere(method, url) ?? this.refuse(headers) ?? this.answer(method, url, body);
  }

  protected abstract refuse(headers: IncomingMessage["headers"]): Answer | undefined;
  protected abstract answer(method: string, url: URL, body: unknown): Answer;
}

/** GitHub's API for the comments of `contoso/diabetes`, as docs.github.com/rest/issues/comments has it. */
export class TestGitHub extends TestService {
  protected refuse({ authorization, "user-agent": agent }: IncomingMessage["headers"]): Answer | undefined {
    if (!agent) return { status: 403, body: { message: "Request forbidden by administrative rules." } };
    if (authorization === "Bearer reader") {
      return { status: 403, body: { message: "Resource not accessible by integration" } };
    }
    return authorization === "Bearer token" ? undefined : { status: 401, body: { message: "Bad credentials" } };
  }

  protected answer(method: string, url: URL, body: unknown): Answer {
    const all = "/api/v3/repos/contoso/diabetes/issues/7/comments";
    const [, id] = /^\/api\/v3\/repos\/contoso\/diabetes\/issues\/comments\/(\d+)$/.exec(url.pathname) ?? [];
    if (method === "GET" && url.pathname === all) return this.#page(url);
    const comment = this.comments.find((candidate) => String(candidate.id) === id && !candidate.deleted);
    const creates = method === "POST" && url.pathname === all;
    if (!creates && (method !== "PATCH" || comment === undefined)) {
      return { status: 404, body: { message: "Not Found" } };
    }

    const given = z.object({ body: z.string() }).strict().parse(body);
    if (given.body.length > 65_536) {
      return { status: 422, body: { message: "Validation Failed: Body is too long (maximum is 65536 characters)" } };
    }
    if (comment === undefined) return { status: 201, body: this.#view(this.add(given.body)) };
    return { status: 200, body: this.#view(Object.assign(comment, given)) };
  }

  #page(url: URL): Answer {
    const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), 100);
    const page = Number(url.searchParams.get("page") ?? 1);
    const all = this.comments.filter(({ deleted }) => !deleted);
    const link = (to: number, rel: string) => {
      const target = new URL(url);
      target.searchParams.set("page", String(to));
      return `<${target}>; rel="${rel}"`;
    };
    const last = Math.max(1, Math.ceil(all.length / size));
    const links = [
      ...(page > 1 ? [link(page - 1, "prev")] : []),
      ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ];
    const body = all.slice((page - 1) * size, page * size).map((comment) => this.#view(comment));
    return { status: 200, body, ...(links.length > 0 && { headers: { link: links.join(", ") } }) };
  }

  #view({ id, body }: TestComment) {
    const html_url = `https://github.test/contoso/diabetes/pull/7#issuecomment-${id}`;
    return { id, body, html_url, user: { login: "someone" } };
  }
}

const locations = [
  {
    id: "ab6e2e5d-a0b7-4153-b64a-a4efe0d49449",
    resourceName: "pullRequestThreads",
    routeTemplate: "{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}/threads/{threadId}",
  },
  {
    id: "965a3ec7-5ed8-455a-bdcb-835a5ea7fe7b",
    resourceName: "pullRequestThreadComments",
    routeTemplate:
      "{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}/threads/{threadId}/comments/{commentId}",
  },
].map((location) => ({
  ...location,
  area: "git",
  resourceVersion: 1,
  minVersion: "1.0",
  maxVersion: "7.2",
  releasedVersion: "7.1",
}));

const areas = {
  id: "e81700f7-3be2-46de-8624-2eb35882fcaa",
  area: "Location",
  resourceName: "ResourceAreas",
  routeTemplate: "_apis/{resource}/{areaId}",
  resourceVersion: 1,
  minVersion: "3.2",
  maxVersion: "7.2",
  releasedVersion: "0.0",
};

/** Azure Repos' API for the threads of `diabetes` in the project `ml ops`, as the official client calls it. */
export class TestAzureRepos extends TestService {
  /** What threads were created with, besides their comments. */
  readonly created: object[] = [];

  protected refuse({ authorization = "" }: IncomingMessage["headers"]): Answer | undefined {
    const [, password] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
      .toString()
      .split(":");
    if (password === "reader") {
      const message =
        "TF401027: You need the Git 'PullRequestContribute' permission on this resource to perform this action.";
      return { status: 403, body: { message } };
    }
    return password === "token" ? undefined : { status: 401 };
  }

  protected answer(method: string, { pathname }: URL, body: unknown): Answer {
    if (method === "OPTIONS") return { status: 200, body: { count: 3, value: [...locations, areas] } };
    if (pathname === "/contoso/_apis/ResourceAreas") return { status: 200, body: { count: 0, value: null } };
    const threads = "/contoso/ml%20ops/_apis/git/repositories/diabetes/pullRequests/7/threads";
    if (pathname === threads && method === "GET") return { status: 200, body: this.#threads() };
    if (pathname === threads && method === "POST") return this.#create(body);
    const [, id] = /\/threads\/(\d+)\/comments\/1$/.exec(pathname) ?? [];
    const comment = this.comments.find((candidate) => String(candidate.id) === id && !candidate.deleted);
    if (method !== "PATCH" || !pathname.startsWith(threads) || comment === undefined) {
      return { status: 404, body: { message: "TF401180: The requested pull request was not found." } };
    }
    const { content } = z.object({ content: z.string() }).strict().parse(body);
    comment.body = content;
    return { status: 200, body: { id: 1, content } };
  }

  #threads() {
    const value = this.comments.map(({ id, body, deleted }) => ({
      id,
      isDeleted: false,
      comments: [
        { id: 1, ...(deleted ? { isDeleted: true } : { content: body }) },
        { id: 2, content: "an answer" },
      ],
    }));
    // Removed as a whole, and one without comments.
    return { count: value.length + 2, value: [{ id: 1, isDeleted: true, comments: [] }, { id: 2 }, ...value] };
  }

  #create(body: unknown): Answer {
    const comment = z
      .object({ content: z.string(), parentCommentId: z.literal(0), commentType: z.literal(1) })
      .strict();
    const { comments, ...rest } = z.looseObject({ comments: z.tuple([comment]) }).parse(body);
    if (comments[0].content.length > 150_000) {
      return { status: 400, body: { message: "A discussion comment cannot be longer than 150000 characters." } };
    }
    this.created.push(rest);
    const { id, body: content } = this.add(comments[0].content);
    return { status: 200, body: { id, isDeleted: false, comments: [{ id: 1, content }] } };
  }
}
