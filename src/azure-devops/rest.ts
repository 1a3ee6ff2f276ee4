import { messageOf, UserError } from "../common/errors";
import { request } from "../common/request";

/** Azure DevOps' REST API in one project. */
export interface ProjectApi {
  /** The project's page, for example `https://dev.azure.com/contoso/mlops`. */
  projectUrl: string;
  /** Access token for it: a person's, or that of a pipeline's run. */
  token: string;
}

/** An answer that is no success. */
export class RefusedError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Milliseconds that an answer may take. */
const timeout = 30_000;

/**
 * Asks Azure DevOps, and parses the answer.
 *
 * @param path below `_apis/`, with its query
 * @throws RefusedError with the service's own reason, or UserError if it does not answer
 */
export async function ask<Answer>(
  api: ProjectApi,
  path: string,
  answer: { parse(content: unknown): Answer },
  put?: unknown,
): Promise<Answer> {
  return answer.parse((await send(api, path, put)).content);
}

/** As many as Azure DevOps has on a page of any list. */
const pageSize = 1000;

/**
 * Asks for all pages of a list. A page says by a header how the next one is asked for.
 *
 * @param path below `_apis/`, with its query
 * @throws RefusedError or UserError as `ask` does
 */
export async function askForAll<Item>(
  api: ProjectApi,
  path: string,
  page: { parse(content: unknown): { value: Item[] } },
): Promise<Item[]> {
  const items: Item[] = [];
  const query = new URLSearchParams({ $top: String(pageSize) });
  for (;;) {
    const { content, headers } = await send(api, `${path}${path.includes("?") ? "&" : "?"}${query}`);
    items.push(...page.parse(content).value);
    const next = headers.get("x-ms-continuationtoken");
    if (next === null) return items;
    query.set("continuationToken", next);
  }
}

async function send(
  { projectUrl, token }: ProjectApi,
  path: string,
  put?: unknown,
): Promise<{ content: unknown; headers: Headers }> {
  const url = new URL(`${projectUrl}/_apis/${path}`);
  url.searchParams.set("api-version", "7.1");
  const response = await request(url, {
    method: put === undefined ? "GET" : "PUT",
    headers: {
      authorization: `Basic ${Buffer.from(`:${token}`).toString("base64")}`,
      accept: "application/json",
      ...(put !== undefined && { "content-type": "application/json" }),
    },
    ...(put !== undefined && { body: JSON.stringify(put) }),
    signal: AbortSignal.timeout(timeout),
    // A token that is wrong or has expired is answered with the way to the sign-in page.
    redirect: "manual",
  }).catch((error: unknown) => {
    throw new UserError(`${url.origin} does not answer: ${messageOf(error)}`);
  });
  const text = await response.text();
  const content = parseJson(text);
  if (response.status === 200 && content !== undefined) return { content, headers: response.headers };
  throw new RefusedError(reasonOf(response.status, content), response.status);
}

function reasonOf(status: number, content: unknown): string {
  const hasMessage = typeof content === "object" && content !== null && "message" in content;
  if (hasMessage && typeof content.message === "string") return content.message;
  if (status === 404) return "there is nothing of that name";
  return `it answered with ${status}: AZDO_PERSONAL_ACCESS_TOKEN is wrong, out of date or lacks a scope`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
