import { request } from "../common/request";
import { ImageError } from "./error";
import { fetchReason } from "./fetch-reason";

/** How long a server may send nothing, in milliseconds, before the connection counts as broken. */
const defaultTimeout = 30_000;

/** More than any manifest or token is long, in bytes: registries refuse manifests over 4 MiB. */
const textLimit = 4 * 1024 * 1024;

export interface SendOptions {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: URLSearchParams | string;
  /** Milliseconds that the server may send nothing. Default: 30 s. */
  timeout?: number;
}

/** An answer whose body has not been read yet. Read it, by one of the two, or `discard` it. */
export interface Answer {
  url: string;
  status: number;
  headers: Headers;
  /** The body as it comes. Throws an ImageError if the connection breaks or nothing comes any more. */
  chunks(): AsyncGenerator<Uint8Array, void>;
  /** The body as text. */
  text(): Promise<string>;
  discard(): Promise<void>;
}

/**
 * Sends one HTTP request. Redirects of what only reads are followed; `fetch` leaves out the Authorization header at
 * another host, which is what registries need that redirect to a storage account. A `POST` holds a sign-in in its body, and
 * goes to the address that it is for and no further.
 *
 * @throws ImageError if the server cannot be reached or does not answer; any status is an answer.
 */
export async function send(url: string, options: SendOptions = {}): Promise<Answer> {
  const { timeout = defaultTimeout, headers, ...rest } = options;
  const abort = new AbortController();
  const within = async <T>(work: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => abort.abort(new Error(`nothing came for ${timeout / 1000} s`)), timeout);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  };

  // Content is asked for as it is stored: its digest is of those bytes, and fetch would decompress any others.
  const init: RequestInit = {
    ...rest,
    headers: { ...headers, "accept-encoding": "identity" },
    signal: abort.signal,
    redirect: ["POST", "PUT", "DELETE"].includes(rest.method ?? "GET") ? "manual" : "follow",
  };
  const response = await within(request(url, init)).catch((error: unknown) => {
    throw new ImageError(
      `cannot reach ${url}: ${fetchReason(error)}. Is the registry's address right, and does it run?`,
    );
  });

  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await within(reader.read()).catch((error: unknown) => {
          throw new ImageError(`the connection broke in the middle of ${url}: ${fetchReason(error)}. Try again.`);
        });
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel().catch(() => {}); // broken already
    }
  }

  return {
    url,
    status: response.status,
    headers: response.headers,
    chunks,
    text: () => readText(url, chunks()),
    discard: async () => response.body?.cancel(),
  };
}

async function readText(url: string, chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of chunks) {
    size += part.length;
    if (size > textLimit)
      throw new ImageError(
        `${url} answered with more than ${textLimit} bytes, which no registry does. Is the address right?`,
      );
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
